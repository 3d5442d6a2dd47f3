// Past requests, read back: what the ledger says was decided, and the blobs of git's history that it cites.
import { conform } from '../decide/agreement/conform.ts'
import type { MergedAmendment } from '../model/agreement.ts'
import type { GitRepository } from '../ledger/git-repository.ts'
import { isInForce } from '../ledger/state.ts'
import type { AmendmentState, LedgerState, RequestState } from '../ledger/state.ts'
import { parseAmendment } from '../model/amendment.ts'
import { inEmergency, parseContract } from '../model/contract.ts'
import type { Contract } from '../model/contract.ts'
import { parseDirectory } from '../model/directory.ts'
import type { Person } from '../model/directory.ts'
import type { Holding, RecentGrant } from '../model/facts.ts'
import { pathOf } from '../model/place.ts'
import { parseRequest } from '../model/request.ts'
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
  /** At most so many requests, the newest; the others are counted. Each costs a read. */
  most?: number
  /** How far before each request its subject's earlier grants are told: what the policies look at. Absent: not at all. */
  grantsWithinSeconds?: number
}

/** The requests that were read, and how many were not. */
export interface History {
  past: PastRequest[]
  notRead: number
}

/** Reads that are in flight together. */
const readsAtOnce = 64

/** Reads a clone's objects. The caller opened the repository, and closes it. */
export function blobsOf(repository: GitRepository): BlobReader {
  return {
    async read(blob) {
      const object = await repository.object(blob)
      return object?.type === 'blob' ? object.content : undefined
    }
  }
}

/**
 * The amendments of a contract that were in force at an instant, by the ledger, read from their blobs, whatever has
 * been removed from main since. Undefined where one of them cannot be read: then it is not known what was agreed.
 */
export async function amendmentsAt(
  state: LedgerState,
  blobs: BlobReader,
  { contract, at }: { contract: string; at: Date }
): Promise<MergedAmendment[] | undefined> {
  const read = await Promise.all(
    amendmentsOf(state, contract).map(async amendment =>
      isInForce(amendment, at) && amendment.mergedAt <= at ? [await readAmendment(blobs, amendment)] : []
    )
  )
  const merged = read.flat().filter(one => one !== undefined)
  return merged.length === read.flat().length ? merged : undefined
}

/**
 * The decided requests of one contract, oldest first. What cannot be read is null in them, and never left out: an
 * unreadable past is counted by the replay, not hidden. Throws only what `blobs` throws.
 */
export async function readHistory(state: LedgerState, blobs: BlobReader, options: HistoryOptions): Promise<History> {
  const all = [...state.requests.values()].filter(({ contract }) => contract === options.contract)
  const sorted = all.sort((a, b) => a.pr - b.pr)
  const chosen = options.most === undefined ? sorted : sorted.slice(-options.most)
  const reader = new Reader(blobs, state, { ...options, allowed: allowedIn(state) })
  const past: PastRequest[] = []
  for (let at = 0; at < chosen.length; at += readsAtOnce) {
    past.push(...(await Promise.all(chosen.slice(at, at + readsAtOnce).map(request => reader.past(request)))))
  }
  return { past, notRead: sorted.length - chosen.length }
}

type PeopleIndex = ReadonlyMap<number | string, Person>

interface ReaderOptions extends HistoryOptions {
  /** By subject: what they were ever allowed. */
  allowed: ReadonlyMap<number, readonly RequestState[]>
}

class Reader {
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

