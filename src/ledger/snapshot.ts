// The reader of the ledger: from the tip, as the store shows it, to a state that was checked record by record.
import { Fault } from '../model/fault.ts'
import { fold } from './fold.ts'
import { branchPattern, segmentOf } from './format.ts'
import { openSegment } from './segment.ts'
import { emptyState, type LedgerState } from './state.ts'
import type { LedgerBranch, LedgerStore } from './store.ts'

/** Reads of segments that are in flight together. */
const readsAtOnce = 16

/** What is known of the branch: the fold, and where it was read. */
export interface Snapshot {
  state: LedgerState
  tip: { branch: string; commit: string } | null
  /** Newest segment; they are numbered gapless, from 1, over all years. */
  segment: number
  /** Blobs of the tip's branch that were read, by path: what is add-only never changes under a reader. */
  seen: ReadonlyMap<string, string>
}

/** Nothing read yet. */
export const emptySnapshot: Snapshot = { state: emptyState, tip: null, segment: 0, seen: new Map() }

/**
 * The snapshot at the tip, and the hashes of the lines that are new in it. `Fault('ledger.broken')` when what is new
 * does not hold, when something that was read is gone or changed, or when the branch is gone (reliability fault 45);
 * `Fault('ledger.unreadable')`, to be tried again, when the tip shows less than is known.
 */
export async function readSnapshot(
  store: LedgerStore,
  from: Snapshot
): Promise<{ snapshot: Snapshot; hashes: ReadonlySet<string> }> {
  const branches = (await store.branches()).filter(({ name }) => branchPattern.test(name))
  const hashes = new Set<string>()
  const known = from.tip
  let snapshot = from
  if (known !== null && !branches.some(({ name }) => name === known.branch)) throw broken(`${known.branch} is gone`)
  for (const branch of branches) {
    if (known !== null && (branch.name < known.branch || branch.commit === known.commit)) continue
    snapshot = await readBranch(store, snapshot, branch, hashes)
  }
  return { snapshot, hashes }
}

async function readBranch(
  store: LedgerStore,
  from: Snapshot,
  { name, commit }: LedgerBranch,
  hashes: Set<string>
): Promise<Snapshot> {
  const seen = from.tip?.branch === name ? from.seen : new Map<string, string>()
  const files = new Map((await store.segments(commit)).map(({ path, blob }) => [path, blob]))
  let newest = 0
  for (const path of files.keys()) newest = Math.max(newest, segmentOf(path)?.segment ?? 0)
  if (from.tip?.branch === name && newest < from.segment) {
    // A lagging replica of GitHub's, or a tail cut off (reliability faults 33, 45): either way nothing may build on it.
    throw new Fault('ledger.unreadable', `${name} shows ${newest} segments; ${from.segment} are known.`)
  }
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
    const texts = await Promise.all(
      fresh.slice(at, at + readsAtOnce).map(async file => ({
        ...file,
        texts: await Promise.all([store.read(file.records), store.read(file.envelope)])
      }))
    )
    for (const {
      segment: number,
      texts: [records, envelope]
    } of texts) {
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

/** Reading on makes no sense, and granting on makes none either (reliability fault 45). */
function broken(because: string): Fault {
  return new Fault('ledger.broken', `The ledger cannot be believed: ${because}.`, { retry: false })
}
