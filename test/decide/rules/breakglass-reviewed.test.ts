// Break-glass: a request with `emergency: true` is decided on the conditions that its clause names for that (S10; attack #83).
import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/decide/decide.ts'
import { nextTime } from '../../../src/decide/time/next-time.ts'
import type { Emergency } from '../../../src/model/contract.ts'
import type { AccessRequest } from '../../../src/model/request.ts'
import type { Bend } from '../facts.ts'
import {
  at,
  clause,
  commit,
  directory,
  facts,
  failedOf,
  hubot,
  known,
  merged,
  mona,
  monalisa,
  now,
  octocat,
  person,
  pull,
  reasonsOf,
  request,
  review,
  unknown
} from '../facts.ts'

const onCall: Emergency = { stages: [{ count: 1, from: ['@acme/sre'] }], maxSeconds: 3_600, reviewSeconds: 86_400 }
const nobody: Emergency = { ...onCall, stages: [] }

function asked(emergency: Emergency | undefined, bend: Bend = {}, over: Partial<AccessRequest> = {}) {
  const terms = clause(emergency === undefined ? {} : { emergency })
  const document = request({ durationSeconds: 3_600, emergency: true, ...over })
  return facts({ clause: terms, request: document, reviews: known([]), ...bend })
}

const result = (...given: Parameters<typeof asked>) => {
  const decision = decide(asked(...given))
  return [decision.outcome, ...failedOf(decision)]
}

describe('a clause that allows it', () => {
  test('asks whom it names for an emergency, in place of its approvals', () => {
    expect(result(onCall)).toEqual(['wait', 'approved'])
    expect(result(onCall, { reviews: known([review(hubot)]) })).toEqual(['allow'])
    expect(result(onCall, { reviews: known([review(monalisa)]) })).toEqual(['wait', 'approved'])
    expect(result(undefined, { reviews: known([review(mona)]) }, { emergency: false })).toEqual(['allow'])
  })
  test('never counts the subject or the author', () => {
    expect(result(onCall, { reviews: known([review(octocat)]) })).toEqual(['wait', 'approved'])
    const byHubot = { pull: pull({ author: hubot }), reviews: known([review(hubot)]) }
    expect(result(onCall, byHubot)).toEqual(['wait', 'approved'])
  })
  test('caps the duration, and the default with it', () => {
    expect(result(nobody, {}, { durationSeconds: 3_601 })).toEqual(['refuse', 'duration-within'])
    const { durationSeconds: _none, ...unnamed } = request({ emergency: true })
    const short = { ...nobody, maxSeconds: 600 }
    const decision = decide(asked(short, { request: unnamed }))
    expect([decision.outcome, decision.terms?.durationSeconds]).toEqual(['allow', 600])
  })
  test('is never longer than the clause itself, whatever it says', () => {
    const longer = { ...nobody, maxSeconds: 86_400 }
    expect(result(longer, {}, { durationSeconds: 28_801 })).toEqual(['refuse', 'duration-within'])
  })
  test('may name other people', () => {
    expect(result({ ...nobody, eligible: ['@acme/sre'] })).toEqual(['refuse', 'subject-eligible'])
    const forHubot = { pull: pull({ author: hubot }), commits: known([commit({ author: hubot, committer: hubot })]) }
    expect(result({ ...nobody, eligible: ['@acme/sre'] }, forHubot, { subject: 'hubot' })).toEqual(['allow'])
  })
  test('keeps the conditions of the clause', () => {
    const terms = clause({ emergency: nobody, conditions: { ticket: '^INC-[0-9]+$', require: [] } })
    expect(result(nobody, { clause: terms })).toEqual(['refuse', 'conditions-hold'])
    expect(result(nobody, { clause: terms }, { ticket: 'INC-7' })).toEqual(['allow'])
  })
  test('begins at once', () => {
    expect(result(nobody, {}, { startAt: at('2026-11-24T09:00:00Z') })).toEqual(['refuse', 'conditions-hold'])
    expect(result(nobody, {}, { startAt: now })).toEqual(['allow'])
  })
  test('changes nothing for a request that asks for no emergency', () => {
    const plain = request()
    expect(result(nobody, { request: plain })).toEqual(['wait', 'approved'])
    const decision = decide(
      asked(nobody, { request: plain, openReviews: [{ pr: 7, dueAt: at('2026-01-01T00:00:00Z') }] })
    )
    expect(reasonsOf(decision, 'breakglass-reviewed')).toEqual([])
  })
})

