// The local GitHub's rules: protection and rulesets stop merges, pushes and deletions, except for those who may pass.
import { describe, expect, test } from 'vitest'
import type { Rules } from '../../../src/sandbox/github/seed-forms.ts'
import { APP, AT, company, openRequest, refusal, stored } from './world.ts'

const both = [['ruleset'], ['classic']] as const

async function guarded(rules: Rules) {
  const c = await company()
  c.seed.protect('acme/access', 'main', rules)
  const request = await openRequest(c)
  const approve = (login: string) =>
    c.as(login).rest.pulls.createReview({ ...AT, pull_number: request.number, event: 'APPROVE' })
  const merge = (login = 'octocat') => c.as(login).rest.pulls.merge({ ...AT, pull_number: request.number })
  return { ...c, ...request, approve, merge }
}

describe.each(both)('a %s', as => {
  test('waits for the required check of the right app, on the head', async () => {
    const c = await guarded({ as, checks: [{ context: 'addendum', appId: APP.id }] })
    expect((await c.app.rest.pulls.get({ ...AT, pull_number: c.number })).data.mergeable_state).toBe('blocked')
    expect((await refusal(c.merge())).status).toBe(405)
    c.seed.check('acme/access', { appId: 15_368, name: 'addendum', headSha: c.head, conclusion: 'success' })
    expect((await refusal(c.merge())).status).toBe(405)
    await c.app.rest.checks.create({ ...AT, name: 'addendum', head_sha: c.head, conclusion: 'failure' })
    expect((await refusal(c.merge())).status).toBe(405)
    await c.app.rest.checks.create({ ...AT, name: 'addendum', head_sha: c.head, conclusion: 'success' })
    c.seed.commit('acme/access', 'request', { z: '1' }, { by: 'octocat' })
    expect((await refusal(c.merge())).status).toBe(405)
    const { data } = await c.app.rest.pulls.get({ ...AT, pull_number: c.number })
    await c.app.rest.checks.create({ ...AT, name: 'addendum', head_sha: data.head.sha, conclusion: 'success' })
    expect((await c.merge()).data.merged).toBe(true)
  })
  test('counts approvals of writers, by their last opinion', async () => {
    const c = await guarded({ as, reviews: { count: 1 } })
    await c.approve('hubot')
    expect((await refusal(c.merge())).status).toBe(405)
    await c.approve('mona')
    await c
      .as('monalisa')
      .rest.pulls.createReview({ ...AT, pull_number: c.number, event: 'REQUEST_CHANGES', body: 'No.' })
    expect((await refusal(c.merge())).status).toBe(405)
    await c.approve('monalisa')
    expect((await c.merge()).data.merged).toBe(true)
  })
  test('asks the code owners of the base branch', async () => {
    const c = await guarded({ as, reviews: { count: 1, codeOwners: true } })
    await c.approve('monalisa')
    expect((await refusal(c.merge())).status).toBe(405)
    await c.approve('mona')
    expect((await c.merge()).data.merged).toBe(true)
  })
  test('dismisses approvals when the change itself changes, and not for a merge of the base', async () => {
    const c = await guarded({ as, reviews: { count: 1, dismissStale: true } })
    await c.approve('mona')
    const states = async () =>
      (await c.app.rest.pulls.listReviews({ ...AT, pull_number: c.number })).data.map(r => r.state)
    const { repository: unruled } = stored(c.github)
    const saved = { rulesets: unruled.rulesets, protections: unruled.protections }
    Object.assign(unruled, { rulesets: [], protections: {} })
    c.seed.commit('acme/access', 'main', { other: '1' }, { by: 'monalisa' })
    Object.assign(unruled, saved)
    await c.as('octocat').rest.pulls.updateBranch({ ...AT, pull_number: c.number })
    expect(await states()).toEqual(['APPROVED'])
    c.seed.commit('acme/access', 'request', { 'requests/r1.yml': 'worse' }, { by: 'octocat' })
    expect(await states()).toEqual(['DISMISSED'])
    expect((await refusal(c.merge())).status).toBe(405)
    await c.github.outbox.settled()
    expect(c.received.filter(d => d.event === 'pull_request_review').map(d => d.payload['action'])).toEqual([
      'submitted',
      'dismissed'
    ])
  })
  test('wants the last push approved by somebody else', async () => {
    const c = await guarded({ as, reviews: { count: 1, lastPush: true } })
    await c.approve('mona')
    c.seed.commit('acme/access', 'request', { 'requests/r1.yml': 'mine' }, { by: 'mona' })
    await c.approve('mona')
    expect((await refusal(c.merge())).status).toBe(405)
    await c.approve('monalisa')
    expect((await c.merge()).data.merged).toBe(true)
  })
  test('keeps a branch from direct changes, rewriting and deletion, by everybody', async () => {
    const c = await guarded({ as, reviews: { count: 1 }, blockForcePush: true, blockDeletion: true })
    const { object } = (await c.app.rest.git.getRef({ ...AT, ref: 'heads/main' })).data
    for (const who of [c.app, c.as('monalisa')]) {
      expect((await refusal(who.rest.git.updateRef({ ...AT, ref: 'heads/main', sha: c.head }))).status).toBe(422)
      expect(
        (await refusal(who.rest.repos.createOrUpdateFileContents({ ...AT, path: 'x', message: 'x', content: 'eA==' })))
          .status
      ).toBe(409)
      expect((await refusal(who.rest.repos.merge({ ...AT, base: 'main', head: 'request' }))).status).toBe(409)
    }
    c.seed.protect('acme/access', 'ledger', { as, blockForcePush: true, blockDeletion: true })
    await c.app.rest.git.createRef({ ...AT, ref: 'refs/heads/ledger', sha: object.sha })
    await c.app.rest.git.updateRef({ ...AT, ref: 'heads/ledger', sha: c.head })
    expect(
      (await refusal(c.app.rest.git.updateRef({ ...AT, ref: 'heads/ledger', sha: object.sha, force: true }))).status
    ).toBe(422)
    expect((await refusal(c.app.rest.git.deleteRef({ ...AT, ref: 'heads/ledger' }))).status).toBe(422)
  })
  test('that is strict wants the head up to date with the base', async () => {
    const c = await guarded({ as, strict: true, checks: [] })
    const { git } = stored(c.github)
    const tip = git.refs.get('refs/heads/main') ?? ''
    const main = git.commit(tip)
    if (main === undefined) throw new Error('main is not stored')
    git.refs.set('refs/heads/main', git.writeCommit({ ...main, parents: [tip], message: 'other' }))
    expect((await refusal(c.merge())).status).toBe(405)
  })
})

