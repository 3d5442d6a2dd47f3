// Which rules the replay judges anew, and which stand as the record has them: none is forgotten.
import { expect, test } from 'vitest'
import { rules } from '../../src/decide/rules.ts'
import { contextOf } from '../../src/decide/context.ts'
import { followed, ofAgreement } from '../../src/report/replay.ts'
import { clause, facts, request } from '../decide/facts.ts'

/** What is of the pull request, the people and the repository, and so stands whatever the agreement says. */
const ofRecord = [
  'same-repository',
  'one-document',
  'document-valid',
  'path-right',
  'id-unused',
  'protected',
  'owners-readable',
  'people-known',
  'ready-for-review',
  'content-bound',
  'terms-unchanged',
  'not-blocked',
  'breakglass-reviewed',
  'merged-rightly'
]

test('every rule of decide() is of the agreement, follows from it, or is of the record', () => {
  const context = contextOf(facts())
  const merged = { commit: 'e'.repeat(40), firstParent: 'c'.repeat(40), ofThisPull: false, file: null, before: null }
  const after = contextOf(facts({ merge: merged }))
  const emergency = { stages: [], maxSeconds: 3_600, reviewSeconds: 86_400 }
  const urgent = contextOf(facts({ request: request({ emergency: true }), clause: clause({ emergency }) }))
  const ids = new Set(
    rules
      .flatMap(rule => [rule(context), rule(after), rule(urgent)])
      .flat()
      .map(reason => reason.rule)
  )
  expect(ids.size).toBe(rules.length)
  expect([...ids].sort()).toEqual([...ofAgreement.map(([id]) => id), ...followed, ...ofRecord].sort())
  for (const [id, rule] of ofAgreement) expect([rule(context)].flat().map(reason => reason.rule)).toContain(id)
})
