// The local GitHub's people: comments, teams, organisations, collaborators, and what each change tells the app.
import { describe, expect, test } from 'vitest'
import { AT, company, openRequest, octokitFor, refusal } from './world.ts'

describe('issues and comments', () => {
  test('are written by readers, changed by their authors and by writers', async () => {
    const c = await company()
    const issue = await c.as('hubot').rest.issues.create({ ...AT, title: 'Question' })
    const number = issue.data.number
    const comment = await c.as('mona').rest.issues.createComment({ ...AT, issue_number: number, body: 'Answer' })
    const edit = (login: string) =>
      c.as(login).rest.issues.updateComment({ ...AT, comment_id: comment.data.id, body: `by ${login}` })
    expect((await refusal(edit('hubot'))).status).toBe(403)
    expect((await edit('octocat')).data).toMatchObject({ body: 'by octocat', user: { login: 'mona' } })
    expect((await c.app.rest.issues.createComment({ ...AT, issue_number: number, body: 'x' })).data).toMatchObject({
      user: { login: 'addendum[bot]' },
      performed_via_github_app: { slug: 'addendum' }
    })
    expect((await c.app.rest.issues.listComments({ ...AT, issue_number: number })).data).toHaveLength(2)
    expect(
      (await refusal(c.app.rest.issues.createComment({ ...AT, issue_number: number, body: 'x'.repeat(65_537) }))).status
    ).toBe(422)
    expect((await refusal(c.app.rest.issues.createComment({ ...AT, issue_number: number, body: ' ' }))).status).toBe(
      422
    )
    expect((await refusal(c.app.rest.issues.createComment({ ...AT, issue_number: 999, body: 'x' }))).status).toBe(404)
    await c.as('mona').rest.issues.deleteComment({ ...AT, comment_id: comment.data.id })
    expect((await refusal(c.app.rest.issues.getComment({ ...AT, comment_id: comment.data.id }))).status).toBe(404)
    expect(
      (await c.as('hubot').rest.issues.update({ ...AT, issue_number: number, state: 'closed' })).data
    ).toMatchObject({ state: 'closed', state_reason: 'completed' })
    await c.github.outbox.settled()
    expect(c.received.map(d => `${d.event}.${String(d.payload['action'])}`)).toEqual([
      'issues.opened',
      'issue_comment.created',
      'issue_comment.edited',
      'issue_comment.created',
      'issue_comment.deleted',
      'issues.closed'
    ])
  })
  test('carry labels, which are made when they are first used', async () => {
    const c = await company()
    const { number } = await openRequest(c)
    expect(
      (await c.app.rest.issues.addLabels({ ...AT, issue_number: number, labels: ['expired', 'Expired'] })).data.map(
        l => l.name
      )
    ).toEqual(['expired'])
    expect((await c.app.rest.issues.listForRepo({ ...AT, labels: 'expired' })).data.map(i => i.number)).toEqual([
      number
    ])
    expect((await refusal(c.app.rest.issues.createLabel({ ...AT, name: 'EXPIRED' }))).status).toBe(422)
    await c.app.rest.issues.removeLabel({ ...AT, issue_number: number, name: 'expired' })
    expect(
      (await refusal(c.app.rest.issues.removeLabel({ ...AT, issue_number: number, name: 'expired' }))).status
    ).toBe(404)
    expect((await c.app.rest.pulls.get({ ...AT, pull_number: number })).data.labels).toEqual([])
    await c.github.outbox.settled()
    expect(c.received.slice(-2).map(d => `${d.event}.${String(d.payload['action'])}`)).toEqual([
      'pull_request.labeled',
      'pull_request.unlabeled'
    ])
  })
})

