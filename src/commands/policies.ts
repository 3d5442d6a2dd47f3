// The policies of a working tree, as `explain` and `test` read them: the shipped baseline first, then policies/*.yml.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from '../model/document.ts'
import { gitBlobSha } from '../model/digest.ts'
import type { Read } from '../model/facts.ts'
import { placeOf } from '../model/place.ts'
import type { Policy } from '../model/policy.ts'
import { baseline } from '../read/baseline.ts'
import { readTree } from './working-tree.ts'

/** All of them, in the order in which the app reads them. What cannot be read is among them, and says why. */
export function policiesIn(root: string): Read<Policy>[] {
  return [baseline(), ...ownPolicies(root)]
}

/** The working tree's own. */
export function ownPolicies(root: string): Read<Policy>[] {
  const names = filesIn(join(root, 'policies')).filter(name => /\.ya?ml$/i.test(name))
  return names.sort().flatMap(name => {
    const path = `policies/${name}`
    const bytes = readTree(root, path)
    if (bytes === undefined) return []
    const place = placeOf(path)
    const parsed = place?.kind === 'policy' ? parseDocument(path, bytes) : { ok: false as const, problems: [] }
    // At the place of a policy nothing but a policy parses.
    return [{ path, blob: gitBlobSha(bytes), parsed: parsed as Read<Policy>['parsed'] }]
  })
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
