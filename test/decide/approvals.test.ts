// The rules about people: owners, approvals, objections, separation of duties, content. Attacks by their numbers.
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/decide/decide.ts'
import type { Stage } from '../../src/model/contract.ts'
import type { Account, Dismissal, RequestFacts } from '../../src/model/facts.ts'
import { defaultSettings } from '../../src/model/settings.ts'
import {
  blob,
  bot,
  clause,
  commit,
  defunkt,
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
  older,
  path,
  person,
  pull,
  reasonsOf,
  request,
  review,
  unknown,
  unreadable
} from './facts.ts'
import type { Bend } from './facts.ts'

const decided = (bend: Bend = {}) => decide(facts(bend))
const staged = (...stages: Stage[]) => clause({ approvals: { kind: 'stages', stages } })
const result = (bend: Bend) => {
  const decision = decided(bend)
  return [decision.outcome, ...failedOf(decision)]
}
const allowed = ['allow']
const waiting = ['wait', 'approved']

describe('owners-readable', () => {
  const lead = '/requests/ @acme/payments-leads\n'
  test.each<[string, Bend]>([
    ['no CODEOWNERS (attack #36)', { rules: { codeowners: { path: null, blob: null, parsed: null } } }],
    ['a file that GitHub does not load (attack #38)', { codeowners: `${lead}#${'x'.repeat(3_000_000)}` }],
    ['no line that matches', { codeowners: '/contracts/ @acme/payments-leads\n' }],
    ['only a line that GitHub skips', { codeowners: '/requests/ @acme/\n' }],
    ['a line without owners', { codeowners: `${lead}/requests/payments-production/\n` }],
    ['an owner by e-mail', { codeowners: '/requests/ mona@example.com\n' }],
    ['a team that is not there any more (attack #14)', { codeowners: '/requests/ @acme/payments-leads @acme/gone\n' }],
    ['a user who is not there any more', { codeowners: '/requests/ @mona @gone\n' }],
    ['a line after ours that GitHub skips', { codeowners: `${lead}/requests/payments-production/ @acme/\n` }]
  ])('refuses %s', (_, bend) => {
    const decision = decided(bend)
    expect(decision.outcome).toBe('refuse')
    expect(failedOf(decision)).toContain('owners-readable')
  })
  test('a line before ours that GitHub skips changes nothing, since the last match wins', () => {
    expect(result({ codeowners: `/x/ @acme/\n${lead}` })).toEqual(allowed)
  })
  test('an owner may be a user', () => expect(result({ codeowners: '/requests/ @Mona\n' })).toEqual(allowed))
})

describe('people-known', () => {
  test.each<[string, Bend]>([
    ['commits', { commits: unknown }],
    ['the head among the commits (attack #22)', { commits: known([commit({ sha: older })]) }],
    ['reviews', { reviews: unknown }],
    ['a team of the clause (attack #17)', { clause: staged({ count: 1, from: ['codeowners', '@acme/secret'] }) }],
    ['an account of the clause', { clause: staged({ count: 1, from: ['codeowners', '@gone'] }) }]
  ])('refuses without %s', (_, bend) => {
    const decision = decided(bend)
    expect(decision.outcome).toBe('refuse')
    expect(failedOf(decision)).toContain('people-known')
  })
  test('an approver whose access is not known refuses where needed, and not where not', () => {
    const permissions = { ...facts().permissions, [mona.id]: unknown }
    const decision = decided({ permissions })
    expect([decision.outcome, ...failedOf(decision)]).toEqual(['refuse', 'people-known', 'approved'])
    expect(result({ permissions, reviews: known([review(mona), review(monalisa)]) })).toEqual(allowed)
    expect(result({ permissions: {} })).toEqual(['refuse', 'people-known', 'approved'])
  })
})

describe('ready-for-review', () => {
  test('waits for drafts (attack #62) and closed pull requests', () => {
    expect(result({ pull: pull({ draft: true }) })).toEqual(['wait', 'ready-for-review'])
    expect(result({ pull: pull({ state: 'closed' }) })).toEqual(['wait', 'ready-for-review'])
  })
  test('a draft that was merged past us is refused', () => {
    const { merge } = merged()
    expect(result({ merge, pull: pull({ draft: true, state: 'closed' }) })).toEqual(['refuse', 'ready-for-review'])
  })
})

