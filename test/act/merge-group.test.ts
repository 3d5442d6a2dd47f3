// What a merge group shows: success only where every member has it, else the first one that it failed for.
import { expect, test } from 'vitest'
import { groupChecks } from '../../src/act/merge-group.ts'
import type { JudgedMember } from '../../src/act/merge-group.ts'
import type { CheckAction } from '../../src/model/action.ts'

type Conclusion = CheckAction['conclusion']

const head = 'a'.repeat(40)

function member(pull: number | null, terms: Conclusion, approvals: Conclusion): JudgedMember {
  const check = (name: CheckAction['name'], conclusion: Conclusion): CheckAction => {
    const said = { title: `${name} of #${pull}`, summary: `- ${name}`, annotations: [] }
    return { kind: 'check', head: 'b'.repeat(40), name, conclusion, ...said }
  }
  return { pull, checks: [check('Addendum: terms', terms), check('Addendum: approvals', approvals)] }
}

const conclusions = (members: JudgedMember[]): Conclusion[] =>
  groupChecks(head, members).map(({ conclusion }) => conclusion)

test('both checks are on the head of the group, without annotations', () => {
  const checks = groupChecks(head, [member(1, 'success', 'success')])
  expect(checks.map(({ name }) => name)).toEqual(['Addendum: terms', 'Addendum: approvals'])
  expect(checks.every(check => check.head === head && check.annotations.length === 0)).toBe(true)
})

test('they succeed where they succeed for all', () => {
  expect(conclusions([member(1, 'success', 'success')])).toEqual(['success', 'success'])
  expect(conclusions([member(1, 'success', 'success'), member(2, 'success', 'success')])).toEqual([
    'success',
    'success'
  ])
})

test.each<[string, JudgedMember[], Conclusion[]]>([
  ['one member fails', [member(1, 'success', 'success'), member(2, 'failure', 'success')], ['failure', 'success']],
  ['one member only waits', [member(1, 'success', null)], ['success', 'failure']],
  ['there is no member', [], ['failure', 'failure']],
  ['a member has no check', [{ pull: 1, checks: [] }], ['failure', 'failure']]
])('nothing waits: where %s it fails', (_, members, expected) => {
  expect(conclusions(members)).toEqual(expected)
})

test('the title names the first that fails, the summary tells of all', () => {
  const members = [member(1, 'success', 'success'), member(2, 'failure', 'success'), member(null, 'failure', 'success')]
  const [terms] = groupChecks(head, members)
  expect(terms?.title).toBe('#2: Addendum: terms of #2')
  for (const part of ['✅ #1', '❌ #2', '❌ A part of it']) expect(terms?.summary).toContain(part)
})

test('what is said stays within what GitHub takes', () => {
  const long = { ...member(1, 'failure', 'failure') }
  const checks = long.checks.map(check => ({ ...check, title: 'x'.repeat(500), summary: '…'.repeat(60_000) }))
  for (const check of groupChecks(head, [{ pull: 1, checks }])) {
    expect(check.title.length).toBeLessThanOrEqual(200)
    expect(Buffer.byteLength(check.summary)).toBeLessThan(65_535)
  }
})
