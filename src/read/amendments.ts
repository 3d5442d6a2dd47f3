// The amendments of one contract at a tree of the access repository: only what was merged and decided to hold counts.
import type { MergedAmendment } from '../model/agreement.ts'
import { parseAmendment } from '../model/amendment.ts'
import type { Amendment } from '../model/amendment.ts'
import type { Known, TreeEntry } from '../model/facts.ts'
import { placeOf } from '../model/place.ts'
import type { Parsed } from '../model/problem.ts'
import { bytesAt } from './repository.ts'
import type { Repository, Tree } from './repository.ts'

/** When a file's amendment was merged, where the ledger says that it was decided to hold and is not over; else null. */
export type MergeTime = (entry: TreeEntry) => Date | null

const mostKept = 2_000
const kept = new Map<string, Parsed<Amendment>>()

/**
 * The amendments of `contract` among the files of `tree`. A file that nothing decided on is none: it came past the
 * checks, or is yet to be decided. One that was decided to hold and cannot be read makes them all unknown (S6).
 */
export async function readAmendments(
  repository: Repository,
  tree: Tree,
  contract: string,
  mergedAt: MergeTime
): Promise<Known<MergedAmendment[]>> {
  const folder = `amendments/${contract}/`
  const entries = [...tree.values()].filter(entry => entry.path.startsWith(folder))
  entries.sort((a, b) => (a.path < b.path ? -1 : 1))
  const merged = entries.flatMap(entry => {
    const at = mergedAt(entry)
    return at === null ? [] : [{ entry, at }]
  })
  const read = await Promise.all(
    merged.map(async one => ({ ...one, parsed: await readAmendment(repository, one.entry) }))
  )
  const value: MergedAmendment[] = []
  for (const { entry, at, parsed } of read) {
    const place = placeOf(entry.path)
    const named = parsed.ok && place?.kind === 'amendment'
    if (!named || parsed.value.contract !== place.contract || parsed.value.id !== place.id) {
      return { known: false, because: `The amendment ${entry.path} cannot be read.` }
    }
    value.push({ amendment: parsed.value, mergedAt: at, blob: entry.sha })
  }
  return { known: true, value }
}

/** One amendment by its blob, which never changes. */
export async function readAmendment(
  repository: Repository,
  entry: Pick<TreeEntry, 'path' | 'sha'>
): Promise<Parsed<Amendment>> {
  const key = `${entry.path} ${entry.sha}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const parsed = parseAmendment(entry.path, await bytesAt(repository, entry.sha))
  if (kept.size >= mostKept) kept.clear()
  kept.set(key, parsed)
  return parsed
}
