import { describe, expect, test } from 'vitest'
import type { MergedAmendment } from '../../src/model/agreement.ts'
import type { Amendment, Change } from '../../src/model/amendment.ts'
import type { RequestFacts } from '../../src/model/facts.ts'
import { decide } from '../../src/decide/decide.ts'
import { effectiveDigest } from '../../src/decide/digests.ts'
import { nextTime } from '../../src/decide/time/next-time.ts'
import { at, clause, contract, facts, failedOf, known, now, reasonsOf, request, unknown } from './facts.ts'

const week = { fromAt: at('2026-11-20T00:00:00Z'), untilAt: at('2026-11-27T00:00:00Z') }
const longer: Change = {
  kind: 'amend',
  clause: 'C-read',
  set: { duration: { defaultSeconds: 3_600, maxSeconds: 43_200 } }
}

function merged(changes: Change[], over: Partial<Amendment> = {}): MergedAmendment {
  const amendment: Amendment = {
    kind: 'Amendment',
    id: 'migration-week',
    contract: 'payments-production',
    effective: week,
    permanent: false,
    reason: 'Migration week',
    changes,
    supersedes: [],
    transition: 'keep',
    ...over
  }
  return { amendment, mergedAt: at('2026-11-19T00:00:00Z'), blob: '9'.repeat(40) }
}

function under(amendments: MergedAmendment[], over: Parameters<typeof facts>[0] = {}): RequestFacts {
  return facts({ amendments: known(amendments), ...over })
}

const night = request({ durationSeconds: 43_200 })

describe('a request under an amended contract', () => {
  test('is judged by the clause as amended, and says by which amendment and until when', () => {
    expect(failedOf(decide(under([], { request: night })))).toEqual(['duration-within'])
    const decision = decide(under([merged([longer])], { request: night }))
    expect(decision.outcome).toBe('allow')
    expect(decision.terms?.amendedBy).toEqual({ id: 'migration-week', untilAt: week.untilAt })
    expect(decision.clause?.duration?.maxSeconds).toBe(43_200)
    expect(reasonsOf(decision, 'clause-in-effect')[0]?.because).toContain('2026-11-27T00:00:00Z')
  })

  test('cites the digest of what is in effect', () => {
    const plain = decide(facts()).inputs.effective
    expect(decide(under([merged([longer])])).inputs.effective).not.toBe(plain)
    const over = merged([longer], {
      effective: { fromAt: at('2026-11-01T00:00:00Z'), untilAt: at('2026-11-08T00:00:00Z') }
    })
    expect(decide(under([over])).inputs.effective).toBe(plain)
    expect(plain).toBe(effectiveDigest(contract()))
  })

  test('knows of no end where the amendment has none, and of no amendment where the clause is the contract’s', () => {
    const permanent = merged([longer], { permanent: true, effective: { fromAt: week.fromAt } })
    const decision = decide(under([permanent]))
    expect(decision.terms?.amendedBy).toEqual({ id: 'migration-week', untilAt: null })
    expect(reasonsOf(decision, 'clause-in-effect')[0]?.because).not.toContain('until')
    const other = merged([{ kind: 'add', clause: 'C-export', with: clause() }])
    expect(decide(under([other])).terms?.amendedBy).toBeNull()
  })

  test('is refused while an amendment cannot be read', () => {
    const decision = decide(facts({ amendments: unknown }))
    expect(failedOf(decision)).toContain('clause-in-effect')
    expect([decision.outcome, decision.terms, decision.clause]).toEqual(['refuse', null, null])
    expect(nextTime(facts({ amendments: unknown }))).toBeUndefined()
  })

  test('is looked at again when an amendment begins or ends', () => {
    const soon = { fromAt: new Date(now.getTime() + 1_000), untilAt: new Date(now.getTime() + 2_000) }
    expect(nextTime(under([merged([longer], { effective: soon })]))).toEqual(soon.fromAt)
  })
})

describe('a scheduled start', () => {
  const startAt = at('2026-11-27T10:00:00Z')

  test('must hold under the terms of now and of the start', () => {
    const later = request({ durationSeconds: 43_200, startAt })
    const decision = decide(under([merged([longer])], { request: later }))
    expect(failedOf(decision)).toEqual(['duration-within'])
    expect(reasonsOf(decision, 'duration-within')[0]?.because).toContain('2026-11-27T10:00:00Z')
    expect(decide(under([merged([longer])], { request: request({ startAt }) })).outcome).toBe('allow')
  })

  test('ends by the stricter of both, and has no terms where one of them gives none', () => {
    const opens = merged([longer], {
      effective: { fromAt: at('2026-11-26T00:00:00Z'), untilAt: at('2026-11-29T00:00:00Z') }
    })
    const decision = decide(under([opens], { request: request({ startAt }) }))
    expect(decision.terms?.amendedBy).toEqual({ id: 'migration-week', untilAt: at('2026-11-29T00:00:00Z') })
    const hours = merged(
      [
        {
          kind: 'amend',
          clause: 'C-read',
          set: { conditions: { require: [], window: { days: ['fri'], startMinute: 0, endMinute: 720, zone: 'UTC' } } }
        }
      ],
      { effective: opens.amendment.effective }
    )
    expect(decide(under([hours], { request: request({ startAt, durationSeconds: 3_600 }) })).terms?.latestAt).toEqual(
      at('2026-11-27T12:00:00Z')
    )
    const shut = { days: ['fri' as const], startMinute: 0, endMinute: 720, zone: 'UTC' }
    const always = merged([{ kind: 'amend', clause: 'C-read', set: { conditions: { require: [] } } }], {
      effective: opens.amendment.effective
    })
    const brief = {
      clause: clause({ conditions: { require: [], window: shut } }),
      request: request({ startAt, durationSeconds: 60 })
    }
    expect(decide(under([always], brief)).terms?.latestAt).toEqual(at('2026-11-27T12:00:00Z'))
    const struck = merged(
      [
        { kind: 'strike', clause: 'C-read' },
        { kind: 'add', clause: 'C-x', with: clause() }
      ],
      {
        effective: opens.amendment.effective
      }
    )
    const gone = decide(under([struck], { request: request({ startAt }) }))
    expect([gone.terms, failedOf(gone)[0]]).toEqual([null, 'clause-in-effect'])
  })

  test('needs the approvals of both', () => {
    const two: Change = {
      kind: 'amend',
      clause: 'C-read',
      set: { approvals: { kind: 'stages', stages: [{ count: 2, from: ['codeowners'] }] } }
    }
    const effective = { fromAt: at('2026-11-26T00:00:00Z'), untilAt: at('2026-11-29T00:00:00Z') }
    const decision = decide(under([merged([two], { effective })], { request: request({ startAt }) }))
    expect(decision.outcome).toBe('wait')
    expect(decision.stages.map(stage => stage.missing)).toEqual([1])
    const now = decide(under([merged([two])], { request: request({ startAt }) }))
    expect(now.stages.map(stage => stage.missing)).toEqual([1])
  })
})
