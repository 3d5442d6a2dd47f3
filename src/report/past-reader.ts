// One past request, read back: its file, the people of then, and who was asked, each blob of git's history once.
import { conform } from '../decide/agreement/conform.ts'
import { isInForce } from '../ledger/amendment-state.ts'
import type { AmendmentState } from '../ledger/amendment-state.ts'
import type { RequestState } from '../ledger/request-state.ts'
import type { LedgerState } from '../ledger/state.ts'
import type { MergedAmendment } from '../model/agreement.ts'
import { parseAmendment } from '../model/amendment.ts'
import { inEmergency, parseContract } from '../model/contract.ts'
import type { Contract } from '../model/contract.ts'
import { parseDirectory } from '../model/directory.ts'
import type { Person } from '../model/directory.ts'
import type { Holding, RecentGrant } from '../model/facts.ts'
import { pathOf } from '../model/place.ts'
import { parseRequest } from '../model/request.ts'
import type { AccessRequest } from '../model/request.ts'
import { askedBy } from './past.ts'
import type { Asked, PastRequest } from './past.ts'

/** Where blobs are read from: a clone, or GitHub. Undefined where there is no such blob. */
export interface BlobReader {
  read(blob: string): Promise<Uint8Array | undefined>
}

/** Whose history is read, and how much of it. */
export interface HistoryOptions {
  contract: string
  /** At which grants are in force, or not. */
  now: Date
  /** Which requests are decided again, so that their files are needed; absent: all. The others come as recorded. */
  needed?(request: { clause: string | null; failed: readonly string[] }): boolean
  /** At most so many of those, the newest. */
  most?: number
  /** Whether a blob may be read; asked before each read, and where not, what needs it is left out. Absent: every one. */
  mayRead?(blob: string): boolean
  /** Files that were read before, by blob; what is read is added. */
  kept?: Map<string, AccessRequest | null>
  /** How far before each request its subject's earlier grants are told: what the policies look at. Absent: not at all. */
  grantsWithinSeconds?: number
}

/** A request as its record has it, without its file. */
export function recorded(request: RequestState): PastRequest {
  return {
    request: request.request,
    pr: request.pr,
    decidedAt: request.decidedAt,
    contract: request.contract ?? '',
    clause: request.clause ?? '',
    failed: request.failed,
    author: request.author,
    subject: request.subject,
    approvals: [
      ...request.approvedBy.map((by, at) => ({ by, stage: request.approvedStages[at] as number })),
      ...request.beyond
    ],
    document: null,
    people: null,
    asked: null,
    holdings: [],
    recentGrants: [],
    liveUntil: null
  }
}

/** What needs a blob that may not be read. */
class LeftOut extends Error {}

type PeopleIndex = ReadonlyMap<number | string, Person>

interface ReaderOptions extends HistoryOptions {
  /** By subject: what they were ever allowed. */
  allowed: ReadonlyMap<number, readonly RequestState[]>
}

/** Reads past requests of one contract, each blob once. Throws only what the reader of blobs throws. */
export class PastReader {
  readonly #blobs: BlobReader
  readonly #options: ReaderOptions
  readonly #amendments: readonly AmendmentState[]
  readonly #contracts = new Map<string, Promise<Contract | null>>()
  readonly #directories = new Map<string, Promise<PeopleIndex | null>>()
  readonly #effective = new Map<string, Promise<Contract | null>>()

  constructor(blobs: BlobReader, state: LedgerState, options: ReaderOptions) {
    this.#blobs = blobs
    this.#options = options
    this.#amendments = amendmentsOf(state, options.contract)
  }

  /** Null where something that it needs may not be read. */
  async past(request: RequestState): Promise<PastRequest | null> {
    try {
      return await this.#past(request)
    } catch (error) {
      if (error instanceof LeftOut) return null
      throw error
    }
  }

  async #past(request: RequestState): Promise<PastRequest> {
    // What many share first, so that what may be read is not spent on files that cannot be judged.
    const index = await once(this.#directories, request.directoryBlob, blob => this.#directory(blob))
    const effective = await this.#effectiveAt(request)
    const document = await this.#document(request.blob)
    const approvers = recorded(request).approvals.map(({ by }) => by)
    const ids = [request.author, request.subject, ...approvers, document?.subject.toLowerCase() ?? null]
    const earlier = this.#earlier(request, index)
    const people = index === null ? null : [...new Set(ids.flatMap(id => (id === null ? [] : [index.get(id)])))]
    return {
      ...recorded(request),
      document,
      people: people?.filter(person => person !== undefined) ?? null,
      asked: askedThen(effective, request.clause, document?.emergency === true),
      holdings: earlier.flatMap(other => holdingAt(other, request.decidedAt)),
      recentGrants: this.#recentGrants(request, earlier),
      liveUntil: liveUntil(request, this.#options.now)
    }
  }

  async #document(blob: string): Promise<AccessRequest | null> {
    const { contract, kept } = this.#options
    const known = kept?.get(blob)
    if (known !== undefined) return known
    const bytes = await this.#read(blob)
    const parsed = bytes === undefined ? undefined : parseRequest(`requests/${contract}/${blob}.yml`, bytes)
    const document = parsed?.ok === true ? parsed.value : null
    // What is not there may come to be readable again.
    if (bytes !== undefined) kept?.set(blob, document)
    return document
  }