describe('teams', () => {
  const T = { org: 'acme', team_slug: 'leads' }
  test('list the members of their child teams, and only active ones', async () => {
    const c = await company()
    c.seed.team('acme', 'night', { members: ['octocat'], pending: ['hubot'], parent: 'leads' })
    expect((await c.app.rest.teams.listMembersInOrg(T)).data.map(u => u.login).sort()).toEqual(['mona', 'octocat'])
    expect((await c.app.rest.teams.listChildInOrg(T)).data.map(t => t.slug)).toEqual(['night'])
    expect(
      (await c.app.rest.teams.getMembershipForUserInOrg({ org: 'acme', team_slug: 'night', username: 'hubot' })).data
    ).toMatchObject({ state: 'pending' })
    expect((await refusal(c.app.rest.teams.getMembershipForUserInOrg({ ...T, username: 'monalisa' }))).status).toBe(404)
    expect((await c.app.rest.teams.getByName(T)).data).toMatchObject({
      slug: 'leads',
      members_count: 2,
      organization: { login: 'acme' }
    })
  })
  test('are changed by maintainers and owners; outsiders are invited; the app hears of it', async () => {
    const c = await company()
    c.seed.user('newcomer')
    const add = (login: string, username: string) =>
      c.as(login).rest.teams.addOrUpdateMembershipForUserInOrg({ ...T, username })
    expect((await refusal(add('octocat', 'octocat'))).status).toBe(403)
    expect((await add('monalisa', 'octocat')).data).toMatchObject({ state: 'active', role: 'member' })
    expect((await add('monalisa', 'newcomer')).data).toMatchObject({ state: 'pending' })
    expect(
      (await refusal(c.app.rest.teams.addOrUpdateMembershipForUserInOrg({ ...T, username: 'hubot' }))).status
    ).toBe(403)
    await c.as('monalisa').rest.teams.removeMembershipForUserInOrg({ ...T, username: 'octocat' })
    await c.github.outbox.settled()
    expect(
      c.received.map(d => [d.event, d.payload['action'], (d.payload['member'] as { login: string }).login])
    ).toEqual([
      ['membership', 'added', 'octocat'],
      ['membership', 'removed', 'octocat']
    ])
  })
  test('that are secret do not exist for those outside', async () => {
    const c = await company()
    c.seed.team('acme', 'hidden', { members: ['mona'], privacy: 'secret' })
    const get = (login: string) => c.as(login).rest.teams.getByName({ org: 'acme', team_slug: 'hidden' })
    expect((await refusal(get('octocat'))).status).toBe(404)
    expect((await get('mona')).status).toBe(200)
    expect((await c.as('octocat').rest.teams.list({ org: 'acme' })).data.map(t => t.slug)).toEqual(['leads'])
  })
  test("open repositories to their members, by an administrator's hand", async () => {
    const c = await company()
    c.seed.team('acme', 'readers', { members: ['hubot'] })
    const set = (login: string, permission: string) =>
      c.as(login).rest.teams.addOrUpdateRepoPermissionsInOrg({ org: 'acme', team_slug: 'readers', ...AT, permission })
    expect((await refusal(set('octocat', 'admin'))).status).toBe(403)
    await set('monalisa', 'maintain')
    const level = async () => (await c.app.rest.repos.getCollaboratorPermissionLevel({ ...AT, username: 'hubot' })).data
    expect(await level()).toMatchObject({ permission: 'write', role_name: 'maintain' })
    await c.as('monalisa').rest.teams.removeRepoInOrg({ org: 'acme', team_slug: 'readers', ...AT })
    expect(await level()).toMatchObject({ permission: 'read', role_name: 'read' })
    expect(
      (
        await refusal(
          c.as('monalisa').rest.teams.checkPermissionsForRepoInOrg({ org: 'acme', team_slug: 'readers', ...AT })
        )
      ).status
    ).toBe(404)
    await c.github.outbox.settled()
    expect(c.received.map(d => `${d.event}.${String(d.payload['action'])}`)).toEqual([
      'team.added_to_repository',
      'team.removed_from_repository'
    ])
  })
})