describe('approvals beyond what is needed', () => {
  const people = (bend: Bend) => {
    const { stages } = decided(bend)
    return stages.map(({ approvedBy, beyond }) =>
      [approvedBy, beyond ?? []].map(some => some.map(({ login }) => login))
    )
  }
  const both = known([review(mona), review(monalisa)])

  test('are told once each, at the first stage that could have taken them', () => {
    expect(people({ reviews: both })).toEqual([[['mona'], ['monalisa']]])
    const leads = { count: 1, from: ['codeowners' as const] }
    const sre = { count: 1, from: ['@acme/sre' as const] }
    const three = known([review(mona), review(monalisa), review(hubot)])
    expect(people({ clause: staged(sre, leads), reviews: three })).toEqual([
      [['hubot'], []],
      [['mona'], ['monalisa']]
    ])
  })
  test('are none where every one is needed, or does not count', () => {
    expect(people({ clause: staged({ count: 2, from: ['codeowners'] }), reviews: both })).toEqual([
      [['mona', 'monalisa'], []]
    ])
    expect(people({ reviews: known([review(mona), review(monalisa, { commit: older })]) })).toEqual([[['mona'], []]])
    expect(people({ reviews: known([review(mona), review(octocat)]) })).toEqual([[['mona'], []]])
  })
})

describe('approved', () => {
  test('waits without reviews, and names who can give one', () => {
    const decision = decided({ reviews: known([]) })
    expect([decision.outcome, ...failedOf(decision)]).toEqual(waiting)
    expect(decision.stages).toEqual([
      {
        count: 1,
        from: ['@acme/payments-leads'],
        approvedBy: [],
        missing: 1,
        eligible: [
          { id: 3, login: 'mona' },
          { id: 4, login: 'monalisa' }
        ]
      }
    ])
  })
  test.each<[string, Bend]>([
    ['of somebody who is not asked (attacks #11, #12)', { reviews: known([review(hubot)]) }],
    ['of an owner who may only read', { permissions: { ...facts().permissions, [mona.id]: known('triage') } }],
    ['of a deleted account', { reviews: known([review(null)]) }],
    [
      'of a bot in the team (attack #9)',
      {
        teams: { ...facts().teams, '@acme/payments-leads': known([bot, monalisa]) },
        permissions: { ...facts().permissions, [bot.id]: known('write') },
        reviews: known([review(bot)])
      }
    ],
    ['of a service (attack #9)', { directory: directory(person(octocat), person(mona, { class: 'service' })) }],
    ['of somebody who has left', { directory: directory(person(octocat), person(mona, { untilAt: now })) }],
    ['that is a comment', { reviews: known([review(mona, { state: 'COMMENTED' })]) }],
    ['that is pending', { reviews: known([review(mona, { state: 'PENDING', submittedAt: null })]) }],
    ['without a time', { reviews: known([review(mona, { submittedAt: null })]) }],
    ['of a login that was recycled (attack #13)', { reviews: known([review({ ...mona, id: 777 })]) }]
  ])('does not count an approval %s', (_, bend) => {
    expect(result(bend)).toEqual(waiting)
  })
  test('says whose approval does not count', () => {
    const text = reasonsOf(decided({ reviews: known([review(hubot)]) }), 'approved')[0]?.because
    expect(text).toContain('@hubot')
  })
  test('asks nobody who has left', () => {
    const people = directory(person(octocat), person(mona, { untilAt: now }), person(monalisa))
    const decision = decided({ directory: people, reviews: known([]) })
    expect(decision.stages[0]?.eligible).toEqual([{ id: 4, login: 'monalisa' }])
  })
  test('counts persons, not accounts (attack #8)', () => {
    const two = person(mona, { github: [mona, monalisa] })
    const people = directory(person(octocat), two)
    const bend = { directory: people, clause: staged({ count: 2, from: ['@acme/payments-leads', '@defunkt'] }) }
    const reviews = [review(mona), review(monalisa)]
    expect(result({ ...bend, reviews: known(reviews) })).toEqual(waiting)
    expect(result({ ...bend, reviews: known([...reviews, review(defunkt)]) })).toEqual(allowed)
  })
  test('one person sits in one stage only, and the best seating is found', () => {
    const both = staged({ count: 1, from: ['@acme/sre'] }, { count: 1, from: ['codeowners'] })
    expect(result({ clause: both })).toEqual(waiting)
    const decision = decided({ clause: both, reviews: known([review(mona), review(hubot)]) })
    expect(decision.outcome).toBe('allow')
    expect(decision.stages.map(stage => stage.approvedBy.map(({ login }) => login))).toEqual([['hubot'], ['mona']])
  })
  test('all stages are needed, and each says what it misses', () => {
    const stages = staged({ count: 2, from: ['codeowners'] }, { count: 1, from: ['@acme/sre'] })
    const decision = decided({ clause: stages })
    expect(decision.stages.map(stage => stage.missing)).toEqual([1, 1])
    expect(reasonsOf(decision, 'approved')[0]?.because).toContain('1 more of 2 approvals')
  })
  test("an expression approves where it holds, without anybody, and no commit and no push is a stranger's", () => {
    const automatic = (when: string) => ({
      clause: clause({ approvals: { kind: 'automatic', when } }),
      reviews: known([])
    })
    expect(result(automatic("request.duration <= duration('2h')"))).toEqual(['allow'])
    expect(result(automatic("request.duration < duration('2h')"))).toEqual(['refuse', 'approved'])
    expect(result(automatic('request.sorry'))).toEqual(['refuse', 'approved'])
    expect(result({ ...automatic('true'), commits: known([commit({ author: null })]) })).toEqual(['refuse', 'approved'])
    expect(result({ ...automatic('true'), unknownPushes: 1 })).toEqual(['refuse', 'approved'])
    expect(result({ ...automatic('true'), request: request({ subject: 'nobody' }) })).toContain('approved')
  })
  test('a clause without approvers is refused', () => {
    expect(result({ clause: staged() })).toEqual(['refuse', 'duties-separated', 'approved'])
  })
  test('a count below one still asks for one', () => {
    expect(result({ clause: staged({ count: 0, from: ['codeowners'] }), reviews: known([]) })).toEqual(waiting)
  })
  test('where nobody is left to ask, says whom to turn to', () => {
    const teams = { ...facts().teams, '@acme/payments-leads': known([]) }
    const decision = decided({ teams, reviews: known([]) })
    expect([decision.outcome, ...failedOf(decision)]).toEqual(waiting)
    expect(reasonsOf(decision, 'approved')[0]?.todo).toContain('owner of the contract')
    const nobody = decided({ rules: { codeowners: { path: null, blob: null, parsed: null } } })
    expect(reasonsOf(nobody, 'approved')[0]?.because).toContain('not known')
  })
})

