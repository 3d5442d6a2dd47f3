// What an auditor types: exit codes, the text that names the record, and the keys that it is checked under.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { keysCommand, readRootPublic, revokeKeyCommand, showCertificateCommand } from '../../src/commands/keys.ts'
import { UsageError } from '../../src/commands/output.ts'
import { verifyCommand, type VerifyCommand } from '../../src/commands/verify.ts'
import { segmentPath } from '../../src/ledger/format.ts'
import { openGitRepository } from '../../src/ledger/git-repository.ts'
import { gitStore } from '../../src/ledger/git-store.ts'
import { certifiedRevocation, keyFromPem, keyIdOf, readCertificate, signerOf } from '../../src/ledger/keys.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { Fault } from '../../src/model/fault.ts'
import { lived, type AccessRepository } from '../ledger/access-repository.ts'
import { decided, repository } from '../ledger/records.ts'

const clean: (() => void)[] = []
afterEach(() => clean.splice(0).forEach(work => work()))

async function access(): Promise<AccessRepository> {
  const one = await lived()
  clean.push(() => one.remove())
  one.publish()
  return one
}

function home(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keys-'))
  clean.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function told<T>(
  command: (options: T, out: { write(text: string): void }) => Promise<number>,
  options: T
): Promise<{ code: number; text: string }> {
  let text = ''
  const code = await command(options, {
    write: piece => {
      text += piece
    }
  })
  return { code, text }
}

const run = (options: VerifyCommand): Promise<{ code: number; text: string }> => told(verifyCommand, options)

describe('addendum verify', () => {
  it('answers 0 and a pin for a sound ledger, under the root that was handed over in whatever form', async () => {
    const one = await access()
    const file = join(home(), 'root.pub')
    for (const text of [one.root.keyId, one.root.publicKey]) {
      writeFileSync(file, `${text}\n`)
      const { code, text: said } = await run({ directory: one.bare, root: file })
      expect(code).toBe(0)
      expect(said).toContain(`--pin: 10:`)
    }
    expect((await run({ directory: one.bare, root: one.root.keyId })).code).toBe(0)
  })

  it('answers 1 and names the record whose byte was flipped', async () => {
    const one = await access()
    const blob = one.store.at(one.store.refs.get('ledger/2026') as string).files.get(segmentPath(5)) as string
    const text = one.store.blobs.get(blob) as string
    one.store.tamper('ledger/2026', segmentPath(5), text.replace('"readBack":"present"', '"readBack":"presenu"'))
    one.publish()
    const { code, text: said } = await run({ directory: one.clone() })
    expect(code).toBe(1)
    expect(said).toMatch(/^E-CHAIN +record 7/m)
    const json = await run({ directory: one.bare, json: true })
    expect((JSON.parse(json.text) as { status: string }).status).toBe('failed')
  })

  it('answers 1 under another root', async () => {
    const one = await access()
    expect((await run({ directory: one.bare, root: `sha256:${'0'.repeat(64)}` })).code).toBe(1)
  })

  it('answers 2 where it cannot check: no repository, no git, no pin, no branch of that name', async () => {
    const one = await access()
    expect((await run({ directory: home() })).code).toBe(2)
    expect((await run({ directory: one.bare, path: '/nowhere' })).code).toBe(2)
    expect((await run({ directory: one.bare, pin: 'x' })).code).toBe(2)
    expect(JSON.parse((await run({ directory: one.bare, pin: 'x', json: true })).text)).toMatchObject({
      status: 'unchecked'
    })
    expect((await run({ directory: one.clone(['--depth=1', '--no-single-branch']) })).code).toBe(2)
  })

  it('runs nothing that the clone’s own configuration names', async () => {
    const one = await access()
    const clone = one.clone()
    const mark = join(home(), 'ran')
    for (const name of ['core.fsmonitor', 'gpg.program', 'core.pager', 'diff.external', 'core.sshCommand']) {
      one.git(['config', name, `touch ${mark}; true`], { in: clone })
    }
    one.git(['config', 'log.showSignature', 'true'], { in: clone })
    expect((await run({ directory: clone })).code).toBe(0)
    expect(() => statSync(mark)).toThrow()
  })
})

describe('a clone', () => {
  it('is a ledger to read from, and none to write to', async () => {
    const one = await access()
    const git = await openGitRepository(one.clone())
    const store = gitStore(git)
    const options = {
      signer: one.signer,
      clock: one.clock,
      app: '0.1.0',
      repository,
      mainTip: () => Promise.resolve(one.tip())
    }
    const ledger = await openLedger({ store, ...options })
    expect(ledger.state()).toEqual((await openLedger({ store: one.store, ...options })).state())
    await expect(ledger.append(() => [decided(900)])).rejects.toThrow(TypeError)
    await expect(store.read('0'.repeat(40))).rejects.toThrow(Fault)
    await expect(store.read('--batch')).rejects.toThrow(Fault)
    git.close()
  })
})

describe('addendum keys', () => {
  it('makes a root and an endorsed app key in files for their owner, and never overwrites one', async () => {
    const directory = join(home(), 'new')
    const { code, text } = await told(keysCommand, { out: directory, repository: 7 })
    const read = (name: string): string => readFileSync(join(directory, name), 'utf8')
    const [root, app] = [keyFromPem(read('ledger-root.pem')), keyFromPem(read('ledger-app.pem'))]
    expect(code).toBe(0)
    expect(text).toContain(root.keyId)
    expect(text).not.toContain('PRIVATE')
    expect(readCertificate(read('ledger-app.certificate').trim())).toEqual({
      keyId: app.keyId,
      publicKey: app.publicKey,
      root: root.publicKey,
      repository: 7
    })
    expect(signerOf(app, read('ledger-app.certificate').trim()).keyId).toBe(app.keyId)
    expect(statSync(join(directory, 'ledger-root.pem')).mode & 0o777).toBe(0o600)
    expect(keyIdOf(await readRootPublic(join(directory, 'ledger-root.pub')))).toBe(root.keyId)
    await expect(told(keysCommand, { out: directory })).rejects.toThrow(UsageError)
    await expect(readRootPublic(join(directory, 'ledger-root.pem'))).rejects.toThrow(UsageError)
    await expect(readRootPublic(join(directory, 'ledger-app.certificate'))).rejects.toThrow(UsageError)
  })

  it('endorses a new app key under the same root, and revokes the old one', async () => {
    const [first, second] = [join(home(), 'a'), join(home(), 'b')]
    await told(keysCommand, { out: first })
    const root = join(first, 'ledger-root.pem')
    await told(keysCommand, { out: second, root })
    const shown = await told(showCertificateCommand, { certificate: join(second, 'ledger-app.certificate') })
    const { keyId, publicKey } = keyFromPem(readFileSync(root, 'utf8'))
    expect(shown.code).toBe(0)
    expect(shown.text).toContain(keyId)
    const { text } = await told(revokeKeyCommand, { root, keyId: 'sha256:x', lastGoodSeq: 12 })
    const word = JSON.parse(text) as { keyId: string; lastGoodSeq: number; certificate: string }
    expect(certifiedRevocation(word, publicKey)).toBe(true)
    expect((await told(showCertificateCommand, { certificate: root })).code).toBe(1)
    await expect(
      told(revokeKeyCommand, { root: join(first, 'ledger-root.pub'), keyId: 'x', lastGoodSeq: 1 })
    ).rejects.toThrow(UsageError)
  })
})