  async past(request: RequestState): Promise<PastRequest> {
    const { contract } = this.#options
    const bytes = await this.#blobs.read(request.blob)
    const parsed = bytes === undefined ? undefined : parseRequest(`requests/${contract}/${request.blob}.yml`, bytes)
    const document = parsed?.ok === true ? parsed.value : null
    const index = await once(this.#directories, request.directoryBlob, blob => this.#directory(blob))
    const ids = [request.author, request.subject, ...request.approvedBy, document?.subject.toLowerCase() ?? null]
    const earlier = this.#earlier(request, index)
    const people = index === null ? null : [...new Set(ids.flatMap(id => (id === null ? [] : [index.get(id)])))]
    return {
      request: request.request,
      pr: request.pr,
      decidedAt: request.decidedAt,
      contract,
      clause: request.clause ?? '',
      failed: request.failed,
      author: request.author,
      subject: request.subject,
      approvals: request.approvedBy.map((by, at) => ({ by, stage: request.approvedStages[at] as number })),
      document,
      people: people?.filter(person => person !== undefined) ?? null,
      asked: await this.#asked(request, document?.emergency === true),
      holdings: earlier.flatMap(other => holdingAt(other, request.decidedAt)),
      recentGrants: this.#recentGrants(request, earlier),
      liveUntil: liveUntil(request, this.#options.now)
    }
  }

  /** The lists of the clause under the contract as it was in effect at the decision. */
  async #asked({ contractBlob, clause, decidedAt }: RequestState, emergency: boolean): Promise<Asked | null> {
    const then = this.#amendments.filter(one => isInForce(one, decidedAt) && one.mergedAt <= decidedAt)
    const key = [contractBlob, ...then.map(({ blob }) => blob)].join(' ')
    const effective = await once(this.#effective, key, () => this.#conformed(contractBlob, then, decidedAt))
    const clauses = effective?.clauses ?? {}
    const found = clause !== null && Object.hasOwn(clauses, clause) ? clauses[clause] : undefined
    if (effective === null || found === undefined) return null
    return askedBy(effective, (emergency ? inEmergency(found) : null) ?? found)
  }

  async #conformed(blob: string, then: readonly AmendmentState[], at: Date): Promise<Contract | null> {
    const base = await once(this.#contracts, blob, name => this.#contract(name))
    const merged = await Promise.all(then.map(amendment => readAmendment(this.#blobs, amendment)))
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
    const bytes = await this.#blobs.read(blob)
    const parsed = bytes === undefined ? undefined : parseContract(pathOf({ kind: 'contract', id: 'then' }), bytes)
    return parsed?.ok === true ? parsed.value : null
  }

  async #directory(blob: string): Promise<PeopleIndex | null> {
    const bytes = await this.#blobs.read(blob)
    const parsed = bytes === undefined ? undefined : parseDirectory('directory.yml', bytes)
    if (parsed?.ok !== true) return null
    const index = new Map<number | string, Person>()
    for (const person of parsed.value.people) {
      for (const { id, login } of person.github) index.set(id, person).set(login.toLowerCase(), person)
    }
    return index
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, compute: (key: string) => Promise<T>): Promise<T> {
  const value = known.get(key) ?? compute(key)
  known.set(key, value)
  return value
}

function amendmentsOf(state: LedgerState, contract: string): AmendmentState[] {
  return [...(state.byContract.get(contract) ?? [])].flatMap(ref => state.amendments.get(ref) ?? [])
}

async function readAmendment(blobs: BlobReader, state: AmendmentState): Promise<MergedAmendment | undefined> {
  const bytes = await blobs.read(state.blob)
  const path = `amendments/${state.contract}/${state.blob}.yml`
  const parsed = bytes === undefined ? undefined : parseAmendment(path, bytes)
  return parsed?.ok === true ? { amendment: parsed.value, mergedAt: state.mergedAt, blob: state.blob } : undefined
}

/** What was allowed, whatever the contract, by numeric id of the subject. */
function allowedIn(state: LedgerState): ReadonlyMap<number, RequestState[]> {
  const allowed = new Map<number, RequestState[]>()
  for (const request of state.requests.values()) {
    const { subject, outcome } = request
    if (subject === null || outcome !== 'allow') continue
    const known = allowed.get(subject)
    if (known === undefined) allowed.set(subject, [request])
    else known.push(request)
  }
  return allowed
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
