// After the merge: git is believed, not the pull request (attacks #55–58).
import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/decide/decide.ts'
import { facts, failedOf, known, merged, older, path, reasonsOf } from '../facts.ts'

describe('merged-rightly', () => {
  test('is not asked before the merge, and holds after the right one', () => {
    expect(reasonsOf(decide(facts()), 'merged-rightly')).toEqual([])
    const decision = decide(facts(merged()))
    expect([decision.outcome, decision.reasons.length]).toEqual(['allow', 24])
  })
  test.each<[string, Parameters<typeof merged>[0]]>([
    ['a merge of something else (attacks #56, #57)', { ofThisPull: false }],
    ['a file that was there before', { before: { path, mode: '100644', sha: older } }],
    ['a file that is gone', { file: null }],
    ['another content (attack #58)', { file: { path, mode: '100644', sha: older } }],
    ['another mode', { file: { path, mode: '120000', sha: 'd'.repeat(40) } }],
    ['another path', { file: { path: 'requests/a/b.yml', mode: '100644', sha: 'd'.repeat(40) } }],
    ['rules of another commit than the one before the merge (S1)', { firstParent: older }]
  ])('refuses %s', (_, over) => {
    const decision = decide(facts(merged(over)))
    expect([decision.outcome, ...failedOf(decision)]).toEqual(['refuse', 'merged-rightly'])
  })
  test('refuses without the file', () => {
    expect(failedOf(decide(facts({ ...merged(), file: null })))).toContain('merged-rightly')
  })
})

test('a merge without approval is refused, never waited for (attack #55)', () => {
  const decision = decide(facts({ ...merged(), reviews: known([]) }))
  expect([decision.outcome, ...failedOf(decision)]).toEqual(['refuse', 'approved'])
})
