// Past requests, read back: what the ledger says was decided, and the blobs of git's history that it cites.
import { isInForce } from '../ledger/amendment-state.ts'
import type { GitRepository } from '../ledger/git-repository.ts'
import type { RequestState } from '../ledger/request-state.ts'
import type { LedgerState } from '../ledger/state.ts'
import type { MergedAmendment } from '../model/agreement.ts'
import type { RequestRef } from '../model/record.ts'
import { amendmentsOf, PastReader, readAmendment, recorded } from './past-reader.ts'
import type { BlobReader, HistoryOptions } from './past-reader.ts'
import type { PastRequest } from './past.ts'

export type { BlobReader, HistoryOptions } from './past-reader.ts'

/** The requests that were read, and how many that were needed were left out. */
export interface History {
  past: PastRequest[]
  notRead: number
  /** When the newest of those was decided; null where none is left out. */
  newestNotRead: Date | null
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
  const { needed = () => true, most = sorted.length } = options
  const asked = sorted.filter(needed)
  const newest = asked.toReversed().slice(0, most)
  const reader = new PastReader(blobs, state, { ...options, allowed: allowedIn(state) })
  const read = new Map<RequestRef, PastRequest>()
  // The newest first, since they tell most, should not all be read.
  for (let at = 0; at < newest.length; at += readsAtOnce) {
    const some = await Promise.all(newest.slice(at, at + readsAtOnce).map(request => reader.past(request)))
    for (const past of some) if (past !== null) read.set(past.request, past)
  }
  const left = asked.filter(({ request }) => !read.has(request))
  const out = new Set(left)
  return {
    past: sorted.flatMap(request => (out.has(request) ? [] : [read.get(request.request) ?? recorded(request)])),
    notRead: left.length,
    newestNotRead: left.at(-1)?.decidedAt ?? null
  }
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