describe('not-blocked', () => {
  const objection = (over = {}) => review(hubot, { state: 'CHANGES_REQUESTED', ...over })
  test('somebody with write access who asks for changes blocks, approver or not (attack #23)', () => {
    expect(result({ reviews: known([review(mona), objection()]) })).toEqual(['wait', 'not-blocked'])
    const late = review(mona, { id: 200, state: 'CHANGES_REQUESTED', submittedAt: '2026-11-23T09:31:00Z' })
    expect(result({ reviews: known([review(mona), late]) })).toEqual(['wait', 'approved', 'not-blocked'])
  })
  test('a reader does not block, an unknown one does', () => {
    const reviews = known([review(mona), objection()])
    expect(result({ reviews, permissions: { ...facts().permissions, [hubot.id]: known('read') } })).toEqual(allowed)
    expect(result({ reviews, permissions: { [mona.id]: known('write') } })).toEqual(['wait', 'not-blocked'])
  })
  const dismissed = objection({ state: 'DISMISSED' })
  const gone = known([review(mona), dismissed])
  const dismissedBy = (by: Account | null, was: Dismissal['was'] = 'CHANGES_REQUESTED') =>
    known([{ review: dismissed.id, was, by }])
  test('who dismisses their own objection blocks no more, and revives no approval of theirs (attack #24)', () => {
    expect(result({ reviews: gone, dismissals: dismissedBy(hubot) })).toEqual(allowed)
    const own = known([{ review: 200, was: 'CHANGES_REQUESTED' as const, by: mona }])
    const late = review(mona, { id: 200, state: 'DISMISSED', submittedAt: '2026-11-23T09:31:00Z' })
    expect(result({ reviews: known([review(mona), late]), dismissals: own })).toEqual(waiting)
  })
  test('one that somebody else dismissed blocks, until whoever made it reviews again (attack #25)', () => {
    const by = { dismissals: dismissedBy(octocat) }
    const decision = decided({ ...by, reviews: gone })
    expect([decision.outcome, ...failedOf(decision)]).toEqual(['wait', 'not-blocked'])
    const [reason] = reasonsOf(decision, 'not-blocked')
    expect(reason?.because).toBe('Changes are asked for by @hubot (dismissed by @octocat).')
    expect(reason?.todo).toContain('Only @hubot can take back')
    const again = review(hubot, { id: 300, submittedAt: '2026-11-23T09:40:00Z' })
    expect(result({ ...by, reviews: known([review(mona), dismissed, again]) })).toEqual(allowed)
    const reader = { ...facts().permissions, [hubot.id]: known('read' as const) }
    expect(result({ ...by, reviews: gone, permissions: reader })).toEqual(allowed)
  })
  test('whoever objected takes it back by any account of theirs', () => {
    const both = directory(person(octocat), person(monalisa), person(hubot, { github: [hubot, defunkt] }))
    expect(result({ reviews: gone, dismissals: dismissedBy(defunkt), directory: both })).toEqual(allowed)
    expect(result({ reviews: gone, dismissals: dismissedBy(defunkt) })).toEqual(['wait', 'not-blocked'])
  })
  test('what is not known of a dismissal is taken for the worst', () => {
    const blocked = ['wait', 'not-blocked']
    expect(result({ reviews: gone, dismissals: { known: false, because: 'It has too many events.' } })).toEqual(blocked)
    expect(result({ reviews: gone, dismissals: known([]) })).toEqual(blocked)
    expect(result({ reviews: gone, dismissals: dismissedBy(octocat, null) })).toEqual(blocked)
    const decision = decided({ reviews: gone, dismissals: dismissedBy(null) })
    expect(failedOf(decision)).toEqual(['not-blocked'])
    expect(reasonsOf(decision, 'not-blocked')[0]?.because).toContain('by nobody knows whom')
  })
  test('a dismissed approval or comment is no objection, whoever dismissed it', () => {
    expect(result({ reviews: gone, dismissals: dismissedBy(octocat, 'APPROVED') })).toEqual(allowed)
    expect(result({ reviews: gone, dismissals: dismissedBy(octocat, 'COMMENTED') })).toEqual(allowed)
  })
  test('where the server says nothing of dismissals, what is dismissed is no opinion', () => {
    expect(result({ reviews: gone, dismissals: null })).toEqual(allowed)
  })
  test('who dismissed is among what the decision was made from', () => {
    const digest = (dismissals: RequestFacts['dismissals']) => decided({ reviews: gone, dismissals }).inputs.people
    expect(digest(dismissedBy(hubot))).not.toBe(digest(dismissedBy(octocat)))
  })
})

