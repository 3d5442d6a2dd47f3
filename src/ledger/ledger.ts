// The writer: drafts in, durable records out. One at a time in this process, compare-and-swap against everyone else.
import { Fault } from '../model/fault.ts'
import type { Clock } from '../model/ports.ts'
import type { Draft, LedgerRecord } from '../model/record.ts'
import { chainDrafts, openingDrafts } from './chain.ts'
import type { Chained } from './fold.ts'
import { attributes, commitMessage, recordsPerSegment } from './format.ts'
import { readCertificate, signAnchor, type KeyAdded, type Signer } from './keys.ts'
import { sealSegment } from './segment.ts'
import { emptySnapshot, readSnapshot, type Snapshot } from './snapshot.ts'
import type { LedgerState } from './state.ts'
import type { LedgerStore } from './store.ts'

/**
 * Says what to record, given everything that is recorded. Asked again after each lost race, so it must be free of
 * effects.
 */
export type DraftFunction = (state: LedgerState) => readonly Draft[]

/** The ledger as the rest of the house sees it: a state to read, and one way to add to it. */
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

/** What a writer needs: where the ledger lies, who signs, and by whose clock. */
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
const racesAtMost = 20
const unknownOutcomesAtMost = 3

interface Caller {
  draft: DraftFunction
  resolve: (state: LedgerState) => void
  reject: (error: unknown) => void
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
  #snapshot: Snapshot = emptySnapshot
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
    const { repository, seq, head } = this.#snapshot.state
    return repository === null ? '' : signAnchor({ repository, seq, head }, this.#options.signer)
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
      const plan = (await this.#sealing(wanted)) ?? wanted
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
    const opening = await openingDrafts(before, { ...this.#options, endorsed: this.#endorsed, branch, recordedAt })
    const around = { recordedAt, ledger: opening.ledger, app: this.#options.app }
    const opened = chainDrafts(before, opening.drafts, around)
    const plan: Plan = { callers: [], later: [], after: before, branch, recordedAt, records: [] }
    const records = [...opened.records]
    let { state } = opened
    const started = records.length
    for (const caller of callers.slice()) {
      if (records.length - started >= recordsPerCommit) {
        plan.later.push(caller)
        continue
      }
      try {
        const added = chainDrafts(state, caller.draft(state), around)
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
  async #sealing(plan: Plan): Promise<Plan | undefined> {
    const { state } = this.#snapshot
    const { recordedAt } = plan
    const { branch } = state
    if (branch === null || state.sealed !== null || branch === plan.branch) return undefined
    // A new year and a new key may come together: the seal is signed, so its key must be known by then.
    const { ledger, drafts } = await openingDrafts(state, {
      ...this.#options,
      endorsed: this.#endorsed,
      branch,
      recordedAt
    })
    const seal: Draft = { type: 'ledger.sealed', occurredAt: recordedAt, next: plan.branch }
    const sealed = chainDrafts(state, [...drafts, seal], { recordedAt, ledger, app: this.#options.app })
    return { ...plan, callers: [], later: [], after: sealed.state, branch, records: sealed.records }
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
      message: commitMessage(
        plan.records.map(({ record }) => record),
        { segments, head: plan.after.head }
      )
    })
    const seen = begins ? new Map<string, string>() : this.#snapshot.seen
    this.#snapshot = { state: plan.after, tip: { branch: plan.branch, commit }, segment, seen }
    this.#stale = false
  }

  /** Brings the snapshot to the tip; answers the hashes of the lines that were new. Untouched if anything is wrong. */
  async #read(): Promise<ReadonlySet<string>> {
    this.#stale = true
    const { snapshot, hashes } = await readSnapshot(this.#options.store, this.#snapshot)
    this.#snapshot = snapshot
    this.#stale = false
    return hashes
  }
}