  async #read(blob: string): Promise<Uint8Array | undefined> {
    if (this.#options.mayRead?.(blob) === false) throw new LeftOut()
    return await this.#blobs.read(blob)
  }

  /** The contract as it was in effect at the decision. */
  async #effectiveAt({ contractBlob, decidedAt }: RequestState): Promise<Contract | null> {
    const then = this.#amendments.filter(one => isInForce(one, decidedAt) && one.mergedAt <= decidedAt)
    const key = [contractBlob, ...then.map(({ blob }) => blob)].join(' ')
    return await once(this.#effective, key, () => this.#conformed(contractBlob, then, decidedAt))
  }

  async #conformed(blob: string, then: readonly AmendmentState[], at: Date): Promise<Contract | null> {
    const base = await once(this.#contracts, blob, name => this.#contract(name))
    const blobs = { read: async (name: string) => await this.#read(name) }
    const merged = await Promise.all(then.map(amendment => readAmendment(blobs, amendment)))
    const known = merged.filter(one => one !== undefined)
    if (base === null || known.length < then.length) return null
    return then.length === 0 ? base : conform(base, known, at).contract
  }

  /** What the ledger had before it of the same person, by all the accounts that the directory of then names. */
  #earlier({ subject, seq }: RequestState, index: PeopleIndex | null): RequestState[] {
    if (subject === null) return []
    const accounts = index?.get(subject)?.github.map(({ id }) => id) ?? [subject]
    return accounts.flatMap(id => this.#options.allowed.get(id) ?? []).filter(other => other.seq < seq)
  }

  #recentGrants({ decidedAt }: RequestState, earlier: readonly RequestState[]): RecentGrant[] {
    const { grantsWithinSeconds = 0 } = this.#options
    if (grantsWithinSeconds === 0) return []
    const since = decidedAt.getTime() - grantsWithinSeconds * 1_000
    return earlier
      .filter(other => other.decidedAt.getTime() > since)
      .sort((a, b) => a.decidedAt.getTime() - b.decidedAt.getTime() || a.seq - b.seq)
      .flatMap(({ contract, clause, decidedAt: at }) =>
        contract === null || clause === null ? [] : [{ contract, clause, decidedAt: at }]
      )
  }

  async #contract(blob: string): Promise<Contract | null> {
    const bytes = await this.#read(blob)
    const parsed = bytes === undefined ? undefined : parseContract(pathOf({ kind: 'contract', id: 'then' }), bytes)
    return parsed?.ok === true ? parsed.value : null
  }

  async #directory(blob: string): Promise<PeopleIndex | null> {
    const bytes = await this.#read(blob)
    const parsed = bytes === undefined ? undefined : parseDirectory('directory.yml', bytes)
    if (parsed?.ok !== true) return null
    const index = new Map<number | string, Person>()
    for (const person of parsed.value.people) {
      for (const { id, login } of person.github) index.set(id, person).set(login.toLowerCase(), person)
    }
    return index
  }
}

/** The lists of the clause, as the contract had it. */
function askedThen(effective: Contract | null, clause: string | null, emergency: boolean): Asked | null {
  const clauses = effective?.clauses ?? {}
  const found = clause !== null && Object.hasOwn(clauses, clause) ? clauses[clause] : undefined
  if (effective === null || found === undefined) return null
  return askedBy(effective, (emergency ? inEmergency(found) : null) ?? found)
}

function once<T>(known: Map<string, Promise<T>>, key: string, compute: (key: string) => Promise<T>): Promise<T> {
  const value = known.get(key) ?? compute(key)
  known.set(key, value)
  return value
}

/** Every amendment of a contract that was ever allowed. */
export function amendmentsOf(state: LedgerState, contract: string): AmendmentState[] {
  return [...(state.byContract.get(contract) ?? [])].flatMap(ref => state.amendments.get(ref) ?? [])
}

/** One amendment by its blob; undefined where that is gone or cannot be read. */
export async function readAmendment(blobs: BlobReader, state: AmendmentState): Promise<MergedAmendment | undefined> {
  const bytes = await blobs.read(state.blob)
  const path = `amendments/${state.contract}/${state.blob}.yml`
  const parsed = bytes === undefined ? undefined : parseAmendment(path, bytes)
  return parsed?.ok === true ? { amendment: parsed.value, mergedAt: state.mergedAt, blob: state.blob } : undefined
}

function holdingAt(other: RequestState, at: Date): Holding[] {
  const { window, contract, clause } = other
  if (window === null || contract === null || clause === null || endOf(other) <= at) return []
  return [{ contract, clause, notBefore: window.notBefore, notAfter: window.notAfter }]
}

/** When it ended, by whatever came first. */
function endOf({ window, removedAt, holdings }: RequestState): Date {
  const ended = holdings.map(holding => holding.ended?.at)
  const all = ended.length > 0 && ended.every(at => at !== undefined) ? Math.max(...ended.map(Number)) : Infinity
  return new Date(Math.min(window?.notAfter.getTime() ?? 0, removedAt?.getTime() ?? Infinity, all))
}

function liveUntil(request: RequestState, now: Date): Date | null {
  if (request.outcome !== 'allow' || request.window === null || endOf(request) <= now) return null
  return endOf(request)
}