test('administrators pass classic protection only when it lets them', async () => {
  const bound = await guarded({ as: 'classic', reviews: { count: 1 } })
  expect((await refusal(bound.merge('monalisa'))).status).toBe(405)
  const free = await guarded({ as: 'classic', reviews: { count: 1 }, enforceAdmins: false })
  expect((await refusal(free.merge('octocat'))).status).toBe(405)
  expect((await free.merge('monalisa')).data.merged).toBe(true)
})

test("a ruleset's bypass actors pass it, through pull requests or always; nobody else does", async () => {
  const actor = { actor_id: APP.id, actor_type: 'Integration', bypass_mode: 'always' }
  const c = await guarded({ reviews: { count: 1 }, bypass: [actor] })
  expect((await refusal(c.merge('monalisa'))).status).toBe(405)
  expect(
    (await c.app.rest.repos.createOrUpdateFileContents({ ...AT, path: 'x', message: 'x', content: 'eA==' })).status
  ).toBe(201)
  expect((await c.app.rest.pulls.merge({ ...AT, pull_number: c.number })).data.merged).toBe(true)
  const owners = await guarded({
    reviews: { count: 1 },
    bypass: [{ actor_id: 1, actor_type: 'OrganizationAdmin', bypass_mode: 'pull_request' }]
  })
  expect(
    (await refusal(owners.as('monalisa').rest.git.updateRef({ ...AT, ref: 'heads/main', sha: owners.head }))).status
  ).toBe(422)
  expect((await owners.merge('monalisa')).data.merged).toBe(true)
})

test('a ledger branch is made and moved by the app alone, and rewritten or removed by nobody', async () => {
  const c = await company()
  const app = { actor_id: APP.id, actor_type: 'Integration', bypass_mode: 'always' }
  c.seed.protect('acme/access', 'ledger/**', { onlyBypass: true, bypass: [app] })
  c.seed.protect('acme/access', 'ledger/**', { blockForcePush: true, blockDeletion: true })
  const { head } = await openRequest(c)
  const main = (await c.app.rest.git.getRef({ ...AT, ref: 'heads/main' })).data.object.sha
  const make = (login?: string) =>
    (login === undefined ? c.app : c.as(login)).rest.git.createRef({ ...AT, ref: 'refs/heads/ledger/2026', sha: main })
  expect((await refusal(make('monalisa'))).status).toBe(422)
  await make()
  const move = (octokit: typeof c.app, sha: string, force = false) =>
    octokit.rest.git.updateRef({ ...AT, ref: 'heads/ledger/2026', sha, force })
  expect((await refusal(move(c.as('monalisa'), head))).status).toBe(422)
  await move(c.app, head)
  expect((await refusal(move(c.app, main, true))).status).toBe(422)
  expect((await refusal(c.app.rest.git.deleteRef({ ...AT, ref: 'heads/ledger/2026' }))).status).toBe(422)
})

