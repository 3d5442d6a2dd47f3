// What policies say of an amendment, and the expressions that it brings.
import { describe, expect, test } from 'vitest'
import { decideAmendment } from '../../../src/decide/amendment.ts'
import { parsePolicy } from '../../../src/model/policy.ts'
import { facts, failedOf, reasonsOf, unreadable } from '../facts.ts'
import { amendment, amendmentFacts } from './agreements.ts'
import type { Bend } from './agreements.ts'

const decided = (bend: Bend = {}) => decideAmendment(amendmentFacts(bend))

describe('policy-holds', () => {
  const policy = (rule: object) => {
    const parsed = parsePolicy(
      'policies/company.yml',
      JSON.stringify({
        apiVersion: 'addendum/v1',
        kind: 'Policy',
        id: 'company',
        title: 'Of the company',
        rules: [{ id: 'r-one', on: ['amendment'], because: 'Because of it.', ...rule }]
      })
    )
    return [{ path: 'policies/company.yml', blob: '5'.repeat(40), parsed }]
  }
  test('refuses what a policy denies of the clauses as they would be, and shows what it warns of', () => {
    const denied = decided({ policies: policy({ deny: 'size(clauses) > 0 && amendment.from >= now' }) })
    expect(failedOf(denied)).toEqual(['policy-holds'])
    const warned = decided({ policies: policy({ warn: 'size(before) == 1' }) })
    expect(warned.outcome).toBe('allow')
    expect(reasonsOf(warned, 'policy-holds').map(reason => reason.warning)).toEqual([true, undefined])
  })
  test('without readable settings there is no zone, and what asks for it denies', () => {
    const settings = { ...facts().rules.settings, parsed: unreadable({}) }
    const decision = decided({ rules: { settings }, policies: policy({ deny: 'now.getHours(zone) > 24' }) })
    expect(failedOf(decision)).toContain('policy-holds')
  })
  test('refuses an expression that cannot be read, on its place', () => {
    const set = { approvals: { kind: 'automatic' as const, when: 'request.tikcet' } }
    const decision = decided({ amendment: amendment({ changes: [{ kind: 'amend', clause: 'C-read', set }] }) })
    expect(reasonsOf(decision, 'document-valid').map(({ holds, todo }) => [holds, todo?.includes('ticket')])).toEqual([
      [true, undefined],
      [false, true]
    ])
    const odd = { approvals: { kind: 'automatic' as const, when: '1' } }
    const other = decided({ amendment: amendment({ changes: [{ kind: 'amend', clause: 'C-read', set: odd }] }) })
    expect(failedOf(other)).toContain('document-valid')
  })
})