describe('organisations and collaborators', () => {
  test('an invitation gives nothing until it is accepted', async () => {
    const c = await company()
    c.seed.user('newcomer')
    const T = { org: 'acme', team_slug: 'leads' }
    await c.as('monalisa').rest.teams.addOrUpdateMembershipForUserInOrg({ ...T, username: 'newcomer' })
    const members = async () => (await c.app.rest.teams.listMembersInOrg(T)).data.map(u => u.login)
    const level = async () =>
      (await c.app.rest.repos.getCollaboratorPermissionLevel({ ...AT, username: 'newcomer' })).data.permission
    expect([await members(), await level()]).toEqual([['mona'], 'none'])
    c.seed.accept('acme', 'newcomer')
    expect([await members(), await level()]).toEqual([['mona', 'newcomer'], 'write'])
    await c.github.outbox.settled()
    expect(c.received.map(d => `${d.event}.${String(d.payload['action'])}`)).toEqual([
      'organization.member_added',
      'membership.added'
    ])
  })
  test('removing a member takes their teams away, and says so', async () => {
    const c = await company()
    const org = { org: 'acme', username: 'mona' }
    expect((await refusal(c.as('octocat').rest.orgs.removeMembershipForUser(org))).status).toBe(403)
    await c.as('monalisa').rest.orgs.removeMembershipForUser(org)
    expect((await refusal(c.app.rest.orgs.getMembershipForUser(org))).status).toBe(404)
    expect((await c.app.rest.teams.listMembersInOrg({ org: 'acme', team_slug: 'leads' })).data).toEqual([])
    expect((await c.app.rest.repos.getCollaboratorPermissionLevel({ ...AT, username: 'mona' })).data.permission).toBe(
      'none'
    )
    expect((await c.app.rest.orgs.listMembers({ org: 'acme' })).data.map(u => u.login).sort()).toEqual([
      'hubot',
      'monalisa',
      'octocat'
    ])
    await c.github.outbox.settled()
    expect(c.received.map(d => `${d.event}.${String(d.payload['action'])}`)).toEqual([
      'membership.removed',
      'organization.member_removed'
    ])
  })
  test('an outsider is a collaborator once they accept, until they are removed', async () => {
    const c = await company()
    const user = c.seed.user('contractor')
    const level = async () =>
      (await c.app.rest.repos.getCollaboratorPermissionLevel({ ...AT, username: 'contractor' })).data
    expect(await level()).toMatchObject({ permission: 'none' })
    await c.as('monalisa').rest.repos.addCollaborator({ ...AT, username: 'contractor', permission: 'triage' })
    expect(await level()).toMatchObject({ permission: 'none' })
    c.seed.accept('acme/access', 'contractor')
    expect(await level()).toMatchObject({ permission: 'read', role_name: 'triage', user: { id: user.id } })
    expect(
      (
        await refusal(
          c.as('octocat').rest.repos.addCollaborator({ ...AT, username: 'contractor', permission: 'admin' })
        )
      ).status
    ).toBe(403)
    expect(
      (await c.app.rest.repos.listCollaborators({ ...AT, affiliation: 'outside' })).data.map(u => u.login)
    ).toEqual(['contractor'])
    await c.as('monalisa').rest.repos.removeCollaborator({ ...AT, username: 'contractor' })
    expect((await refusal(octokitFor(c.github, user.token).rest.repos.get(AT))).status).toBe(404)
    await c.github.outbox.settled()
    expect(c.received.map(d => `${d.event}.${String(d.payload['action'])}`)).toEqual(['member.added', 'member.removed'])
  })
  test('a renamed account keeps its number', async () => {
    const c = await company()
    const { data: before } = await c.app.rest.users.getByUsername({ username: 'mona' })
    c.seed.rename('mona', 'monica')
    expect((await c.app.rest.users.getByUsername({ username: 'MONICA' })).data.id).toBe(before.id)
    expect((await refusal(c.app.rest.users.getByUsername({ username: 'mona' }))).status).toBe(404)
    expect((await c.app.request('GET /user/{account_id}', { account_id: before.id })).data).toMatchObject({
      login: 'monica'
    })
  })
})
