// The policies at a tree of the access repository: what no contract, amendment or request can loosen.
import type { Read, TreeEntry } from '../model/facts.ts'
import { parseDocument } from '../model/document.ts'
import { placeOf } from '../model/place.ts'
import type { Policy } from '../model/policy.ts'
import { baseline } from './baseline.ts'
import { bytesAt } from './repository.ts'
import type { Repository, Tree } from './repository.ts'

const mostKept = 500
const kept = new Map<string, Read<Policy>>()

/** The shipped baseline, then every policy of the tree in the order of paths. What cannot be read is among them. */
export async function readPolicies(repository: Repository, tree: Tree): Promise<Read<Policy>[]> {
  const entries = [...tree.values()].filter(({ path }) => isPolicy(path))
  entries.sort((a, b) => (a.path < b.path ? -1 : 1))
  return [baseline(), ...(await Promise.all(entries.map(entry => readPolicy(repository, entry))))]
}

// Wider than `placeOf`: a policy by a wrong name would else be no policy, and nobody would notice.
function isPolicy(path: string): boolean {
  return /^policies\/.*\.ya?ml$/i.test(path)
}

async function readPolicy(repository: Repository, entry: TreeEntry): Promise<Read<Policy>> {
  const { path, sha, mode } = entry
  const regular = placeOf(path)?.kind === 'policy' && mode === '100644'
  if (!regular) return { path, blob: sha, parsed: { ok: false, problems: [] } }
  const key = `${path} ${sha}`
  const found = kept.get(key)
  if (found !== undefined) return found
  const parsed = parseDocument(path, await bytesAt(repository, sha))
  // At the place of a policy nothing but a policy parses.
  const read: Read<Policy> = { path, blob: sha, parsed: parsed as Read<Policy>['parsed'] }
  if (kept.size >= mostKept) kept.clear()
  kept.set(key, read)
  return read
}
