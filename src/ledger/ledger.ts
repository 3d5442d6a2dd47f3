// The writer: drafts in, durable records out. One at a time in this process, compare-and-swap against everyone else.
import { Fault } from '../model/fault.ts'
import type { Clock } from '../model/ports.ts'
import type { Draft, LedgerRecord } from '../model/record.ts'
import { fold, type Chained } from './fold.ts'
import {
  attributes, branchPattern, commitMessage, frame, hashLine, lineOf, recordsPerSegment, segmentOf
} from './format.ts'
import { readCertificate, signAnchor, type KeyAdded, type Signer } from './keys.ts'
import { openSegment, sealSegment } from './segment.ts'
import { emptyState, type LedgerState } from './state.ts'
import type { LedgerStore } from './store.ts'

/**
 * Says what to record, given everything that is recorded. Asked again after each lost race, so it must be free of
 * effects.
 */
export type DraftFunction = (state: LedgerState) => readonly Draft[]

export interface Ledger {
  /** As last read or written here. */
  state(): LedgerState
  /**
   * Reads the tip, checks what is new (signature, chain, gaplessness) and folds it. `Fault('ledger.broken')` stops
   * grants.
   */
  refresh(): Promise<LedgerState>
  /**
   * Records what `draft` says, and resolves only when it is durable. The duplicate check and the tip are one snapshot
   * (reliability §3): `draft` sees the state on which its records will stand. `[]`: nothing to do.
   */
  append(draft: DraftFunction): Promise<LedgerState>
  /**
   * `seq:hash:sig` of the newest record, for the `Ledger-Anchor` trailer of a commit that goes to main. Empty before
   * the first.
   */
  anchor(): string
}

export interface LedgerOptions {
  store: LedgerStore
  signer: Signer
  clock: Clock
  /** Version of Addendum, as records carry it. */
  app: string
  /** GitHub's numeric repository id. */
  repository: number
  /** The tip of main, asked for once, when the ledger is begun. */
  mainTip: () => Promise<string>
}

/** A commit larger than this waits for the next, so that no request to GitHub grows without bound. */
const recordsPerCommit = 1024
/** Reads of segments that are in flight together. */
const readsAtOnce = 16
const racesAtMost = 20
const unknownOutcomesAtMost = 3

interface Caller {
  draft: DraftFunction
  resolve: (state: LedgerState) => void
  reject: (error: unknown) => void
}

/** What is known of the branch: the fold, and where it was read. */
interface Snapshot {
  state: LedgerState
  tip: { branch: string; commit: string } | null
  /** Newest segment; they are numbered gapless, from 1, over all years. */
  segment: number
  /** Blobs of the tip's branch that were read, by path: what is add-only never changes under a reader. */
  seen: ReadonlyMap<string, string>
}

interface Plan {
  callers: Caller[]
  later: Caller[]
  after: LedgerState
  branch: string
  recordedAt: Date
  records: Chained[]
}

