import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { frame, hashLine, lineOf, parseLine, segmentPath, envelopePath } from '../../src/ledger/format.ts'
import { certify, issueKeys, keyIdOf, newKey, revokeKey, signerOf, type Signer } from '../../src/ledger/keys.ts'
import { renderVerdict } from '../../src/ledger/render-verdict.ts'
import { sealSegment } from '../../src/ledger/segment.ts'
import type { Verdict } from '../../src/ledger/verdict.ts'
import type { Draft, LedgerRecord } from '../../src/model/record.ts'
import { lived, requestPath, type AccessRepository } from './access-repository.ts'
import { MemoryStore } from './memory-store.ts'
import { advanced, decided, granted, heartbeat, hour, intended } from './records.ts'

const branch = 'ledger/2026'
const made: AccessRepository[] = []
afterEach(() => made.splice(0).forEach(one => one.remove()))

async function access(): Promise<AccessRepository> {
  const one = await lived()
  made.push(one)
  return one
}

function codes(verdict: Verdict): string[] {
  return [...new Set(verdict.findings.map(({ code }) => code))].sort()
}

function textOf(store: MemoryStore, path: string): string {
  return store.blobs.get(store.at(store.refs.get(branch) as string).files.get(path) as string) as string
}

/** Another text in every commit that has the file: history rewritten, no commit added. */
function rewrite(store: MemoryStore, change: (files: Map<string, string>) => void): void {
  for (const commit of store.history(branch)) change(commit.files)
}

/** One more commit with one more segment, framed and signed as the attacker likes. */
async function smuggle(
  one: AccessRepository,
  draft: Draft,
  options: { signer?: Signer | ReturnType<typeof newKey>; recordedAt?: Date } = {}
): Promise<void> {
  const last = (parseLine(one.store.lines().at(-1) as string) as { record: LedgerRecord }).record
  const record = frame(draft, {
    ledger: last.ledger,
    seq: last.seq + 1,
    prev: hashLine(lineOf(last)),
    recordedAt: (options.recordedAt ?? one.clock.now()).toISOString(),
    app: '0.1.0'
  })
  const next = one.store.history(branch).length + 1
  const parent = one.store.refs.get(branch) as string
  await one.store.commit({
    branch,
    parent,
    files: sealSegment(next, [record], options.signer ?? one.signer),
    message: 'append'
  })
}

describe('an untouched ledger', () => {
  it('is sound in a clone and in a bare repository, and says what it saw', async () => {
    const one = await access()
    const verdict = await one.audit()
    expect(verdict.findings).toEqual([])
    expect(verdict).toMatchObject({
      status: 'sound',
      branches: [branch],
      segments: 7,
      records: 10,
      commits: 3,
      root: keyIdOf(one.root.publicKey)
    })
    expect((await one.verify()).status).toBe('sound')
    expect((await one.audit({ root: one.root.publicKey, pin: verdict.pin as string, main: 'main' })).status).toBe(
      'sound'
    )
  })

  it('is sound over a new year', async () => {
    const one = await access()
    one.clock.at = new Date('2027-01-02T00:00:00Z')
    await (await one.open()).append(() => [heartbeat({ occurredAt: one.clock.now() })])
    // The daily heartbeat has begun in the first segment: so long a silence is a failed control.
    const verdict = await one.audit()
    expect(verdict.branches).toEqual([branch, 'ledger/2027'])
    expect(codes(verdict)).toEqual(['X-SILENCE'])
  })
})

