// A ledger store in memory, with a way to lose races and answers. Blobs have git's object names.
import { createHash } from 'node:crypto'
import type { LedgerBranch, LedgerCommit, LedgerStore } from '../../src/ledger/store.ts'
import { Fault } from '../../src/model/fault.ts'

export type Mishap = 'lost-before' | 'lost-after' | 'limited' | 'refused'

export interface MemoryCommit {
  id: string
  parent: string | null
  files: Map<string, string>
  message: string
  at: Date
}

export class MemoryStore implements LedgerStore {
  readonly refs = new Map<string, string>()
  readonly commits = new Map<string, MemoryCommit>()
  readonly blobs = new Map<string, string>()
  /** What befalls the next commits, in order; undefined: nothing. */
  readonly mishaps: (Mishap | undefined)[] = []
  /** Runs before a commit is tried: someone else's turn. */
  meanwhile: (() => Promise<void> | void) | undefined
  /** Reads that fail before the next one succeeds. */
  failReads = 0
  tries = 0
  now: () => Date = () => new Date(0)

  branches(): Promise<LedgerBranch[]> {
    if (this.failReads > 0) {
      this.failReads--
      return Promise.reject(new Fault('github.unavailable', 'down'))
    }
    return Promise.resolve(
      [...this.refs].map(([name, commit]) => ({ name, commit })).sort((a, b) => (a.name < b.name ? -1 : 1))
    )
  }

  segments(commit: string): Promise<{ path: string; blob: string }[]> {
    return Promise.resolve([...this.at(commit).files].map(([path, blob]) => ({ path, blob })))
  }

  read(blob: string): Promise<string> {
    return Promise.resolve(this.blobs.get(blob) as string)
  }

  async commit({ branch, parent, files, message }: LedgerCommit): Promise<string> {
    this.tries++
    const turn = this.meanwhile
    this.meanwhile = undefined
    await turn?.()
    const mishap = this.mishaps.shift()
    if (mishap === 'lost-before') throw new Fault('github.unavailable', 'no answer')
    if (mishap === 'limited') throw new Fault('github.limited', 'wait', { retryAt: new Date(0) })
    if (mishap === 'refused') throw new Fault('github.forbidden', 'no', { retry: false })
    if ((this.refs.get(branch) ?? null) !== parent) throw new Fault('ledger.moved', 'moved')
    const tree = new Map(parent === null ? [] : this.at(parent).files)
    for (const { path, content } of files) tree.set(path, this.put(content))
    const id = createHash('sha1')
      .update(JSON.stringify([parent, [...tree], message]))
      .digest('hex')
    this.commits.set(id, { id, parent, files: tree, message, at: this.now() })
    this.refs.set(branch, id)
    if (mishap === 'lost-after') throw new Fault('github.unavailable', 'no answer')
    return id
  }

  put(content: string): string {
    const id = createHash('sha1')
      .update(`blob ${Buffer.byteLength(content)}\0${content}`)
      .digest('hex')
    this.blobs.set(id, content)
    return id
  }

  at(commit: string): MemoryCommit {
    return this.commits.get(commit) as MemoryCommit
  }

  /** Every commit of a branch, oldest first. */
  history(branch: string): MemoryCommit[] {
    const commits: MemoryCommit[] = []
    for (let id = this.refs.get(branch) ?? null; id !== null; id = this.at(id).parent) commits.unshift(this.at(id))
    return commits
  }

  /** Every line of every branch, in order. */
  lines(): string[] {
    return [...this.refs].sort().flatMap(([, commit]) =>
      [...this.at(commit).files]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .filter(([path]) => path.endsWith('.jsonl'))
        .flatMap(([, blob]) => (this.blobs.get(blob) as string).trimEnd().split('\n'))
    )
  }

  /** Puts another text in the place of a file of the tip, as nobody may. */
  tamper(branch: string, path: string, content: string | null): void {
    const parent = this.refs.get(branch) as string
    const files = new Map(this.at(parent).files)
    if (content === null) files.delete(path)
    else files.set(path, this.put(content))
    const id = createHash('sha1')
      .update(JSON.stringify([parent, [...files]]))
      .digest('hex')
    this.commits.set(id, { id, parent, files, message: 'edit', at: this.now() })
    this.refs.set(branch, id)
  }
}
