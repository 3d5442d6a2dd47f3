// From what the policies say to reasons that people read: the same for requests, amendments and contracts.
import type { Mark, Reason } from '../../model/decision.ts'
import { fails, holds, waits } from '../reason.ts'
import { counted, instant, plain, quoted } from '../wording.ts'
import type { PolicyResult } from './evaluate.ts'

const rule = 'policy-holds'

/** One reason for each rule that denies, one for each that warns, and where none denies one that says so. */
export function policyReasons(results: readonly PolicyResult[], todo: string, mark?: Mark): Reason[] {
  const denied = results.filter(({ verdict }) => verdict === 'denies')
  const warned = results.filter(({ verdict }) => verdict === 'warns')
  const warnings = warned.map((result): Reason => ({ ...holds(rule, sentence(result)), warning: true }))
  const refusal = (result: PolicyResult): Reason => {
    if (result.againAt === undefined) return fails(rule, sentence(result), todo, mark)
    return waits(rule, sentence(result), `Wait until ${instant(result.againAt)}: it is judged again then.`)
  }
  if (denied.length > 0) return [...denied.map(refusal), ...warnings]
  const judged = counted(results.length - warned.length, 'rule')
  return [...warnings, holds(rule, results.length === 0 ? 'No policy says anything.' : `The policies hold: ${judged}.`)]
}

function sentence({ policy, rule: id, because, error }: PolicyResult): string {
  const untold = error === undefined ? '' : ` This could not be told: ${plain(error)}`
  return `${plain(because)}${untold} (${quoted(id)} of ${quoted(policy)}.)`
}
