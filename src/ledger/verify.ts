// `addendum verify`: the ledger, checked offline from a plain clone. Reads git objects, never the worktree.
import { isUtf8 } from 'node:buffer'
import { fold, type Chained } from './fold.ts'
import { branchPattern, envelopePath, recordName, segmentOf, segmentPath } from './format.ts'
import type { GitRepository } from './git-repository.ts'
import { filesOf, ledgerBranches } from './git-store.ts'
import { keyIdOf } from './keys.ts'
import { openSegment } from './segment.ts'
import { emptyState, type LedgerState } from './state.ts'
import { about, printable, statusOf, type Finding, type Verdict } from './verdict.ts'
import { checkBranch, checkClone, strangeBranches } from './verify-clone.ts'
import { checkRecord, checkState } from './verify-controls.ts'
import {
  anchorsOf,
  checkAnchors,
  checkFiles,
  checkSteps,
  mainLine,
  mainOf,
  type AnchorClaim,
  type DecidedFile,
  type Step
} from './verify-main.ts'

/** What the auditor knows from elsewhere. */
export interface VerifyOptions {
  /** The root's public key or key id, as handed over out of band: without it, a ledger swapped whole is believed. */
  root?: string
  /** `seq:hash` of an earlier verdict: what was seen then must still stand (tampering row 6). */
  pin?: string
  /** Name of the main branch. */
  main?: string
}

/** What a pin looks like. */
export const pinPattern = /^([1-9]\d{0,15}):([0-9a-f]{64})$/

/** How far a commit's clock and its records' may be apart: retries, rate limits. */
const commitSkewMs = 60 * 60_000
/** Segments read, and folded, together. */
const group = 64

/**
 * Checks everything that the tampering table of the ledger's reference lists, as far as a clone can show it, and says
 * what it found. Throws only where git itself cannot be asked, and for a pin that is none.
 */
export async function verify(repository: GitRepository, options: VerifyOptions = {}): Promise<Verdict> {
  const pass = new Pass(repository, options)
  return pass.run()
}

class Pass {
  readonly #repository: GitRepository
  readonly #options: VerifyOptions
  readonly #findings: Finding[] = []
  #state: LedgerState = emptyState
  #segment = 0
  #segments = 0
  #records = 0
  #start: string | null = null
  #claims: AnchorClaim[] = []
  readonly #steps: Step[] = []
  readonly #files: DecidedFile[] = []
  /** Hashes of the records that an anchor or the pin speaks of. */
  readonly #hashAt = new Map<number, string>()
  readonly #wanted = new Set<number>()
  /** The newest record that each key signed. */
  readonly #signedUpTo = new Map<string, number>()

  constructor(repository: GitRepository, options: VerifyOptions) {
    this.#repository = repository
    this.#options = options
  }

