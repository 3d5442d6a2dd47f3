// The shipped policy: part of the program as its code is, so it is read from beside it and from nowhere else.
import { readFileSync } from 'node:fs'
import { gitBlobSha } from '../model/digest.ts'
import type { Read } from '../model/facts.ts'
import { parsePolicy } from '../model/policy.ts'
import type { Policy } from '../model/policy.ts'

/** Where it stands in the program. Named apart from a company's own `policies/baseline.yml`. */
export const baselinePath = 'addendum:policies/baseline.yml'

let read: Read<Policy> | undefined

/** The baseline, read and parsed once. A company's policies add to it and never loosen it (DESIGN §3). */
export function baseline(): Read<Policy> {
  if (read === undefined) {
    const bytes = readFileSync(new URL('../../policies/baseline.yml', import.meta.url))
    read = { path: baselinePath, blob: gitBlobSha(bytes), parsed: parsePolicy(baselinePath, bytes) }
  }
  return read
}