describe('tampering, by the rows of the ledger’s table', () => {
  it('1: a record edited in a new commit is named', async () => {
    const one = await access()
    one.store.tamper(
      branch,
      segmentPath(5),
      textOf(one.store, segmentPath(5)).replace('"changed":true', '"changed":false')
    )
    const verdict = await one.audit()
    expect(verdict.status).toBe('failed')
    expect(codes(verdict)).toEqual(['E-CHAIN', 'E-DIGEST', 'E-EDITED'])
    expect(verdict.findings.find(({ code }) => code === 'E-CHAIN')).toMatchObject({
      seq: 7,
      record: 'grant.done R-812'
    })
  })

  it('2: history rewritten with another approver is named by record', async () => {
    const one = await access()
    const forged = one.store.put(textOf(one.store, segmentPath(3)).replace('"by":"gh:480938"', '"by":"gh:480939"'))
    rewrite(one.store, files => files.has(segmentPath(3)) && files.set(segmentPath(3), forged))
    const verdict = await one.audit()
    expect(codes(verdict)).toEqual(['E-CHAIN', 'E-DIGEST'])
    expect(verdict.findings).toContainEqual(
      expect.objectContaining({ code: 'E-CHAIN', seq: 5, record: 'request.decided R-812' })
    )
  })

  it('3: …and signed again with a key of the attacker’s own', async () => {
    const one = await access()
    const line = textOf(one.store, segmentPath(3)).trimEnd().replace('"by":"gh:480938"', '"by":"gh:480939"')
    const { record } = parseLine(line) as { record: LedgerRecord }
    for (const { path, content } of sealSegment(3, [record], newKey())) {
      const blob = one.store.put(content)
      rewrite(one.store, files => files.has(path) && files.set(path, blob))
    }
    expect(codes(await one.audit())).toEqual(expect.arrayContaining(['E-KEY']))
  })

  it('4: a middle segment dropped', async () => {
    const one = await access()
    rewrite(one.store, files => [segmentPath(4), envelopePath(4)].forEach(path => files.delete(path)))
    expect(codes(await one.audit())).toEqual(expect.arrayContaining(['E-COUNTERS', 'E-CHAIN']))
  })

  it('5: two segments swapped', async () => {
    const one = await access()
    const pairs = [
      [segmentPath(4), segmentPath(5)],
      [envelopePath(4), envelopePath(5)]
    ] as const
    const at = new Map(one.store.at(one.store.refs.get(branch) as string).files)
    rewrite(one.store, files =>
      pairs.forEach(([a, b]) => {
        if (files.has(a)) files.set(a, at.get(b) as string)
        if (files.has(b)) files.set(b, at.get(a) as string)
      })
    )
    expect(codes(await one.audit())).toEqual(expect.arrayContaining(['E-COUNTERS']))
  })

  it('6: an unanchored tail cut off cannot be seen offline, except against an auditor’s pin', async () => {
    const one = await access()
    await (await one.open()).append(() => [heartbeat({ occurredAt: one.clock.now() })])
    const { pin } = await one.audit()
    one.store.refs.set(branch, one.store.history(branch).at(-2)?.id as string)
    expect((await one.audit()).status).toBe('sound')
    expect(codes(await one.audit({ pin: pin as string }))).toEqual(['E-PIN'])
  })

  it('7: a tail cut off past an anchor', async () => {
    const one = await access()
    one.store.refs.set(branch, one.store.history(branch).at(-3)?.id as string)
    expect(codes(await one.audit())).toEqual(expect.arrayContaining(['E-ANCHOR', 'E-MAIN']))
  })

  it('8: the branch deleted, or a year of it', async () => {
    const one = await access()
    expect(codes(await one.audit({}, new MemoryStore()))).toEqual(expect.arrayContaining(['E-MISSING']))
    one.clock.at = new Date('2027-01-02T00:00:00Z')
    await (await one.open()).append(() => [heartbeat({ occurredAt: one.clock.now() })])
    one.store.refs.delete(branch)
    expect(codes(await one.audit())).toEqual(expect.arrayContaining(['E-MISSING']))
  })

  it('8: the branch deleted and the ledger begun anew by the same app contradicts the anchor', async () => {
    const one = await access()
    const store = new MemoryStore()
    store.now = () => one.clock.now()
    await (await one.open(one.signer, store)).append(() => [heartbeat({ occurredAt: one.clock.now() })])
    expect(codes(await one.audit({ root: one.root.publicKey }, store))).toEqual(['E-ANCHOR'])
  })

  it('9: an old signed segment replayed as a new one', async () => {
    const one = await access()
    const parent = one.store.refs.get(branch) as string
    await one.store.commit({
      branch,
      parent,
      message: 'append',
      files: [
        { path: segmentPath(8), content: textOf(one.store, segmentPath(5)) },
        { path: envelopePath(8), content: textOf(one.store, envelopePath(5)) }
      ]
    })
    expect(codes(await one.audit())).toEqual(expect.arrayContaining(['E-COUNTERS', 'E-CHAIN']))
  })

  it('10: a segment appended with an unknown key', async () => {
    const one = await access()
    await smuggle(one, heartbeat({ occurredAt: one.clock.now() }), { signer: newKey() })
    expect(codes(await one.audit())).toEqual(['E-KEY'])
  })

  it('11: an app key that adds a key', async () => {
    const one = await access()
    const friend = newKey()
    await smuggle(one, {
      type: 'key.added',
      occurredAt: one.clock.now(),
      keyId: friend.keyId,
      publicKey: friend.publicKey,
      certificate: certify(friend.publicKey, one.app)
    })
    const verdict = await one.audit()
    expect(codes(verdict)).toEqual(['E-ROOT'])
    expect(verdict.findings[0]).toMatchObject({ seq: 11, record: 'key.added' })
  })

  it('12: a revoked key that goes on, and one whose last good record lies behind', async () => {
    for (const [lastGoodSeq, later] of [
      [11, true],
      [7, false]
    ] as const) {
      const one = await access()
      await smuggle(one, {
        type: 'key.revoked',
        occurredAt: one.clock.now(),
        keyId: one.app.keyId,
        lastGoodSeq,
        certificate: revokeKey(one.app.keyId, lastGoodSeq, one.root)
      })
      if (later) await smuggle(one, heartbeat({ occurredAt: one.clock.now() }))
      expect(codes(await one.audit())).toEqual(expect.arrayContaining(['E-REVOKED']))
    }
  })

  it('12: a revocation that the root did not make', async () => {
    const one = await access()
    await smuggle(one, {
      type: 'key.revoked',
      occurredAt: one.clock.now(),
      keyId: one.app.keyId,
      lastGoodSeq: 11,
      certificate: revokeKey(one.app.keyId, 12, one.root)
    })
    expect(codes(await one.audit())).toEqual(['E-ROOT'])
  })

  it('13: a merge commit', async () => {
    const one = await access()
    one.publish()
    const [tip, parent] = [one.git(['rev-parse', branch]), one.git(['rev-parse', `${branch}~1`])]
    const tree = one.git(['rev-parse', `${branch}^{tree}`])
    const merge = one.git([
      '-c',
      'user.name=mona',
      '-c',
      'user.email=mona@github.com',
      'commit-tree',
      tree,
      '-p',
      tip,
      '-p',
      parent,
      '-m',
      'merge'
    ])
    one.git(['update-ref', `refs/heads/${branch}`, merge])
    expect(codes(await one.verify())).toEqual(['E-MERGE'])
  })

  it('14: a file smuggled in', async () => {
    const one = await access()
    one.store.tamper(branch, 'seg/000/000/notes.txt', 'hello')
    expect(codes(await one.audit())).toEqual(['E-PATH'])
  })

  it('15: a file deleted', async () => {
    const one = await access()
    one.store.tamper(branch, segmentPath(7), null)
    expect(codes(await one.audit())).toEqual(expect.arrayContaining(['E-DELETED', 'E-COUNTERS']))
  })

  it('16: refs/replace decoys are ignored and told', async () => {
    const one = await access()
    one.publish()
    const clone = one.clone()
    const blob = one.git(['rev-parse', `refs/remotes/origin/${branch}:${segmentPath(5)}`], { in: clone })
    const decoy = one.git(['hash-object', '-w', '--stdin'], { in: clone, input: '{}\n' })
    one.git(['update-ref', `refs/replace/${blob}`, decoy], { in: clone })
    const verdict = await one.verify({ in: clone })
    expect(codes(verdict)).toEqual(['W-REPLACE'])
    expect(verdict.status).toBe('sound')
  })

  it('17: a shallow or partial clone is not checked, and says so', async () => {
    const one = await access()
    one.publish()
    one.git(['config', 'uploadpack.allowFilter', 'true'])
    const shallow = await one.verify({ in: one.clone(['--depth=1', '--no-single-branch']) })
    expect([shallow.status, codes(shallow)]).toEqual(['unchecked', ['U-SHALLOW']])
    const partial = await one.verify({ in: one.clone(['--filter=tree:0', '--no-checkout']) })
    expect([partial.status, codes(partial)]).toEqual(['unchecked', ['U-PARTIAL']])
  })

  it('18: grafts', async () => {
    const one = await access()
    one.publish()
    const clone = one.clone()
    writeFileSync(join(clone, '.git/info/grafts'), `${one.tip()}\n`)
    expect(codes(await one.verify({ in: clone }))).toEqual(['E-GRAFTS'])
  })

  it('19: a push to main past the app', async () => {
    const one = await access()
    const pushed = one.merge(0, { 'requests/x.yml': 'x' }, { direct: true })
    const verdict = await one.audit()
    expect(verdict.findings).toEqual([expect.objectContaining({ code: 'E-MAIN', commit: pushed })])
  })

  it('20: main force-pushed over a recorded merge', async () => {
    const one = await access()
    one.git(['update-ref', 'refs/heads/main', one.git(['rev-parse', 'main~2'])])
    one.merge(812, { [requestPath]: 'another text\n' })
    expect(codes(await one.audit())).toEqual(expect.arrayContaining(['E-FILE', 'E-MAIN']))
  })

  it('20: a decision about a file that the merge did not bring', async () => {
    const one = await access()
    const merge = one.git(['rev-parse', 'main~1'])
    const blob = one.git(['rev-parse', `main:directory.yml`])
    await smuggle(one, decided(900, { occurredAt: one.clock.now(), merge, file: { blob, sha256: 'a'.repeat(64) } }))
    expect(codes(await one.audit())).toEqual(['E-FILE'])
  })

  it('21: a damaged object, and one put in the place of another', async () => {
    for (const content of [Buffer.from('no zlib at all'), deflateSync('blob 3\0{}\n')]) {
      const one = await access()
      one.publish()
      const blob = one.git(['rev-parse', `${branch}:${segmentPath(5)}`])
      const file = join(one.bare, 'objects', blob.slice(0, 2), blob.slice(2))
      chmodSync(file, 0o644)
      writeFileSync(file, content)
      const verdict = await one.verify()
      expect(verdict.status).toBe('failed')
      expect(codes(verdict)).toContain('E-OBJECT')
      expect(verdict.findings).toContainEqual(expect.objectContaining({ path: segmentPath(5) }))
    }
  })

  it('22: another repository’s ledger in its place', async () => {
    const [one, other] = [await access(), await access()]
    expect(codes(await one.audit({ root: one.root.publicKey }, other.store))).toEqual(
      expect.arrayContaining(['E-LEDGER'])
    )
    // Without the root it is still not the ledger of this main.
    other.store = new MemoryStore()
    other.store.now = () => other.clock.now()
    other.merge(5, { 'directory.yml': 'people: [1]\n' })
    await (await other.open()).append(() => [heartbeat({ occurredAt: other.clock.now() })])
    expect(codes(await one.audit({}, other.store))).toEqual(expect.arrayContaining(['E-MAIN', 'W-ANCHOR']))
  })

  it('23: backdating against the record before and against the commit’s clock', async () => {
    const one = await access()
    await smuggle(one, heartbeat({ occurredAt: new Date('2026-11-22T12:00:00Z') }), {
      recordedAt: new Date('2026-11-22T12:30:00Z')
    })
    expect(codes(await one.audit())).toEqual(['E-CLOCK'])
    const two = await access()
    two.clock.pass(3 * hour)
    await smuggle(two, heartbeat({ occurredAt: new Date('2026-11-22T13:30:00Z') }), {
      recordedAt: new Date('2026-11-22T13:30:00Z')
    })
    expect(codes(await two.audit())).toEqual(['E-CLOCK'])
  })

  it('24: a stolen app key that rewrites the ledger alone contradicts the anchor', async () => {
    const one = await access()
    const real = one.store.lines().map(line => (parseLine(line) as { record: LedgerRecord }).record)
    const store = new MemoryStore()
    store.now = () => one.clock.now()
    let prev = '0'.repeat(64)
    const records = real.map(record => {
      const forged = { ...record, prev, ...(record.type === 'revoke.done' ? { latencyMs: 1 } : {}) } as LedgerRecord
      prev = hashLine(lineOf(forged))
      return forged
    })
    await store.commit({
      branch,
      parent: null,
      message: 'append',
      files: sealSegment(1, records as [LedgerRecord, ...LedgerRecord[]], one.signer)
    })
    const verdict = await one.audit({ root: one.root.publicKey }, store)
    expect(codes(verdict)).toEqual(['E-ANCHOR'])
  })

  it('what a forger wrote cannot move the auditor’s terminal', async () => {
    const one = await access()
    const escape = '\u001b[2J\n\u202e'
    await smuggle(one, advanced(escape, escape, { occurredAt: one.clock.now() }))
    one.store.tamper(branch, 'x\u001b[2J', 'x')
    const text = renderVerdict(await one.audit())
    expect(text).toContain('E-MAIN')
    expect(text).not.toMatch(/[^\x20-\x7e\n’…]/)
  })

  it('an anchor that anyone wrote raises no false alarm', async () => {
    const one = await access()
    const from = one.tip()
    const merge = one.merge(
      900,
      { 'note.txt': 'x' },
      { message: `x\n\nLedger-Anchor: 3:${'0'.repeat(64)}:${'A'.repeat(86)}` }
    )
    await (await one.open()).append(() => [advanced(from, merge, { occurredAt: one.clock.now() })])
    const verdict = await one.audit()
    expect([verdict.status, codes(verdict)]).toEqual(['sound', ['W-ANCHOR']])
  })
})

