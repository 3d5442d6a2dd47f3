// A real access repository on disk: main and ledger as git has them, through fast-import; each test has its own.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openGitRepository } from '../../src/ledger/git-repository.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { verify, type VerifyOptions } from '../../src/ledger/verify.ts'
import type { Verdict } from '../../src/ledger/verdict.ts'
import { issueKeys, signerOf, type Key, type Signer } from '../../src/ledger/keys.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { MemoryStore } from './memory-store.ts'
import {
  advanced,
  decided,
  granted,
  handClock,
  heartbeat,
  hour,
  intended,
  repository,
  revoked,
  sha,
  type HandClock
} from './records.ts'

export class AccessRepository {
  readonly root: Key
  readonly app: Key
  readonly signer: Signer
  readonly clock: HandClock = handClock()
  store = new MemoryStore()
  readonly #home = mkdtempSync(join(tmpdir(), 'ledger-'))
  readonly bare = join(this.#home, 'access.git')
  #clones = 0

  constructor() {
    const { root, app, certificate } = issueKeys({ repository })
    this.root = root
    this.app = app
    this.signer = signerOf(app, certificate)
    this.store.now = () => this.clock.now()
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', this.bare])
  }

  git(args: string[], options: { in?: string; input?: string } = {}): string {
    return execFileSync('git', ['-C', options.in ?? this.bare, ...args], {
      input: options.input ?? '',
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_ALLOW_PROTOCOL: 'file' }
    }).trim()
  }

  /** A pull request of `files` (null removes), merged into main; answers the merge. `direct`: pushed without one. */
  merge(
    pr: number,
    files: Record<string, string | null>,
    options: { message?: string; direct?: boolean } = {}
  ): string {
    const has = this.git(['for-each-ref', 'refs/heads/main']) !== ''
    const from = has ? 'from refs/heads/main^0\n' : ''
    const changes = Object.entries(files).map(([path, text]) =>
      text === null ? `D ${path}\n` : `M 644 inline ${path}\n${data(text)}`
    )
    const commit = (ref: string, message: string, parents: string): string =>
      `commit ${ref}\n${committer(this.clock.now())}${data(message)}${parents}${changes.join('')}\n`
    const head = `refs/pull/${pr}/head`
    const stream = options.direct === true || !has ? '' : commit(head, 'Ask for access', from)
    const merge = stream === '' ? '' : `merge ${head}\n`
    this.git(['fast-import', '--quiet', '--force'], {
      input: stream + commit('refs/heads/main', options.message ?? `Merge pull request #${pr}`, from + merge)
    })
    return this.git(['rev-parse', 'refs/heads/main'])
  }

  tip(): string {
    return this.git(['rev-parse', 'refs/heads/main'])
  }

  open(signer: Signer = this.signer, store: MemoryStore = this.store): Promise<Ledger> {
    return openLedger({
      store,
      signer,
      clock: this.clock,
      app: '0.1.0',
      repository,
      mainTip: () => Promise.resolve(this.tip())
    })
  }

  /** Puts the ledger of the memory store into the repository, in place of what is there. */
  publish(store: MemoryStore = this.store): void {
    for (const ref of this.git(['for-each-ref', '--format=%(refname)', 'refs/heads/ledger']).split('\n')) {
      if (ref !== '') this.git(['update-ref', '-d', ref])
    }
    for (const branch of store.refs.keys())
      this.git(['fast-import', '--quiet', '--force'], { input: stream(store, branch) })
  }

  clone(args: string[] = []): string {
    const directory = join(this.#home, `clone-${++this.#clones}`)
    this.git(['clone', '-q', ...args, `file://${this.bare}`, directory])
    return directory
  }

  async verify(options: VerifyOptions & { in?: string } = {}): Promise<Verdict> {
    const git = await openGitRepository(options.in ?? this.bare)
    try {
      return await verify(git, options)
    } finally {
      git.close()
    }
  }

  /** Publishes, and verifies what an auditor would clone. */
  async audit(options: VerifyOptions = {}, store: MemoryStore = this.store): Promise<Verdict> {
    this.publish(store)
    return this.verify({ ...options, in: this.clone() })
  }

  remove(): void {
    rmSync(this.#home, { recursive: true, force: true })
  }
}

export const requestPath = 'requests/payments-production/2026-11-22-octocat-read.yml'
export const requestText = 'kind: AccessRequest\nid: 2026-11-22-octocat-read\n'

/**
 * One request from its merge to its revert, seven segments: 1 begin (records 1–3), 2 main.advanced (4),
 * 3 decided (5), 4 intended (6), 5 done (7), 6 revoked (8, anchored on main), 7 the revert (9–10).
 */
export async function lived(): Promise<AccessRepository> {
  const made = new AccessRepository()
  const { clock } = made
  const first = made.merge(1, { 'directory.yml': 'people: []\n' })
  const ledger = await made.open()
  const now = {
    get occurredAt() {
      return clock.now()
    }
  }
  clock.pass(1000)
  // The ledger begins at `first`, before this merge.
  await ledger.append(() => [heartbeat({ ...now })])
  const merge = made.merge(812, { [requestPath]: requestText })
  await ledger.append(() => [advanced(first, merge, { ...now, pr: 812 })])
  const blob = made.git(['rev-parse', `${merge}:${requestPath}`])
  const notAfter = new Date(clock.now().getTime() + hour).toISOString()
  await ledger.append(() => [
    decided(812, {
      ...now,
      merge,
      file: { blob, sha256: sha(requestText) },
      window: { notBefore: clock.now().toISOString(), notAfter }
    })
  ])
  await ledger.append(() => [intended(812, { ...now, notAfter })])
  await ledger.append(() => [granted(812, { ...now, notAfter })])
  clock.pass(hour)
  await ledger.append(() => [revoked(812, { ...now, due: notAfter })])
  const revert = made.merge(
    813,
    { [requestPath]: null },
    {
      message: `Merge pull request #813\n\nLedger-Anchor: ${ledger.anchor()}`
    }
  )
  await ledger.append(() => [
    advanced(merge, revert, { ...now, pr: 813, removed: ['R-812'] }),
    { type: 'revert.merged', occurredAt: clock.now(), requests: ['R-812'], pr: 813, merge: revert }
  ])
  return made
}

function committer(at: Date): string {
  return `committer GitHub <noreply@github.com> ${Math.floor(at.getTime() / 1000)} +0000\n`
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}

function stream(store: MemoryStore, branch: string): string {
  let text = ''
  let before = new Map<string, string>()
  for (const { files, message, at } of store.history(branch)) {
    const first = text === '' ? `reset refs/heads/${branch}\n` : ''
    text += `${first}commit refs/heads/${branch}\n${committer(at)}`
    text += data(message)
    for (const [path, blob] of files) {
      if (before.get(path) !== blob) text += `M 644 inline ${path}\n${data(store.blobs.get(blob) as string)}`
    }
    for (const path of before.keys()) if (!files.has(path)) text += `D ${path}\n`
    text += '\n'
    before = files
  }
  return text
}