  async run(): Promise<Verdict> {
    const { root, pin } = this.#options
    this.#findings.push(...(await checkClone(this.#repository)))
    // Half a history would look like tampering everywhere.
    if (statusOf(this.#findings) === 'unchecked') return this.#verdict({ branches: [], commits: 0, main: null })
    const all = await ledgerBranches(this.#repository)
    this.#findings.push(...strangeBranches(all))
    const branches = all.filter(({ name }) => branchPattern.test(name))
    const main = await mainOf(this.#repository, this.#options.main)
    if (main !== undefined) this.#claims = await anchorsOf(this.#repository, main)
    for (const { seq } of this.#claims) this.#wanted.add(seq)
    const pinned = pin === undefined ? undefined : readPin(pin)
    if (pinned !== undefined) this.#wanted.add(pinned.seq)

    for (const branch of branches) {
      const { findings, committedAt } = await checkBranch(this.#repository, branch)
      this.#findings.push(...findings)
      await this.#readBranch(branch.name, branch.commit, committedAt)
    }
    if (this.#records === 0) this.#findings.push({ code: 'E-MISSING', message: 'there is no ledger in this clone' })
    this.#checkKeys(root)
    if (pinned !== undefined && this.#hashAt.get(pinned.seq) !== pinned.hash) {
      this.#findings.push({ code: 'E-PIN', seq: pinned.seq, message: 'this is not the ledger that was seen before' })
    }
    const commits = await this.#checkMain(main)
    this.#findings.push(...checkState(this.#state))
    return this.#verdict({ branches: branches.map(({ name }) => name), commits, main: main ?? null })
  }

  #verdict(seen: Pick<Verdict, 'branches' | 'commits' | 'main'>): Verdict {
    const { ledger, root, seq, head } = this.#state
    return {
      status: statusOf(this.#findings),
      findings: this.#findings,
      ledger,
      root: root === null ? null : keyIdOf(root),
      ...seen,
      segments: this.#segments,
      records: this.#records,
      pin: ledger === null ? null : `${seq}:${head}`
    }
  }

  async #readBranch(name: string, tip: string, committedAt: ReadonlyMap<number, Date>): Promise<void> {
    const files = new Map((await filesOf(this.#repository, tip)).map(({ path, blob }) => [path, blob]))
    const segments: number[] = []
    for (const path of files.keys()) {
      const place = segmentOf(path)
      if (place?.part === 'records') segments.push(place.segment)
      else if (place !== undefined && !files.has(segmentPath(place.segment))) {
        this.#findings.push({ code: 'E-COUNTERS', path, message: 'a statement without its segment' })
      }
    }
    segments.sort((a, b) => a - b)
    for (let at = 0; at < segments.length; at += group) {
      const texts = await Promise.all(
        segments.slice(at, at + group).map(async segment => ({
          segment,
          records: await this.#text(files.get(segmentPath(segment)), segmentPath(segment)),
          envelope: await this.#text(files.get(envelopePath(segment)), envelopePath(segment))
        }))
      )
      let pending: Chained[] = []
      for (const { segment, records, envelope } of texts) {
        pending = this.#open({ segment, records, envelope }, committedAt.get(segment), pending)
      }
      this.#fold(pending)
    }
    if (segments.length > 0 && this.#state.branch !== name) {
      this.#findings.push({
        code: 'E-LEDGER',
        path: name,
        message: 'the branch does not begin with its own first record'
      })
    }
  }

  /** Opens one segment behind what is folded and pending; answers what is pending then. */
  #open(
    files: { segment: number; records: string | undefined; envelope: string | undefined },
    committedAt: Date | undefined,
    pending: Chained[]
  ): Chained[] {
    this.#segments++
    const { segment } = files
    if (files.records === undefined) {
      this.#segment = segment
      return pending
    }
    if (this.#records === 0) this.#adopt(files.records, segment)
    const opened = openSegment(
      { state: this.#state, segment: this.#segment },
      {
        segment,
        records: files.records,
        envelope: files.envelope ?? ''
      }
    )
    this.#findings.push(...opened.findings)
    for (const chained of opened.records) this.#note(chained)
    const last = opened.records.at(-1)?.record
    const at = last === undefined ? undefined : new Date(last.recordedAt)
    if (last !== undefined && committedAt !== undefined && Math.abs(Number(at) - Number(committedAt)) > commitSkewMs) {
      const message = `recorded at ${last.recordedAt}, committed at ${committedAt.toISOString()}`
      this.#findings.push({ path: segmentPath(segment), ...about('E-CLOCK', last, message) })
    }
    if (opened.keyId !== null) this.#signedUpTo.set(opened.keyId, opened.seq)
    this.#segment = segment
    pending = pending.concat(opened.records)
    // Only these change what the next segment is judged by, beside the chain itself: the rest is folded in groups.
    if (opened.records.some(({ record }) => /^(ledger|key)\./.test(record.type))) {
      this.#fold(pending)
      pending = []
    }
    this.#state = {
      ...this.#state,
      seq: opened.seq,
      head: opened.head,
      lastRecordedAt: later(this.#state.lastRecordedAt, at)
    }
    return pending
  }

  /** A ledger whose first years are not in the clone begins where its first record says, and that is told. */
  #adopt(records: string, segment: number): void {
    const match = /"continues":\{"branch":"(ledger\/\d{4})","seq":(\d{1,15}),"head":"([0-9a-f]{64})"\}/.exec(
      records.split('\n')[0] ?? ''
    )
    if (match === null) return
    this.#findings.push({
      code: 'E-MISSING',
      path: match[1] as string,
      message: 'the ledger continues this branch, which is not here'
    })
    this.#state = { ...emptyState, seq: Number(match[2]), head: match[3] as string }
    this.#segment = segment - 1
  }

  #note({ record, hash }: Chained): void {
    this.#records++
    const { lastRecordedAt, lastHeartbeatAt } = this.#state
    this.#findings.push(...checkRecord(record, { lastRecordedAt, beating: lastHeartbeatAt !== null }))
    this.#state = {
      ...this.#state,
      lastRecordedAt: later(lastRecordedAt, new Date(record.recordedAt)),
      lastHeartbeatAt: record.type === 'heartbeat' ? new Date(record.recordedAt) : lastHeartbeatAt
    }
    if (this.#wanted.has(record.seq)) this.#hashAt.set(record.seq, hash)
    if (record.type === 'main.advanced') this.#steps.push({ seq: record.seq, from: record.from, to: record.to })
    if (record.type === 'ledger.created') this.#start ??= record.main
    if (record.type === 'request.decided' || record.type === 'amendment.decided') {
      const { seq, merge, file } = record
      this.#files.push({ seq, record: recordName(record), merge, blob: file.blob, sha256: file.sha256 })
    }
  }

  #fold(pending: readonly Chained[]): void {
    const { seq, head } = this.#state
    this.#state = { ...fold(this.#state, pending), seq, head }
  }

  #checkKeys(root: string | undefined): void {
    if (
      root !== undefined &&
      this.#state.root !== null &&
      this.#state.root !== root &&
      keyIdOf(this.#state.root) !== root
    ) {
      this.#findings.push({ code: 'E-LEDGER', message: 'the ledger stands under another root than the one given' })
    }
    // A revocation reaches back: what the key signed after its last good record is not to be believed, whenever that
    // was.
    for (const [keyId, { lastGoodSeq }] of this.#state.keys) {
      const seq = this.#signedUpTo.get(keyId) ?? 0
      if (lastGoodSeq === null || seq <= lastGoodSeq) continue
      if (this.#findings.some(finding => finding.code === 'E-REVOKED' && finding.seq === seq)) continue
      this.#findings.push({
        code: 'E-REVOKED',
        seq,
        message: `signed by a key that was revoked after record ${lastGoodSeq}`
      })
    }
  }

  async #checkMain(main: string | undefined): Promise<number> {
    if (main === undefined) {
      this.#findings.push({ code: 'E-MAIN', message: 'the clone has no main branch to compare with' })
      return 0
    }
    const commits = await mainLine(this.#repository, main)
    if (!Array.isArray(commits)) {
      this.#findings.push(commits)
      return 0
    }
    if (this.#start !== null) {
      this.#findings.push(...checkSteps(commits, this.#start, this.#steps))
      this.#findings.push(...(await checkFiles(this.#repository, commits, this.#files)))
    }
    this.#findings.push(...checkAnchors(this.#claims, this.#state, this.#hashAt))
    return commits.length
  }

  async #text(blob: string | undefined, path: string): Promise<string | undefined> {
    const object = blob === undefined ? undefined : await this.#repository.object(blob)
    if (object?.type === 'blob' && isUtf8(object.content)) return object.content.toString('utf8')
    const code = blob === undefined ? 'E-COUNTERS' : 'E-OBJECT'
    this.#findings.push({
      code,
      path: printable(path),
      message: blob === undefined ? 'the file is missing' : 'git cannot read it as text'
    })
    return undefined
  }
}

function readPin(pin: string): { seq: number; hash: string } {
  const match = pinPattern.exec(pin)
  if (match === null) throw new TypeError('not a pin')
  return { seq: Number(match[1]), hash: match[2] as string }
}

function later(a: Date | null, b: Date | undefined): Date | null {
  return b !== undefined && (a === null || b > a) ? b : a
}
