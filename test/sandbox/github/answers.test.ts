// The local GitHub, complete: every operation is asked once, well, and answers as GitHub describes it.
import { expect, test } from 'vitest'
import { operations } from '../../../src/sandbox/github/description/description.ts'
import { APP, AT, company, octokitFor, openRequest } from './world.ts'

type Params = Record<string, unknown>

test('every operation answers a right request as the description says', async () => {
  const c = await company()
  const { number, head } = await openRequest(c)
  const other = await openRequest(c, 'other', { 'requests/o.yml': 'o' })
  const commit = (await c.app.rest.git.getCommit({ ...AT, commit_sha: head })).data
  const check = (await c.app.rest.checks.create({ ...AT, name: 'addendum', head_sha: head, conclusion: 'success' }))
    .data
  const suite = (await c.app.rest.checks.listSuitesForRef({ ...AT, ref: head })).data.check_suites[0]?.id
  const issue = (await c.app.rest.issues.create({ ...AT, title: 'x', labels: ['first'] })).data.number
  const comment = (await c.app.rest.issues.createComment({ ...AT, issue_number: issue, body: 'x' })).data.id
  const review = (await c.as('mona').rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })).data.id
  const pending = (await c.as('mona').rest.pulls.createReview({ ...AT, pull_number: other.number })).data.id
  const rule = { name: 'r', enforcement: 'active', rules: [{ type: 'deletion' }] }
  const ruleset = (await c.as('monalisa').rest.repos.createRepoRuleset({ ...AT, ...rule } as never)).data.id
  const scratch = await c.asApp.rest.apps.createInstallationAccessToken({ installation_id: c.installationId })
  const readme = (await c.app.rest.repos.getContent({ ...AT, path: 'README.md' })).data as { sha: string }
  c.seed.user('guest')
  c.seed.team('acme', 'night', { members: ['hubot'], parent: 'leads' })
  await c.as('monalisa').rest.repos.addCollaborator({ ...AT, username: 'guest' })
  const invitation =
    c.github.world.state.repositories[Object.keys(c.github.world.state.repositories)[0] ?? '']?.invitations[0]?.id
  const annotations = [{ path: 'README.md', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'm' }]
  await c.app.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
    ...AT,
    check_run_id: check.id,
    output: { title: 't', summary: 's', annotations }
  } as never)
  await c.github.outbox.settled()
  const delivery = c.github.outbox.deliveries()[0]?.id

  const [app, jwt, owner, mona, octocat] = [c.app, c.asApp, c.as('monalisa'), c.as('mona'), c.as('octocat')]
  const protection = {
    required_status_checks: null,
    enforce_admins: true,
    required_pull_request_reviews: null,
    restrictions: null
  }
  const org = { org: 'acme' }
  const team = { ...org, team_slug: 'leads' }
  const at = (more: Params = {}): Params => ({ ...AT, ...more })
  const I = { installation_id: c.installationId }
  const P = at({ pull_number: number })
  const R = at({ pull_number: number, review_id: review })

  // In this order: what ends something comes after what needs it.
  const asked: [id: string, by: typeof app, params?: Params][] = [
    ['meta/root', app],
    ['meta/get', app],
    ['rate-limit/get', app],
    ['apps/get-authenticated', jwt],
    ['apps/get-by-slug', app, { app_slug: APP.slug }],
    ['apps/list-installations', jwt],
    ['apps/get-installation', jwt, I],
    ['apps/get-repo-installation', jwt, AT],
    ['apps/get-org-installation', jwt, org],
    ['apps/get-user-installation', jwt, { username: 'acme' }],
    ['apps/create-installation-access-token', jwt, I],
    ['apps/list-repos-accessible-to-installation', app],
    ['apps/get-webhook-config-for-app', jwt],
    ['apps/update-webhook-config-for-app', jwt, { content_type: 'json' }],
    ['apps/list-webhook-deliveries', jwt],
    ['apps/get-webhook-delivery', jwt, { delivery_id: delivery }],
    ['apps/redeliver-webhook-delivery', jwt, { delivery_id: delivery }],
    ['users/get-authenticated', mona],
    ['users/get-by-username', mona, { username: 'hubot' }],
    ['users/get-by-id', mona, { account_id: c.github.world.state.appBotId }],
    ['repos/get', app, AT],
    ['repos/update', owner, at({ delete_branch_on_merge: false })],
    ['repos/get-branch', app, at({ branch: 'main' })],
    ['repos/list-branches', app, AT],
    ['repos/list-commits', app, AT],
    ['repos/get-commit', app, at({ ref: 'main' })],
    ['repos/compare-commits-with-basehead', app, at({ basehead: 'main...request' })],
    ['repos/get-content', app, at({ path: '.github' })],
    ['repos/create-or-update-file-contents', app, at({ path: 'n', message: 'm', content: 'bg==' })],
    ['repos/delete-file', app, at({ path: 'README.md', message: 'm', sha: readme.sha })],
    ['repos/codeowners-errors', app, AT],
    ['repos/list-collaborators', app, AT],
    ['repos/check-collaborator', app, at({ username: 'octocat' })],
    ['repos/get-collaborator-permission-level', app, at({ username: 'hubot' })],
    ['repos/list-invitations', owner, AT],
    ['repos/update-invitation', owner, at({ invitation_id: invitation, permissions: 'read' })],
    ['repos/delete-invitation', owner, at({ invitation_id: invitation })],
    ['repos/add-collaborator', owner, at({ username: 'hubot', permission: 'triage' })],
    ['repos/remove-collaborator', owner, at({ username: 'hubot' })],
    ['repos/list-teams', owner, AT],
    ['repos/list-for-org', app, org],
    ['repos/list-pull-requests-associated-with-commit', app, at({ commit_sha: head })],
    ['repos/list-activities', app, AT],
    ['repos/update-branch-protection', owner, at({ branch: 'main', ...protection })],
    ['repos/get-branch-protection', app, at({ branch: 'main' })],
    ['repos/delete-branch-protection', owner, at({ branch: 'main' })],
    ['repos/get-branch-rules', app, at({ branch: 'main' })],
    ['repos/create-repo-ruleset', owner, at({ ...rule, name: 'second' })],
    ['repos/get-repo-rulesets', app, AT],
    ['repos/get-repo-ruleset', app, at({ ruleset_id: ruleset })],
    ['repos/update-repo-ruleset', owner, at({ ruleset_id: ruleset, name: 'new' })],
    ['repos/delete-repo-ruleset', owner, at({ ruleset_id: ruleset })],
    ['git/get-ref', app, at({ ref: 'heads/main' })],
    ['git/list-matching-refs', app, at({ ref: 'heads/' })],
    ['git/get-commit', app, at({ commit_sha: head })],
    ['git/get-tree', app, at({ tree_sha: 'main', recursive: '1' })],
    ['git/get-blob', app, at({ file_sha: readme.sha })],
    ['git/create-blob', app, at({ content: 'x' })],
    ['git/create-tree', app, at({ tree: [{ path: 'a', mode: '100644', type: 'blob', content: 'a' }] })],
    ['git/create-commit', app, at({ message: 'm', tree: commit.tree.sha, parents: [head] })],
    ['git/create-ref', app, at({ ref: 'refs/heads/made', sha: head })],
    ['git/update-ref', app, at({ ref: 'heads/made', sha: commit.parents[0]?.sha, force: true })],
    ['git/delete-ref', app, at({ ref: 'heads/made' })],
    ['checks/create', app, at({ name: 'second', head_sha: head })],
    ['checks/update', app, at({ check_run_id: check.id, conclusion: 'neutral' })],
    ['checks/get', app, at({ check_run_id: check.id })],
    ['checks/list-for-ref', app, at({ ref: head })],
    ['checks/list-annotations', app, at({ check_run_id: check.id })],
    ['checks/list-suites-for-ref', app, at({ ref: head })],
    ['checks/get-suite', app, at({ check_suite_id: suite })],
    ['checks/list-for-suite', app, at({ check_suite_id: suite })],
    ['checks/rerequest-run', octocat, at({ check_run_id: check.id })],
    ['checks/rerequest-suite', octocat, at({ check_suite_id: suite })],
    ['issues/create', mona, at({ title: 'y' })],
    ['issues/get', app, at({ issue_number: number })],
    ['issues/update', app, at({ issue_number: issue, title: 'z' })],
    ['issues/list-for-repo', app, AT],
    ['issues/get-comment', app, at({ comment_id: comment })],
    ['issues/list-comments', app, at({ issue_number: issue })],
    ['issues/list-events', app, at({ issue_number: number })],
    ['issues/create-comment', app, at({ issue_number: number, body: 'b' })],
    ['issues/update-comment', app, at({ comment_id: comment, body: 'c' })],
    ['issues/delete-comment', app, at({ comment_id: comment })],
    ['issues/create-label', app, at({ name: 'made' })],
    ['issues/add-labels', app, at({ issue_number: issue, labels: ['made'] })],
    ['issues/get-label', app, at({ name: 'made' })],
    ['issues/list-labels-on-issue', app, at({ issue_number: issue })],
    ['issues/list-labels-for-repo', app, AT],
    ['issues/remove-label', app, at({ issue_number: issue, name: 'made' })],
    ['orgs/get', app, org],
    ['orgs/list-members', app, org],
    ['orgs/check-membership-for-user', app, { ...org, username: 'mona' }],
    ['orgs/get-membership-for-user', app, { ...org, username: 'mona' }],
    ['orgs/set-membership-for-user', owner, { ...org, username: 'guest' }],
    ['teams/list', app, org],
    ['teams/list-child-in-org', app, team],
    ['teams/get-by-name', app, team],
    ['teams/list-members-in-org', app, team],
    ['teams/get-membership-for-user-in-org', app, { ...team, username: 'mona' }],
    ['teams/list-repos-in-org', app, team],
    ['teams/check-permissions-for-repo-in-org', app, { ...team, ...AT }],
    ['teams/add-or-update-membership-for-user-in-org', owner, { ...team, username: 'octocat' }],
    ['teams/remove-membership-for-user-in-org', owner, { ...team, username: 'octocat' }],
    ['teams/add-or-update-repo-permissions-in-org', owner, { ...org, team_slug: 'night', ...AT, permission: 'pull' }],
    ['teams/remove-repo-in-org', owner, { ...org, team_slug: 'night', ...AT }],
    ['orgs/remove-membership-for-user', owner, { ...org, username: 'guest' }],
    ['pulls/list', app, AT],
    ['pulls/get', app, P],
    ['pulls/update', app, { ...P, title: 'new' }],
    ['pulls/list-files', app, P],
    ['pulls/list-commits', app, P],
    ['pulls/list-reviews', app, P],
    ['pulls/get-review', app, R],
    ['pulls/update-review', mona, { ...R, body: 'b' }],
    ['pulls/create-review', app, { ...P, event: 'COMMENT', body: 'b' }],
    ['pulls/submit-review', mona, at({ pull_number: other.number, review_id: pending, event: 'COMMENT', body: 'b' })],
    ['pulls/dismiss-review', octocat, { ...R, message: 'm' }],
    ['pulls/request-reviewers', app, { ...P, reviewers: ['monalisa'] }],
    ['pulls/list-requested-reviewers', app, P],
    ['pulls/remove-requested-reviewers', app, { ...P, reviewers: ['monalisa'] }],
    ['pulls/list-review-comments', app, P],
    ['pulls/update-branch', app, P],
    ['pulls/merge', app, P],
    ['pulls/check-if-merged', app, P],
    ['repos/merge', app, at({ base: 'main', head: 'other' })],
    ['apps/revoke-installation-access-token', octokitFor(c.github, scratch.data.token)],
    ['apps/suspend-installation', jwt, I],
    ['apps/unsuspend-installation', jwt, I],
    ['apps/delete-installation', jwt, I]
  ]
  c.seed.commit('acme/access', 'apart', { 'requests/apart.yml': 'x' }, { by: 'octocat' })
  asked.splice(
    asked.findIndex(([id]) => id === 'pulls/list'),
    0,
    ['pulls/create', octocat, at({ title: 't', head: 'apart', base: 'main' })]
  )

  const described = new Map(operations().map(o => [o.id, o]))
  const refused: string[] = []
  for (const [id, by, params] of asked) {
    const operation = described.get(id)
    if (operation === undefined) continue // see auth.test.ts: answered once the cut holds it
    const answer = by.request(`${operation.method} ${operation.template}`, params as never)
    await answer.catch((error: unknown) => refused.push(`${id}: ${String(error)}`))
  }
  expect(c.github.violations).toEqual([])
  expect(refused).toEqual([])
  expect([...described.keys()].filter(id => !asked.some(([one]) => one === id))).toEqual([])
})