describe('failed controls', () => {
  it('names a grant whose end is an hour overdue by the newest record, and not one that is not', async () => {
    const one = await access()
    const ledger = await one.open()
    const merge = one.git(['rev-parse', 'main~1'])
    const blob = one.git(['rev-parse', `${merge}:${requestPath}`])
    const { sha256 } = (
      parseLine(one.store.lines()[4] as string) as { record: LedgerRecord & { type: 'request.decided' } }
    ).record.file
    const notAfter = new Date(one.clock.now().getTime() + hour).toISOString()
    const occurredAt = one.clock.now()
    await ledger.append(() => [
      decided(814, {
        occurredAt,
        merge,
        file: { blob, sha256 },
        window: { notBefore: occurredAt.toISOString(), notAfter }
      }),
      intended(814, { occurredAt, notAfter }),
      granted(814, { occurredAt, notAfter })
    ])
    one.clock.pass(2 * hour)
    await ledger.append(() => [heartbeat({ occurredAt: one.clock.now() })])
    expect((await one.audit()).status).toBe('sound')
    one.clock.pass(1000)
    await ledger.append(() => [heartbeat({ occurredAt: one.clock.now() })])
    const verdict = await one.audit()
    expect([verdict.status, codes(verdict)]).toEqual(['failed', ['X-REVOKE']])
    expect(verdict.findings[0]?.record).toBe('grant.intended R-814')
  })

  it('names a review of break-glass that is overdue, and one that was closed too late', async () => {
    const one = await access()
    const ledger = await one.open()
    const { record } = parseLine(one.store.lines()[4] as string) as {
      record: LedgerRecord & { type: 'request.decided' }
    }
    const { merge, file } = record
    const occurredAt = one.clock.now()
    const request = 'R-816'
    const reviewDue = new Date(occurredAt.getTime() + hour).toISOString()
    await ledger.append(() => [
      decided(816, { occurredAt, merge, file, targets: [] }),
      { type: 'breakglass.opened', occurredAt, request, reviewDue }
    ])
    one.clock.pass(hour)
    await ledger.append(() => [heartbeat({ occurredAt: one.clock.now() })])
    expect((await one.audit()).status).toBe('sound')
    one.clock.pass(1000)
    await ledger.append(() => [heartbeat({ occurredAt: one.clock.now() })])
    const overdue = await one.audit()
    expect([overdue.status, codes(overdue)]).toEqual(['failed', ['X-REVIEW']])
    expect(overdue.findings[0]?.record).toBe('breakglass.opened R-816')
    const closed = { request, by: 'gh:42', verdict: 'ok', issue: 9 } as const
    await ledger.append(() => [{ type: 'breakglass.reviewed', occurredAt: one.clock.now(), ...closed }])
    expect(codes(await one.audit())).toEqual(['X-REVIEW'])
  })

  it('names an approval by the author', async () => {
    const one = await access()
    const { record } = parseLine(one.store.lines()[4] as string) as {
      record: LedgerRecord & { type: 'request.decided' }
    }
    const { merge, file } = record
    const by = record.author
    await (
      await one.open()
    ).append(() => [
      decided(815, {
        occurredAt: one.clock.now(),
        merge,
        file,
        targets: [],
        approvals: [{ by, stage: 0, reviewId: 1, commit: 'c'.repeat(40), submittedAt: record.occurredAt }]
      })
    ])
    const verdict = await one.audit()
    expect(codes(verdict)).toEqual(['X-SELF-APPROVAL'])
    expect(verdict.findings[0]).toMatchObject({ seq: 11, record: 'request.decided R-815' })
  })

  it('names a grant that nobody decided', async () => {
    const one = await access()
    await smuggle(one, granted(999, { occurredAt: one.clock.now() }))
    expect(codes(await one.audit())).toEqual(['X-STATE'])
  })
})

it('every byte of a record matters: any one flipped is found, and the record is named', async () => {
  const one = await access()
  const original = Buffer.from(textOf(one.store, segmentPath(5)))
  for (let at = 0; at < original.length; at += 97) {
    const bytes = Buffer.from(original)
    bytes[at] = (bytes[at] as number) ^ 1
    const blob = one.store.put(bytes.toString('utf8'))
    rewrite(one.store, files => files.has(segmentPath(5)) && files.set(segmentPath(5), blob))
    const verdict = await one.audit()
    expect(verdict.status, `byte ${at}`).toBe('failed')
    expect(
      verdict.findings.some(({ code, seq }) => code === 'E-CHAIN' && seq === 7),
      `byte ${at}`
    ).toBe(true)
  }
})

it('another root’s certificate does not make a key', () => {
  const { app } = issueKeys()
  expect(() => signerOf(app, issueKeys().certificate)).toThrow(TypeError)
})