/**
 * Opens the ledger: reads and checks it once. A ledger that does not exist yet is begun by the first record. Two
 * writers that begin it at once race for one branch name, so one loses; only if New Year passes between the two would
 * both win, and then every reader stops at the second (`ledger.broken`).
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const endorsed = readCertificate(options.signer.certificate)
  if (endorsed === undefined || endorsed.keyId !== options.signer.keyId) {
    throw new TypeError('the signer has no certificate for its key')
  }
  const writer = new Writer(options, endorsed)
  await writer.refresh()
  return writer
}

class Writer implements Ledger {
  readonly #options: LedgerOptions
  readonly #endorsed: KeyAdded
  #snapshot: Snapshot = { state: emptyState, tip: null, segment: 0, seen: new Map() }
  /** Set while what the branch holds is not known. */
  #stale = true
  #tail: Promise<unknown> = Promise.resolve()
  #waiting: Caller[] = []
  #flushing = false

  constructor(options: LedgerOptions, endorsed: KeyAdded) {
    this.#options = options
    this.#endorsed = endorsed
  }

  state(): LedgerState {
    return this.#snapshot.state
  }

  anchor(): string {
    const { ledger, seq, head } = this.#snapshot.state
    return ledger === null ? '' : signAnchor({ ledger, seq, head }, this.#options.signer)
  }

  refresh(): Promise<LedgerState> {
    return this.#alone(async () => {
      await this.#read()
      return this.#snapshot.state
    })
  }

  append(draft: DraftFunction): Promise<LedgerState> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ draft, resolve, reject })
      this.#flushSoon()
    })
  }

  #flushSoon(): void {
    if (this.#flushing) return
    this.#flushing = true
    // Queued behind the commit in flight: all that is asked meanwhile goes out together (group commit).
    void this.#alone(() => this.#flush())
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work)
    this.#tail = run.catch(() => undefined)
    return run
  }

  async #flush(): Promise<void> {
    this.#flushing = false
    const callers = this.#waiting.splice(0)
    try {
      await this.#write(callers)
    } catch (error) {
      for (const caller of callers) caller.reject(error)
    }
  }

  /** Settles every caller, or throws for those that are left. */
  async #write(callers: Caller[]): Promise<void> {
    const attempted = new Map<string, Plan>()
    let races = 0
    let unknown = 0
    for (;;) {
      // Before the first record every look is fresh: another may have begun the ledger under another year's name.
      if (this.#stale || this.#snapshot.tip === null) {
        const hashes = await this.#read()
        // A commit whose answer was lost may have landed, even behind a later attempt: its callers are served.
        const landed = [...attempted].find(([head]) => hashes.has(head))?.[1]
        if (landed !== undefined) return this.#settle(landed)
      }
      const wanted = await this.#plan(callers)
      if (wanted.records.length === 0) return this.#settle(wanted)
      const plan = this.#sealing(wanted) ?? wanted
      try {
        await this.#commit(plan)
        if (plan === wanted) return this.#settle(plan)
      } catch (error) {
        if (!(error instanceof Fault) || !error.retry || error.retryAt !== undefined) throw error
        if (error.code === 'ledger.moved') {
          if (++races > racesAtMost) throw error
        } else {
          if (plan === wanted) attempted.set(plan.after.head, plan)
          if (++unknown >= unknownOutcomesAtMost) throw error
        }
      }
    }
  }

  #settle(plan: Plan): void {
    for (const caller of plan.callers) caller.resolve(this.#snapshot.state)
    if (plan.later.length === 0) return
    this.#waiting.unshift(...plan.later)
    this.#flushSoon()
  }

  /** Asks every caller on the running state. One that throws is answered alone; the others do not suffer for it. */
  async #plan(callers: Caller[]): Promise<Plan> {
    const { clock } = this.#options
    const before = this.#snapshot.state
    const now = clock.now()
    // Never back, whatever the clock does (reliability fault 23).
    const recordedAt = before.lastRecordedAt !== null && before.lastRecordedAt > now ? before.lastRecordedAt : now
    const branch = before.sealed ?? `ledger/${recordedAt.toISOString().slice(0, 4)}`
    const opening = await this.#opening(branch, recordedAt)
    const { ledger } = opening
    let { state, records } = this.#chain(before, opening.drafts, { recordedAt, ledger })
    const plan: Plan = { callers: [], later: [], after: before, branch, recordedAt, records: [] }
    const started = records.length
    for (const caller of [...callers]) {
      if (records.length - started >= recordsPerCommit) {
        plan.later.push(caller)
        continue
      }
      try {
        const added = this.#chain(state, caller.draft(state), { recordedAt, ledger })
        state = added.state
        records.push(...added.records)
        plan.callers.push(caller)
      } catch (error) {
        caller.reject(error)
        callers.splice(callers.indexOf(caller), 1)
      }
    }
    return records.length === started ? plan : { ...plan, after: state, records }
  }

  /**
   * The last record of a year's branch, when the plan is for the next: it moves the tip on which a replica whose clock
   * is behind would build, so that the ledger cannot fork over two branches. Undefined when there is nothing to seal.
   */
  #sealing(plan: Plan): Plan | undefined {
    const { state } = this.#snapshot
    if (state.ledger === null || state.sealed !== null || state.branch === plan.branch) return undefined
    const draft: Draft = { type: 'ledger.sealed', occurredAt: plan.recordedAt, next: plan.branch }
    const sealed = this.#chain(state, [draft], { recordedAt: plan.recordedAt, ledger: state.ledger })
    return {
      ...plan, callers: [], later: [], after: sealed.state, branch: state.branch as string, records: sealed.records
    }
  }

  /** What must stand before anything else: the ledger's or the year's first record, and the signer's key. */
  async #opening(branch: string, recordedAt: Date): Promise<{ ledger: string; drafts: Draft[] }> {
    const { signer, repository, mainTip } = this.#options
    const { state } = this.#snapshot
    const key: Draft = {
      type: 'key.added', occurredAt: recordedAt, keyId: signer.keyId,
      publicKey: this.#endorsed.publicKey, certificate: signer.certificate
    }
    if (state.ledger === null) {
      const main = await mainTip()
      const { root } = this.#endorsed
      const name = hashLine([repository, root, main, recordedAt.toISOString()].join('\0')).slice(0, 16)
      return {
        ledger: `L-${name}`,
        drafts: [{ type: 'ledger.created', occurredAt: recordedAt, repository, root, main }, key]
      }
    }
    if (state.repository !== repository) {
      throw new Fault('ledger.broken', 'the ledger is another repository’s', { retry: false })
    }
    const known = state.keys.get(signer.keyId)
    if (known !== undefined && known.lastGoodSeq !== null) {
      throw new Fault('ledger.broken', 'the key of this app was revoked', { retry: false })
    }
    const drafts: Draft[] = []
    if (state.branch !== branch) {
      drafts.push({
        type: 'ledger.created', occurredAt: recordedAt, repository,
        root: state.root as string, main: state.main as string,
        continues: { branch: state.branch as string, seq: state.seq, head: state.head }
      })
    }
    if (known === undefined) drafts.push(key)
    return { ledger: state.ledger, drafts }
  }

  #chain(
    from: LedgerState, drafts: readonly Draft[], { recordedAt, ledger }: { recordedAt: Date; ledger: string }
  ): { state: LedgerState; records: Chained[] } {
    let { seq, head } = from
    const records = drafts.map(draft => {
      const record = frame(draft, {
        ledger, seq: ++seq, prev: head, recordedAt: recordedAt.toISOString(), app: this.#options.app
      })
      head = hashLine(lineOf(record))
      return { record, hash: head }
    })
    return { state: fold(from, records), records }
  }

  async #commit(plan: Plan): Promise<void> {
    const { store, signer } = this.#options
    const { tip } = this.#snapshot
    const begins = tip?.branch !== plan.branch
    const files: { path: string; content: string }[] = begins ? [{ ...attributes }] : []
    const segments: number[] = []
    let { segment } = this.#snapshot
    for (let at = 0; at < plan.records.length; at += recordsPerSegment) {
      segments.push(++segment)
      const records = plan.records.slice(at, at + recordsPerSegment).map(({ record }) => record)
      files.push(...sealSegment(segment, records as [LedgerRecord, ...LedgerRecord[]], signer))
    }
    this.#stale = true
    const commit = await store.commit({
      branch: plan.branch,
      parent: begins ? null : tip.commit,
      files,
      message: commitMessage(plan.records.map(({ record }) => record), { segments, head: plan.after.head })
    })
    const seen = begins ? new Map<string, string>() : this.#snapshot.seen
    this.#snapshot = { state: plan.after, tip: { branch: plan.branch, commit }, segment, seen }
    this.#stale = false
  }

  /**
   * Brings the snapshot to the tip; answers the hashes of the lines that were new. Leaves it untouched when anything is
   * wrong.
   */
  async #read(): Promise<Set<string>> {
    const { store } = this.#options
    this.#stale = true
    const branches = (await store.branches()).filter(({ name }) => branchPattern.test(name))
    const hashes = new Set<string>()
    let snapshot = this.#snapshot
    const known = snapshot.tip
    if (known !== null && !branches.some(({ name }) => name === known.branch)) throw broken(`${known.branch} is gone`)
    for (const { name, commit } of branches) {
      if (known !== null && (name < known.branch || commit === known.commit)) continue
      snapshot = await this.#readBranch(snapshot, name, commit, hashes)
    }
    this.#snapshot = snapshot
    this.#stale = false
    return hashes
  }

  async #readBranch(from: Snapshot, name: string, commit: string, hashes: Set<string>): Promise<Snapshot> {
    const { store } = this.#options
    const seen = from.tip?.branch === name ? from.seen : new Map<string, string>()
    const files = new Map((await store.segments(commit)).map(({ path, blob }) => [path, blob]))
    const fresh: { segment: number; records: string; envelope: string }[] = []
    for (const [path, blob] of files) {
      const place = segmentOf(path)
      if (place === undefined || place.part === 'envelope') continue
      const envelope = files.get(path.replace(/jsonl$/, 'dsse.json'))
      if (envelope === undefined) throw broken(`${path} is not signed`)
      if (place.segment > from.segment) fresh.push({ segment: place.segment, records: blob, envelope })
      else if ((seen.get(path) ?? blob) !== blob) throw broken(`${path} was changed`)
    }
    for (const path of seen.keys()) if (!files.has(path)) throw broken(`${path} is gone`)
    fresh.sort((a, b) => a.segment - b.segment)
    let { state, segment } = from
    for (let at = 0; at < fresh.length; at += readsAtOnce) {
      const texts = await Promise.all(fresh.slice(at, at + readsAtOnce).map(async file => ({
        ...file, texts: await Promise.all([store.read(file.records), store.read(file.envelope)])
      })))
      for (const { segment: number, texts: [records, envelope] } of texts) {
        const opened = openSegment({ state, segment }, { segment: number, records, envelope })
        const wrong = opened.findings[0]
        if (wrong !== undefined) throw broken(`${wrong.code} ${wrong.message}`)
        for (const { hash } of opened.records) hashes.add(hash)
        state = fold(state, opened.records)
        segment = number
      }
    }
    if (state.branch !== name) throw broken(`${name} does not begin with its own first record`)
    return { state, tip: { branch: name, commit }, segment, seen: files }
  }
}

/** Reading on makes no sense, and granting on makes none either (reliability fault 45). */
function broken(because: string): Fault {
  return new Fault('ledger.broken', `The ledger cannot be believed: ${because}.`, { retry: false })
}
