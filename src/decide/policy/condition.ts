// One expression of a clause, on a request: compiled when it is first asked, and not holding where it cannot be.
import { compile, evaluate } from '../cel/compile.ts'
import type { Compiled, Outcome } from '../cel/compile.ts'
import type { CelRecord } from '../cel/types.ts'
import { environments, readsClock } from './environments.ts'

/** Whether a clause's expression holds. One that does not compile does not hold, whatever the request (S6). */
export function conditionHolds(source: string, variables: CelRecord): Outcome {
  const compiled = ready(source)
  return 'because' in compiled ? compiled : evaluate(compiled, variables)
}

/** Whether time alone may change what it says. */
export function conditionReadsClock(source: string): boolean {
  const compiled = ready(source)
  return !('because' in compiled) && readsClock(compiled.reads)
}

function ready(source: string): Compiled | { holds: false; because: string } {
  const compiled = compile(source, environments.request)
  if (!Array.isArray(compiled)) return compiled
  return { holds: false, because: `The expression cannot be read: ${compiled[0]?.message}` }
}