test('restricted pushes are for those listed', async () => {
  const c = await guarded({ as: 'classic', restrictions: { users: ['mona'], apps: [] } })
  expect((await refusal(c.merge('octocat'))).status).toBe(405)
  expect((await refusal(c.app.rest.git.updateRef({ ...AT, ref: 'heads/main', sha: c.head }))).status).toBe(422)
  expect((await c.merge('mona')).data.merged).toBe(true)
})

test('rulesets are made, read, weakened and removed by administrators, and the app hears of it', async () => {
  const c = await company()
  const ruleset = {
    name: 'Main',
    enforcement: 'active' as const,
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH', 'refs/heads/release/*'], exclude: [] } },
    rules: [{ type: 'non_fast_forward' as const }, { type: 'deletion' as const }]
  }
  expect((await refusal(c.app.rest.repos.createRepoRuleset({ ...AT, ...ruleset }))).status).toBe(403)
  const { data } = await c.as('monalisa').rest.repos.createRepoRuleset({ ...AT, ...ruleset })
  const rules = async (branch: string) =>
    (await c.app.rest.repos.getBranchRules({ ...AT, branch })).data.map(r => r.type)
  expect(await rules('main')).toEqual(['non_fast_forward', 'deletion'])
  expect(await rules('release/1')).toEqual(['non_fast_forward', 'deletion'])
  expect(await rules('request')).toEqual([])
  expect((await c.app.rest.repos.getRepoRulesets(AT)).data.map(r => r.id)).toEqual([data.id])
  expect((await c.app.rest.repos.getRepoRuleset({ ...AT, ruleset_id: data.id })).data).toMatchObject({
    name: 'Main',
    rules: ruleset.rules
  })
  await c.as('monalisa').rest.repos.updateRepoRuleset({ ...AT, ruleset_id: data.id, enforcement: 'disabled' })
  expect(await rules('main')).toEqual([])
  await c.as('monalisa').rest.repos.deleteRepoRuleset({ ...AT, ruleset_id: data.id })
  expect((await refusal(c.app.rest.repos.getRepoRuleset({ ...AT, ruleset_id: data.id }))).status).toBe(404)
  await c.github.outbox.settled()
  expect(c.received.map(d => `${d.event}.${String(d.payload['action'])}`)).toEqual([
    'repository_ruleset.created',
    'repository_ruleset.edited',
    'repository_ruleset.deleted'
  ])
})

test('classic protection is written, read and removed by administrators', async () => {
  const c = await company()
  const B = { ...AT, branch: 'main' }
  expect(await refusal(c.app.rest.repos.getBranchProtection(B))).toMatchObject({
    status: 404,
    message: expect.stringMatching(/^Branch not protected/) as string
  })
  await c.as('monalisa').rest.repos.updateBranchProtection({
    ...B,
    required_status_checks: { strict: true, contexts: [], checks: [{ context: 'addendum', app_id: APP.id }] },
    enforce_admins: true,
    required_pull_request_reviews: { required_approving_review_count: 2, require_code_owner_reviews: true },
    restrictions: null
  })
  expect((await c.app.rest.repos.getBranchProtection(B)).data).toMatchObject({
    enforce_admins: { enabled: true },
    allow_force_pushes: { enabled: false },
    required_status_checks: { strict: true, checks: [{ context: 'addendum', app_id: APP.id }] },
    required_pull_request_reviews: { required_approving_review_count: 2, require_code_owner_reviews: true }
  })
  expect((await c.app.rest.repos.getBranch(B)).data.protected).toBe(true)
  await c.as('monalisa').rest.repos.deleteBranchProtection(B)
  expect((await c.app.rest.repos.getBranch(B)).data.protected).toBe(false)
  expect((await refusal(c.as('octocat').rest.repos.deleteBranchProtection(B))).status).toBe(403)
  await c.github.outbox.settled()
  expect(c.received.map(d => `${d.event}.${String(d.payload['action'])}`)).toEqual([
    'branch_protection_rule.created',
    'branch_protection_rule.deleted'
  ])
})
