// Break-glass: the terms under which a clause is granted before its approvals, and what is owed afterwards (DESIGN §2; attack #83).
import { parseDuration } from './duration.ts'
import type { PrincipalName } from './principal.ts'
import { fragment } from './schema-words.ts'
import type { Finding } from './schema-words.ts'
import type { Stage } from './stage.ts'

/** What a clause says of an emergency. Its conditions, hours included, hold in an emergency too. */
export interface Emergency {
  /** Who must approve before access; empty: nobody, and only the subject may ask. */
  stages: Stage[]
  /** Access ends after so long at the latest. Never above the clause's own maximum. */
  maxSeconds: number
  /** So long after the decision somebody must have looked at it; after that the clause's break-glass is refused. */
  reviewSeconds: number
  /** Who may ask. Absent: the eligible of the clause. */
  eligible?: PrincipalName[]
}

/** As YAML writes it, after its schema held. */
export interface RawEmergency {
  approvals: Stage | 'none'
  max: string
  review: string
  eligible?: PrincipalName[]
}

/** The terms as written. */
export function buildEmergency({ approvals, max, review, eligible }: RawEmergency): Emergency {
  return {
    stages: approvals === 'none' ? [] : [approvals],
    maxSeconds: seconds(max),
    reviewSeconds: seconds(review),
    ...(eligible === undefined ? {} : { eligible })
  }
}

/** What the schema cannot say: access only, and no longer than the clause itself gives. */
export function checkEmergency(
  raw: { emergency?: RawEmergency; action?: unknown; duration?: { max: string } },
  pointer: string
): Finding[] {
  const { emergency, action, duration } = raw
  if (emergency === undefined) return []
  const at = `${pointer}/emergency`
  if (action !== undefined) {
    const message = 'A clause that is an action has no break-glass: there is nothing to take back.'
    const example = fragment('access', [{ provider: 'payments-db', resource: 'ledger', role: 'reader' }])
    return [{ code: 'schema.choice', pointer: at, on: 'key', message, expected: 'access', example }]
  }
  // What an amendment sets is held to the clause once both are known.
  if (duration === undefined || seconds(emergency.max) <= seconds(duration.max)) return []
  const message = 'Break-glass lasts longer than the clause gives otherwise.'
  const [expected, example] = [`at most ${duration.max}`, fragment('max', duration.max)]
  return [{ code: 'value.order', pointer: `${at}/max`, on: 'value', message, expected, example }]
}

function seconds(duration: string): number {
  return parseDuration(duration) as number
}
