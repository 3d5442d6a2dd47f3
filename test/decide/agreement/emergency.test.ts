// Break-glass in amendments: loosening it is loosening, told as such, and no way below a floor or around a gate.
import { describe, expect, test } from 'vitest'
import { conform } from '../../../src/decide/agreement/conform.ts'
import { belowFloor } from '../../../src/decide/agreement/floors.ts'
import { stricterStages } from '../../../src/decide/agreement/stricter.ts'
import { redline } from '../../../src/decide/agreement/redline.ts'
import type { Clause, Contract, Emergency, Floor } from '../../../src/model/contract.ts'
import { clause, contract } from '../facts.ts'

const security: Emergency = {
  stages: [{ count: 1, from: ['@acme/security'] }],
  maxSeconds: 3_600,
  reviewSeconds: 86_400
}
const nobody: Emergency = { ...security, stages: [] }

const having = (emergency?: Emergency): Clause => clause(emergency === undefined ? {} : { emergency })
const of = (terms: Clause, floors: Floor[] = []): Contract => contract({ clauses: { 'C-read': terms }, floors })

function told(before: Clause, after: Clause): [string, string][] {
  const changes = redline({ contract: of(before) }, { contract: of(after) })
  return changes.flatMap(({ fields }) => fields.map(({ field, direction }): [string, string] => [field, direction]))
}

describe('the redline', () => {
  test.each<[string, Emergency | undefined, Emergency | undefined, string]>([
    ['new', undefined, security, 'looser'],
    ['gone', security, undefined, 'stricter'],
    ['without approval', security, nobody, 'looser'],
    ['with approval again', nobody, security, 'stricter'],
    ['for longer', security, { ...security, maxSeconds: 7_200 }, 'looser'],
    ['reviewed later', security, { ...security, reviewSeconds: 172_800 }, 'looser'],
    [
      'for more people',
      { ...security, eligible: ['@hubot'] },
      { ...security, eligible: ['@HUBOT', '@mona'] },
      'looser'
    ],
    ['for fewer people', { ...security, eligible: ['@acme/payments', '@hubot'] }, security, 'stricter'],
    ['shorter, and without approval', security, { ...nobody, maxSeconds: 60 }, 'other']
  ])('says of break-glass that is %s what it does', (_, before, after, direction) => {
    expect(told(having(before), having(after))).toEqual([['emergency', direction]])
  })
  test('says nothing where nothing changes, and puts it in words', () => {
    expect(told(having(security), having({ ...security }))).toEqual([])
    const [change] = redline({ contract: of(having()) }, { contract: of(having({ ...nobody, eligible: ['@hubot'] })) })
    expect(change?.fields[0]?.sentence).toContain('without approval by @hubot, for 1h at most, reviewed within 1d')
    expect(change?.diff.join('\n')).toContain('approvals: none')
  })
})

describe('floors', () => {
  const approvals: Floor[] = [{ clause: 'C-read', term: 'approvals.count', value: 1 }]
  const longest: Floor[] = [{ clause: 'C-read', term: 'duration.max', value: 3_600 }]
  const below = (base: Clause, floors: Floor[], after: Clause, id = 'C-read'): boolean =>
    belowFloor(of(base, floors), id, after) !== undefined
  const short = { defaultSeconds: 600, maxSeconds: 3_600 }

  test('no amendment brings break-glass below the approvals', () => {
    expect(below(having(), approvals, having(nobody))).toBe(true)
    expect(below(having(), approvals, having(security))).toBe(false)
    expect(below(having(security), approvals, having(nobody))).toBe(true)
  })
  test('what the contract itself allows in an emergency stays', () => {
    expect(below(having(nobody), approvals, having(nobody))).toBe(false)
    expect(below(having(nobody), approvals, having({ ...nobody, maxSeconds: 60 }))).toBe(false)
  })
  test('nor above the longest duration', () => {
    const base = clause({ duration: short })
    expect(below(base, longest, { ...base, emergency: { ...security, maxSeconds: 3_601 } })).toBe(true)
    expect(below(base, longest, { ...base, emergency: security })).toBe(false)
    const wide = { ...base, emergency: { ...security, maxSeconds: 7_200 } }
    expect(below(wide, longest, wide)).toBe(false)
  })
  test('an amendment brings no break-glass that is longer than the clause', () => {
    const effective = { fromAt: new Date('2026-11-01T00:00:00Z') }
    const set = { emergency: { ...security, maxSeconds: 28_801 } }
    const changes = [{ kind: 'amend' as const, clause: 'C-read', set }]
    const plain = { kind: 'Amendment' as const, contract: 'payments-production', reason: 'Longer', supersedes: [] }
    const amendment = { ...plain, id: 'longer', effective, permanent: true, changes, transition: 'keep' as const }
    const merged = { amendment, mergedAt: effective.fromAt, blob: 'd'.repeat(40) }
    const { unapplied, contract: after } = conform(of(having(security)), [merged], new Date('2026-11-02T00:00:00Z'))
    expect(unapplied).toHaveLength(1)
    expect(after.clauses['C-read']?.emergency).toEqual(security)
  })
  test('another clause that gives the same is no way around', () => {
    expect(below(having(), approvals, having(nobody), 'C-other')).toBe(true)
  })
})

describe('gates', () => {
  const gates = (before: Clause, after: Clause) => {
    const touched = [{ base: before, before, after, kin: [] }]
    return stricterStages(touched, '@acme/payments-leads')
      .flat()
      .flatMap(({ from }) => from)
  }
  test('whoever loosens break-glass passes what it asked for', () => {
    expect(gates(having(security), having(nobody))).toContain('@acme/security')
    expect(gates(having(security), having())).toContain('@acme/security')
  })
  test('another change of the clause does not ask them', () => {
    const duration = { defaultSeconds: 600, maxSeconds: 7_200 }
    expect(gates(having(security), { ...having(security), duration })).not.toContain('@acme/security')
  })
})
