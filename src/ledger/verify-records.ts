// Beside `verify`: the records of each branch, segment by segment in order, opened, judged and folded.
import { isUtf8 } from 'node:buffer'
import { fold, type Chained } from './fold.ts'
import { envelopePath, recordName, segmentOf, segmentPath } from './format.ts'
import type { GitRepository } from './git-repository.ts'
import { filesOf } from './git-store.ts'
import { keyIdOf } from './keys.ts'
import { openSegment } from './segment.ts'
import { emptyState, type LedgerState } from './state.ts'
import { about, printable, type Finding } from './verdict.ts'
import { checkRecord } from './verify-controls.ts'
import type { DecidedFile, Step } from './verify-main.ts'

/** How far a commit's clock and its records' may be apart: retries, rate limits. */
const commitSkewMs = 60 * 60_000
/** Segments read, and folded, together. */
const group = 64

/**
 * Reads the branches of one ledger, the oldest first. What it finds goes to `findings`; what main is compared with later,
 * it keeps. `wanted`: the records whose hashes an anchor or a pin speaks of.
 */
export class RecordReading {
  state: LedgerState = emptyState
  segments = 0
  records = 0
  /** Where main stood when the ledger began. */
  start: string | null = null
  readonly steps: Step[] = []
  readonly files: DecidedFile[] = []
  /** By number of the record, as far as it is wanted. */
  readonly hashAt = new Map<number, string>()
  readonly #repository: GitRepository
  readonly #wanted: ReadonlySet<number>
  readonly #findings: Finding[]
  #segment = 0
  /** The newest record that each key signed. */
  readonly #signedUpTo = new Map<string, number>()

  constructor(repository: GitRepository, wanted: ReadonlySet<number>, findings: Finding[]) {
    this.#repository = repository
    this.#wanted = wanted
    this.#findings = findings
  }

  /** Reads one branch on top of those before it. `committedAt`: when each segment came to it, by git's clock. */
  async read(name: string, tip: string, committedAt: ReadonlyMap<number, Date>): Promise<void> {
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
    if (segments.length > 0 && this.state.branch !== name) {
      this.#findings.push({
        code: 'E-LEDGER',
        path: name,
        message: 'the branch does not begin with its own first record'
      })
    }
  }

  /** Once all are read: the root that was given, and what revoked keys signed. */
  checkKeys(root: string | undefined): void {
    if (
      root !== undefined &&
      this.state.root !== null &&
      this.state.root !== root &&
      keyIdOf(this.state.root) !== root
    ) {
      this.#findings.push({ code: 'E-LEDGER', message: 'the ledger stands under another root than the one given' })
    }
    // A revocation reaches back: what the key signed after its last good record is not to be believed, whenever that
    // was.
    for (const [keyId, { lastGoodSeq }] of this.state.keys) {
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

  /** Opens one segment behind what is folded and pending; answers what is pending then. */
  #open(
    files: { segment: number; records: string | undefined; envelope: string | undefined },
    committedAt: Date | undefined,
    pending: Chained[]
  ): Chained[] {
    this.segments++
    const { segment } = files
    if (files.records === undefined) {
      this.#segment = segment
      return pending
    }
    if (this.records === 0) this.#adopt(files.records, segment)
    const opened = openSegment(
      { state: this.state, segment: this.#segment },
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
    this.state = {
      ...this.state,
      seq: opened.seq,
      head: opened.head,
      lastRecordedAt: later(this.state.lastRecordedAt, at)
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
    this.state = { ...emptyState, seq: Number(match[2]), head: match[3] as string }
    this.#segment = segment - 1
  }

  #note({ record, hash }: Chained): void {
    this.records++
    const { lastRecordedAt, lastHeartbeatAt } = this.state
    this.#findings.push(...checkRecord(record, { lastRecordedAt, beating: lastHeartbeatAt !== null }))
    this.state = {
      ...this.state,
      lastRecordedAt: later(lastRecordedAt, new Date(record.recordedAt)),
      lastHeartbeatAt: record.type === 'heartbeat' ? new Date(record.recordedAt) : lastHeartbeatAt
    }
    if (this.#wanted.has(record.seq)) this.hashAt.set(record.seq, hash)
    if (record.type === 'main.advanced') this.steps.push({ seq: record.seq, from: record.from, to: record.to })
    if (record.type === 'ledger.created') this.start ??= record.main
    if (record.type === 'request.decided' || record.type === 'amendment.decided') {
      const { seq, merge, file } = record
      this.files.push({ seq, record: recordName(record), merge, blob: file.blob, sha256: file.sha256 })
    }
  }

  #fold(pending: readonly Chained[]): void {
    const { seq, head } = this.state
    this.state = { ...fold(this.state, pending), seq, head }
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

function later(a: Date | null, b: Date | undefined): Date | null {
  return b !== undefined && (a === null || b > a) ? b : a
}