describe('without any approval', () => {
  test('it is granted, open and once more when it is merged', () => {
    expect(result(nobody)).toEqual(['allow'])
    expect(result(nobody, merged())).toEqual(['allow'])
  })
  test('a draft waits, and a request for changes stands', () => {
    expect(result(nobody, { pull: pull({ draft: true }) })).toEqual(['wait', 'ready-for-review'])
    const veto = review(mona, { state: 'CHANGES_REQUESTED' })
    expect(result(nobody, { reviews: known([veto]) })[0]).not.toBe('allow')
  })
  test('nobody but the subject may have a part in it', () => {
    expect(result(nobody, { pull: pull({ author: mona }) })).toEqual(['refuse', 'approved'])
    expect(result(nobody, { commits: known([commit(), commit({ author: hubot })]) })).toEqual(['refuse', 'approved'])
    expect(result(nobody, { pushers: [hubot] })).toEqual(['refuse', 'approved'])
    expect(result(nobody, { unknownPushes: 1 })).toEqual(['refuse', 'approved'])
  })
  test('another account of the subject is the subject', () => {
    const two = person(octocat, { github: [octocat, { id: monalisa.id, login: 'monalisa' }] })
    const bend = { pull: pull({ author: monalisa }), directory: directory(two, person(mona)) }
    expect(result(nobody, bend)).toEqual(['allow'])
  })
  test('a commit of somebody unknown, commits that are not known and an unknown subject refuse', () => {
    expect(result(nobody, { commits: known([commit({ author: null })]) })).toEqual(['refuse', 'approved'])
    expect(result(nobody, { commits: unknown })).toContain('approved')
    expect(result(nobody, {}, { subject: 'nobody-here' })).toContain('approved')
  })
  test('the owners must be known, since they review it', () => {
    const bend = { rules: { codeowners: { path: null, blob: null, parsed: null } } }
    expect(result(nobody, bend)).toEqual(['refuse', 'owners-readable'])
  })
})

test('a clause that allows none refuses it, and marks the line', () => {
  const decision = decide(asked(undefined, { reviews: known([review(mona)]) }))
  expect([decision.outcome, failedOf(decision)]).toEqual(['refuse', ['conditions-hold']])
  expect(reasonsOf(decision, 'conditions-hold')[0]?.mark).toBeDefined()
})

test('a clause that is an action has none, whatever it was made to say', () => {
  const { access: _access, duration: _duration, ...rest } = clause({ emergency: nobody })
  const action = { provider: 'ops', name: 'restart', inputs: {} }
  expect(result(nobody, { clause: { ...rest, action } })).toEqual(expect.arrayContaining(['refuse', 'conditions-hold']))
})

describe('a review that is overdue', () => {
  const due = at('2026-11-23T10:00:00Z')
  const open = [
    { pr: 9, dueAt: due },
    { pr: 8, dueAt: due }
  ]
  test('refuses further break-glass under the clause from that instant on', () => {
    const before = new Date(due.getTime() - 1)
    expect(result(nobody, { openReviews: open, now: before })).toEqual(['allow'])
    expect(result(nobody, { openReviews: open, now: due })).toEqual(['refuse', 'breakglass-reviewed'])
    const [reason] = reasonsOf(decide(asked(nobody, { openReviews: open, now: due })), 'breakglass-reviewed')
    expect(reason?.because).toMatch(/pull request 8 .*pull request 9/)
  })
  test('does not refuse the clause itself', () => {
    const late = { openReviews: open, now: due, reviews: known([review(mona)]) }
    expect(result(nobody, late, { emergency: false })).toEqual(['allow'])
  })
  test('is when to look again', () => {
    const soon = [{ pr: 9, dueAt: new Date(now.getTime() + 1_000) }]
    expect(nextTime(asked(onCall, { openReviews: soon }))).toEqual(soon[0]?.dueAt)
    const plain = asked(onCall, { openReviews: soon }, { emergency: false })
    expect(nextTime(plain)).not.toEqual(soon[0]?.dueAt)
  })
})
