// What the comment on an amendment says of the past, and when the statement is made.
import { expect, test } from 'vitest'
import { amendmentActions } from '../../src/act/amendment.ts'
import type { ImpactTold } from '../../src/act/amendment.ts'
import { decideAmendment } from '../../src/decide/amendment.ts'
import { amendmentFacts, head, merged } from '../decide/agreement/agreements.ts'
import type { Bend } from '../decide/agreement/agreements.ts'

const impact: ImpactTold = {
  requests: 7_000,
  allowedToRefused: 3,
  refusedToAllowed: 0,
  unjudged: { 'not-read': 0, 'request-unreadable': 2, 'directory-unreadable': 0, 'members-unknown': 1 },
  newestNotRead: null,
  live: [],
  examples: []
}
const actions = (bend: Bend, told: ImpactTold | null = null) => {
  const facts = amendmentFacts(bend)
  const requested = { users: [], teams: [] }
  return amendmentActions(facts, decideAmendment(facts), { requested, queued: false, reach: [], impact: told })
}
const comment = (told: ImpactTold): string => {
  const said = actions({}, told).find(action => action.kind === 'comment')
  return said?.kind === 'comment' ? said.body : ''
}

test('the whole past is told as such, with what could not be judged', () => {
  expect(comment(impact)).toContain('**Past requests** 7000 decided again')
  expect(comment(impact)).toContain('**Could not be judged again** 3')
  expect(comment(impact)).not.toContain('Left out')
})

test('what was left out is told exactly: how many, from when on, and where it is whole', () => {
  const unjudged = { ...impact.unjudged, 'not-read': 6_000 }
  const said = comment({ ...impact, unjudged, newestNotRead: new Date('2026-03-02T10:00:00Z') })
  expect(said).toContain('**Past requests** 1000 decided again')
  expect(said).toContain('**Left out** 6000 that were not read yet, the newest of 2026-03-02.')
  expect(said).toContain('`addendum impact`')
  expect(said).toContain('**Could not be judged again** 3')
})

test('the statement comes last, once for what it says, and never of what does not apply', () => {
  const kinds = (bend: Bend) => actions(bend).map(({ kind }) => kind)
  expect(kinds({ statements: {} })).toEqual(['check', 'check', 'comment', 'statement'])
  expect(kinds({})).toEqual(['check', 'check', 'comment'])
  expect(kinds({ others: [merged({ id: 'wide' })], statements: {} })).not.toContain('statement')
})

test('one that is over is withdrawn before the comment says something else', () => {
  const statements = { [head]: [{ at: new Date('2026-11-23T09:00:00Z'), clauses: { 'C-read': 'sha256:0' } }] }
  const told = actions({ statements }).slice(2)
  expect(told).toMatchObject([{ kind: 'statement', clauses: {} }, { kind: 'comment' }, { kind: 'statement', head }])
  expect(told.at(-1)).toMatchObject({ clauses: { 'C-read': expect.stringMatching(/^sha256:/) as string } })
  const unapplied = actions({ others: [merged({ id: 'wide' })], statements }).map(({ kind }) => kind)
  expect(unapplied).toEqual(['check', 'check', 'statement', 'comment'])
  const withdrawn = { [head]: [...(statements[head] ?? []), { at: new Date('2026-11-23T09:10:00Z'), clauses: {} }] }
  expect(actions({ statements: withdrawn }).map(({ kind }) => kind)).toEqual(['check', 'check', 'comment', 'statement'])
})
