import { describe, expect, it } from 'vitest'
import { signStatement, parseEnvelope, preAuthentication, publicKeyOf, signed } from '../../src/ledger/envelope.ts'
import { envelopePath, frame, genesisHash, lineOf, parseLine, segmentOf, segmentPath } from '../../src/ledger/format.ts'
import {
  certified,
  certifiedRevocation,
  certify,
  issueKeys,
  keyFromPem,
  keyToPem,
  newKey,
  readCertificate,
  revokeKey
} from '../../src/ledger/keys.ts'
import { decided, heartbeat, intended, start } from './records.ts'

const around = { ledger: 'L-1', seq: 1, prev: genesisHash, recordedAt: start.toISOString(), app: '0.1.0' }

describe('a line', () => {
  it('has the frame’s keys first, in their order, then the type, then the body', () => {
    const line = lineOf(frame(heartbeat(), around))
    expect(Object.keys(JSON.parse(line) as object)).toEqual([
      'v',
      'ledger',
      'seq',
      'prev',
      'occurredAt',
      'recordedAt',
      'app',
      'type',
      'open',
      'pending',
      'failed'
    ])
  })

  it('is one line, whatever the strings in it hold', () => {
    const record = frame(decided(1, { contract: 'a\nb\u2028\r"' }), around)
    expect(lineOf(record)).not.toMatch(/[\r\n]/)
    expect(parseLine(lineOf(record))).toEqual({ record })
  })

  it.each([
    ['', 'text'],
    ['null', 'null'],
    ['[]', 'a list'],
    ['{"v":1}', 'a piece'],
    [lineOf(frame(intended(1), around)).replace('"R-1"', '"R-1\\n"'), 'a strange request'],
    [lineOf(frame(intended(1), around)).replace('"v":1', '"v":2'), 'another version'],
    [lineOf(frame(intended(1), around)).replace('"seq":1', '"seq":1.5'), 'a broken number'],
    [lineOf(frame(intended(1), around)).replace(start.toISOString(), '2026-13-01T00:00:00Z'), 'no date']
  ])('that is %j is refused: %s', line => {
    expect(parseLine(line)).toHaveProperty('problem')
  })

  it('of a malformed draft is never made', () => {
    expect(() => frame({ ...heartbeat(), open: -1 }, around)).toThrow(TypeError)
  })
})

describe('paths', () => {
  it('hold a thousand segments a directory, and are read back', () => {
    expect(segmentPath(12345)).toBe('seg/000/012/345.jsonl')
    expect(envelopePath(12345)).toBe('seg/000/012/345.dsse.json')
    expect(segmentOf(segmentPath(999_999_999))).toEqual({ segment: 999_999_999, part: 'records' })
    const strange = [
      'seg/000/000/000.jsonl',
      'seg/0/0/1.jsonl',
      'seg/000/000/001.json',
      '../seg/000/000/001.jsonl',
      'seg/000/000/001.jsonl\n'
    ]
    for (const path of strange) {
      expect(segmentOf(path), path).toBeUndefined()
    }
  })
})

describe('envelopes', () => {
  it('sign DSSE’s own encoding', () => {
    expect(preAuthentication('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    )
  })

  it('are refused with two signatures, with none, of another type, or as no envelope at all', () => {
    const key = newKey()
    const text = signStatement({ name: 'x', sha256: 'y' }, 't', {}, key)
    const envelope = JSON.parse(text) as { signatures: unknown[] }
    expect(parseEnvelope(text)).toBeDefined()
    const bad = [
      { ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] },
      { ...envelope, signatures: [] },
      { ...envelope, signatures: [null] },
      {
        ...envelope,
        payloadType: 'text/plain'
      },
      { ...envelope, payload: 1 },
      null,
      7
    ]
    for (const value of bad) expect(parseEnvelope(JSON.stringify(value))).toBeUndefined()
    expect(parseEnvelope('{')).toBeUndefined()
  })

  it('do not hold under another key, another type, or a key that is none', () => {
    const key = newKey()
    const envelope = parseEnvelope(signStatement({ name: 'x', sha256: 'y' }, 't', {}, key)) as NonNullable<
      ReturnType<typeof parseEnvelope>
    >
    expect(signed(envelope, key.publicKey)).toBe(true)
    expect(signed(envelope, newKey().publicKey)).toBe(false)
    expect(signed(envelope, key.publicKey, 'text/plain')).toBe(false)
    expect(signed({ ...envelope, signature: Buffer.alloc(64) }, key.publicKey)).toBe(false)
    expect(signed(envelope, 'AAAA')).toBe(false)
    expect(publicKeyOf('not a key')).toBeUndefined()
  })
})

describe('certificates', () => {
  const { root, app, certificate } = issueKeys({ repository: 7 })
  const added = { keyId: app.keyId, publicKey: app.publicKey, certificate }

  it('endorse one key, by one root, for one repository', () => {
    expect(certified(added, root.publicKey, 7)).toBe(true)
    expect(certified(added, root.publicKey, 8)).toBe(false)
    expect(certified(added, newKey().publicKey, 7)).toBe(false)
    expect(certified({ ...added, publicKey: newKey().publicKey }, root.publicKey, 7)).toBe(false)
    expect(
      certified({ ...added, certificate: certify(app.publicKey, app, { repository: 7 }) }, root.publicKey, 7)
    ).toBe(false)
    expect(certified({ ...added, certificate: revokeKey(app.keyId, 1, root) }, root.publicKey, 7)).toBe(false)
    expect(readCertificate('')).toBeUndefined()
  })

  it('that name a root which did not sign them are nobody’s', () => {
    const envelope = JSON.parse(Buffer.from(certificate, 'base64').toString()) as { payload: string }
    const payload = Buffer.from(envelope.payload, 'base64').toString().replaceAll(root.publicKey, app.publicKey)
    const forged = Buffer.from(
      JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') })
    ).toString('base64')
    expect(readCertificate(forged)).toBeUndefined()
  })

  it('revoke exactly what the root said', () => {
    const word = { keyId: app.keyId, lastGoodSeq: 5, certificate: revokeKey(app.keyId, 5, root) }
    expect(certifiedRevocation(word, root.publicKey)).toBe(true)
    expect(certifiedRevocation({ ...word, lastGoodSeq: 6 }, root.publicKey)).toBe(false)
    expect(certifiedRevocation(word, app.publicKey)).toBe(false)
  })
})

it('keys survive PEM, and nothing but ed25519 is taken', () => {
  const key = newKey()
  expect(keyFromPem(keyToPem(key))).toMatchObject({ keyId: key.keyId, publicKey: key.publicKey })
  expect(() => keyFromPem('-----BEGIN PRIVATE KEY-----')).toThrow(TypeError)
})