describe('duties-separated', () => {
  const owners = (...accounts: (typeof mona)[]) => ({ ...facts().teams, '@acme/payments-leads': known(accounts) })
  test.each<[string, Bend]>([
    ['the author (attack #1)', { pull: pull({ author: mona }) }],
    ['the subject (attack #2)', { request: request({ subject: 'mona' }), clause: clause({ eligible: ['@mona'] }) }],
    ['a committer (attack #3)', { commits: known([commit(), commit({ sha: older, committer: mona })]) }],
    [
      'who wrote a commit on another parent (attack #4)',
      {
        commits: known([commit(), commit({ sha: older, author: mona })])
      }
    ],
    ['a pusher (attack #5)', { pushers: [mona] }],
    ['a co-author (attack #7)', { commits: known([commit({ coAuthors: [mona] })]) }],
    [
      'another account of the author (attack #8)',
      {
        directory: directory(person(octocat, { github: [octocat, mona] }), person(monalisa))
      }
    ]
  ])('does not count the approval of %s, and says so', (_, bend) => {
    const decision = decided(bend)
    expect([decision.outcome, ...failedOf(decision)]).toEqual(waiting)
    expect(decision.stages[0]?.eligible.map(({ login }) => login)).toEqual(['monalisa'])
    const because = reasonsOf(decision, 'duties-separated')[0]?.because
    expect(because).toMatch(/@(mona|octocat) \(/)
    expect(result({ ...bend, reviews: known([review(mona), review(monalisa)]) })).toEqual(allowed)
  })
  test('names every part of a person once', () => {
    const commits = known([commit({ author: mona, committer: null, coAuthors: [hubot, mona] })])
    const because = reasonsOf(decided({ commits, pushers: [mona, mona] }), 'duties-separated')[0]?.because
    expect(because).toContain(
      '@octocat (subject and author), @hubot (co-author) and @mona (pusher, committer and co-author)'
    )
  })
  test.each<[string, Partial<ReturnType<typeof commit>>]>([
    ['author', { author: null }],
    ['committer', { committer: null }],
    ['co-author', { unknownCoAuthors: 1 }]
  ])('an unknown %s costs one more approval in the first stage (attack #5)', (_, over) => {
    const commits = known([commit(over), commit({ sha: older, ...over })])
    const decision = decided({ commits })
    expect([decision.outcome, ...failedOf(decision)]).toEqual(waiting)
    expect(decision.stages[0]).toMatchObject({ count: 2, missing: 1 })
    expect(result({ commits, reviews: known([review(mona), review(monalisa)]) })).toEqual(allowed)
    const alone = decided({ commits: known([commit(over)]) })
    expect(reasonsOf(alone, 'duties-separated')[0]?.because).toContain('1 commit')
  })
  test('a push by nobody knows whom costs one more approval as well, and both together cost one (attack #5)', () => {
    const decision = decided({ unknownPushes: 1 })
    expect([decision.outcome, ...failedOf(decision)]).toEqual(waiting)
    expect(decision.stages[0]).toMatchObject({ count: 2, missing: 1 })
    expect(reasonsOf(decision, 'duties-separated')[0]?.because).toContain(' 1 push is by somebody')
    const commits = known([commit({ author: null })])
    const both = decided({ unknownPushes: 2, commits })
    expect(both.stages[0]?.count).toBe(2)
    expect(reasonsOf(both, 'duties-separated')[0]?.because).toContain(' 1 commit and 2 pushes are by somebody')
    expect(result({ unknownPushes: 1, reviews: known([review(mona), review(monalisa)]) })).toEqual(allowed)
    expect(decided({ unknownPushes: 1 }).inputs.people).not.toBe(decided().inputs.people)
  })
  test('where all owners have a part it stays blocked and says so (attack #84)', () => {
    const bend = { teams: owners(octocat, hubot), pushers: [hubot], reviews: known([review(hubot)]) }
    expect(result(bend)).toEqual(['refuse', 'duties-separated', 'approved'])
    expect(result({ teams: owners(octocat), reviews: known([]) })).toEqual(['refuse', 'duties-separated', 'approved'])
  })
  test('a seating that is not final is no shortage', () => {
    const teams = { ...owners(mona, hubot), '@acme/sre': known([mona, octocat]) }
    const both = staged({ count: 1, from: ['codeowners'] }, { count: 1, from: ['@acme/sre'] })
    expect(result({ teams, clause: both })).toEqual(waiting)
    expect(result({ teams, clause: both, reviews: known([review(mona), review(hubot)]) })).toEqual(allowed)
  })
})

describe('content-bound', () => {
  const stale = known([review(mona, { commit: older })])
  const content = { ...defaultSettings, approvals: { binding: 'content' as const } }
  const same = { path, mode: '100644', sha: blob }
  test('an approval of another commit is stale (attacks #18–20, #26)', () => {
    expect(result({ reviews: stale })).toEqual(['wait', 'approved', 'content-bound'])
    expect(result({ reviews: known([review(mona, { commit: null })]) })).toEqual(['wait', 'approved', 'content-bound'])
    expect(result({ reviews: stale, reviewed: { [older]: same } })).toEqual(['wait', 'approved', 'content-bound'])
  })
  test('a stale approval beside enough others is only told', () => {
    const decision = decided({ reviews: known([review(mona, { commit: older }), review(monalisa)]) })
    expect(decision.outcome).toBe('allow')
    expect(reasonsOf(decision, 'content-bound')[0]?.because).toContain('@mona')
  })
  test('by content, the same path, mode and blob at the reviewed commit will do (attack #27)', () => {
    const bend = { reviews: stale, settings: content }
    const blocked = ['wait', 'approved', 'content-bound']
    expect(result({ ...bend, reviewed: { [older]: same } })).toEqual(allowed)
    expect(result({ ...bend, reviewed: { [older]: { ...same, sha: older } } })).toEqual(blocked)
    expect(result({ ...bend, reviewed: { [older]: { ...same, mode: '100755' } } })).toEqual(blocked)
    expect(result({ ...bend, reviewed: { [older]: { ...same, path: 'requests/x/y.yml' } } })).toEqual(blocked)
    expect(result({ ...bend, reviewed: { [older]: null } })).toEqual(blocked)
    expect(result(bend)).toEqual(blocked)
    expect(decided({ ...bend, reviewed: { [older]: same }, file: null }).outcome).toBe('refuse')
  })
  test('settings that cannot be read refuse, absent ones bind strictly', () => {
    const read = { path: '.github/addendum.yml', blob: '3'.repeat(40) }
    expect(result({ rules: { settings: { ...read, parsed: unreadable({}) } } })).toEqual(['refuse', 'content-bound'])
    const absent = { settings: { ...read, blob: null, parsed: null } }
    expect(result({ rules: absent })).toEqual(allowed)
    expect(result({ rules: absent, reviews: stale, reviewed: { [older]: same } })).toEqual([
      'wait',
      'approved',
      'content-bound'
    ])
  })
})
