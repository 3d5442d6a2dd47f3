// The local GitHub's pull requests: opening, looking, changing, merging, and everything it refuses.
import { describe, expect, test } from 'vitest'
import { AT, company, octokitFor, openRequest, refusal } from './world.ts'

const create = (c: Awaited<ReturnType<typeof company>>, head: string, base = 'main') =>
  c.as('octocat').rest.pulls.create({ ...AT, title: 'x', head, base })

describe('opening', () => {
  test('needs two branches, something between them, and no other of the same', async () => {
    const c = await company()
    await openRequest(c)
    expect(await refusal(create(c, 'request'))).toMatchObject({
      status: 422,
      message: expect.stringContaining('A pull request already exists for acme:request.') as string
    })
    expect((await refusal(create(c, 'missing'))).message).toContain('"field":"head"')
    expect((await refusal(create(c, 'request', 'missing'))).message).toContain('"field":"base"')
    const { data } = await c.app.rest.git.getRef({ ...AT, ref: 'heads/main' })
    await c.app.rest.git.createRef({ ...AT, ref: 'refs/heads/same', sha: data.object.sha })
    expect((await refusal(create(c, 'same'))).message).toContain('No commits between main and same')
  })
  test('of a draft asks no code owner; making it ready does', async () => {
    const c = await company()
    c.seed.commit('acme/access', 'draft', { 'requests/d.yml': 'x' }, { by: 'octocat' })
    const { data } = await c
      .as('octocat')
      .rest.pulls.create({ ...AT, title: 'x', head: 'draft', base: 'main', draft: true })
    expect(data).toMatchObject({ draft: true, requested_teams: [] })
    expect((await refusal(c.app.rest.pulls.merge({ ...AT, pull_number: data.number }))).status).toBe(405)
    c.seed.setDraft('acme/access', data.number, false, 'octocat')
    expect(
      (await c.app.rest.pulls.get({ ...AT, pull_number: data.number })).data.requested_teams?.map(t => t.slug)
    ).toEqual(['leads'])
    await c.github.outbox.settled()
    expect(c.received.map(d => d.payload['action'])).toContain('ready_for_review')
  })
  test("from a fork brings the fork's commits along", async () => {
    const c = await company()
    c.seed.fork('acme/access', 'hubot')
    const head = c.seed.commit('hubot/access', 'idea', { 'requests/f.yml': 'x' }, { by: 'hubot' })
    const { data } = await c.as('hubot').rest.pulls.create({ ...AT, title: 'x', head: 'hubot:idea', base: 'main' })
    expect(data).toMatchObject({
      head: { label: 'hubot:idea', sha: head, repo: { full_name: 'hubot/access', fork: true } },
      base: { repo: { full_name: 'acme/access' } }
    })
    const moved = c.seed.commit('hubot/access', 'idea', { 'requests/f.yml': 'y' }, { by: 'hubot' })
    expect((await c.app.rest.pulls.get({ ...AT, pull_number: data.number })).data.head.sha).toBe(moved)
  })
})

describe('looking', () => {
  test('lists what was added, changed, removed and renamed, with blobs and patches', async () => {
    const c = await company()
    const long = Array.from({ length: 20 }, (_, i) => `line ${i}`).join('\n')
    c.seed.commit(
      'acme/access',
      'main',
      { 'old.txt': 'same content\n', 'gone.txt': 'x\n', 'edit.txt': `${long}\n`, 'half.txt': `${long}\n` },
      { by: 'monalisa' }
    )
    const { number } = await openRequest(c, 'many', {})
    c.seed.commit(
      'acme/access',
      'many',
      {
        'old.txt': null,
        'new.txt': 'same content\n',
        'gone.txt': null,
        'edit.txt': `${long.replace('line 7', 'changed')}\n`,
        'half.txt': null,
        'other.txt': `${long.replace('line 3', 'changed')}\n`,
        'added.txt': 'a\nb\n'
      } as Record<string, string | null>,
      { by: 'octocat' }
    )
    const { data } = await c.app.rest.pulls.listFiles({ ...AT, pull_number: number })
    expect(data.map(f => [f.status, f.previous_filename, f.filename, f.additions, f.deletions])).toEqual([
      ['added', undefined, 'added.txt', 2, 0],
      ['modified', undefined, 'edit.txt', 1, 1],
      ['removed', undefined, 'gone.txt', 0, 1],
      ['renamed', 'old.txt', 'new.txt', 0, 0],
      ['renamed', 'half.txt', 'other.txt', 1, 1]
    ])
    expect(data[0]?.patch).toBe('@@ -0,0 +1,2 @@\n+a\n+b')
    expect(data[1]?.patch).toContain('@@ -5,7 +5,7 @@\n line 4\n line 5\n line 6\n-line 7\n+changed\n line 8')
    const blob = await c.app.rest.git.getBlob({ ...AT, file_sha: data[0]?.sha ?? '' })
    expect(Buffer.from(blob.data.content, 'base64').toString()).toBe('a\nb\n')
  })
  test("lists all commits, those of a merge's second parent too, with the accounts of their addresses", async () => {
    const c = await company()
    const { number, head } = await openRequest(c)
    const side = c.seed.commit('acme/access', 'side', { 'requests/r2.yml': 'x' }, { by: 'mona' })
    c.seed.commit(
      'acme/access',
      'request',
      { 'requests/r3.yml': 'x' },
      { by: 'octocat', parents: [head, side], author: { name: 'Nobody', email: 'nobody@nowhere.test' } }
    )
    const { data } = await c.app.rest.pulls.listCommits({ ...AT, pull_number: number })
    expect(data.map(x => x.author?.login ?? null)).toEqual(['octocat', 'mona', null])
    expect(data.at(-1)?.parents).toHaveLength(2)
  })
  test('finds pull requests by head, base and state, newest first', async () => {
    const c = await company()
    const first = await openRequest(c, 'one', { a: '1' })
    c.clock.forward(60)
    const second = await openRequest(c, 'two', { b: '1' })
    await c.as('octocat').rest.pulls.update({ ...AT, pull_number: first.number, state: 'closed' })
    const numbers = async (query: object): Promise<number[]> =>
      (await c.app.rest.pulls.list({ ...AT, ...query })).data.map(p => p.number)
    expect(await numbers({})).toEqual([second.number])
    expect(await numbers({ state: 'all' })).toEqual([second.number, first.number])
    expect(await numbers({ state: 'all', head: 'acme:one' })).toEqual([first.number])
    expect(await numbers({ base: 'other' })).toEqual([])
  })
})

describe('changing', () => {
  test('a push moves the head and says from where', async () => {
    const c = await company()
    const { number, head } = await openRequest(c)
    const next = c.seed.commit('acme/access', 'request', { 'requests/r1.yml': 'y' }, { by: 'mona' })
    expect((await c.app.rest.pulls.get({ ...AT, pull_number: number })).data.head.sha).toBe(next)
    await c.github.outbox.settled()
    expect(c.received.find(d => d.payload['action'] === 'synchronize')?.payload).toMatchObject({
      before: head,
      after: next,
      sender: { login: 'mona' }
    })
    const { data } = await c.as('octocat').rest.repos.listActivities({ ...AT, ref: 'request' })
    expect(data.map(a => [a.activity_type, a.actor?.login])).toEqual([
      ['push', 'mona'],
      ['branch_creation', 'octocat']
    ])
  })
  test('retargets, renames, closes and reopens, for its author and writers only', async () => {
    const c = await company()
    const { number } = await openRequest(c)
    c.seed.commit('acme/access', 'release', {}, { by: 'monalisa' })
    const change = (login: string, what: object) =>
      c.as(login).rest.pulls.update({ ...AT, pull_number: number, ...what })
    expect((await refusal(change('hubot', { title: 'mine' }))).status).toBe(403)
    expect((await change('octocat', { title: 'New' })).data.title).toBe('New')
    expect((await change('octocat', { base: 'release' })).data.base.ref).toBe('release')
    expect((await change('octocat', { state: 'closed' })).data.state).toBe('closed')
    expect((await change('octocat', { state: 'open' })).data.state).toBe('open')
    await change('octocat', { state: 'closed' })
    c.seed.commit('acme/access', 'request', { z: '1' }, { by: 'octocat' })
    expect((await refusal(change('octocat', { state: 'open' }))).status).toBe(422)
    await c.github.outbox.settled()
    expect(c.received.filter(d => d.event === 'pull_request').map(d => d.payload['action'])).toEqual([
      'opened',
      'review_requested',
      'edited',
      'edited',
      'closed',
      'reopened',
      'closed'
    ])
    expect(
      c.received.find(d => d.payload['changes'] !== undefined && 'base' in (d.payload['changes'] as object))?.payload[
        'changes'
      ]
    ).toMatchObject({ base: { ref: { from: 'main' } } })
  })
  test('deleting the head or the base branch closes it', async () => {
    const c = await company()
    const one = await openRequest(c, 'one', { a: '1' })
    c.seed.commit('acme/access', 'release', { r: '1' }, { by: 'monalisa' })
    c.seed.commit('acme/access', 'two', { b: '1' }, { by: 'octocat' })
    const two = await create(c, 'two', 'release')
    await c.app.rest.git.deleteRef({ ...AT, ref: 'heads/one' })
    await c.app.rest.git.deleteRef({ ...AT, ref: 'heads/release' })
    for (const number of [one.number, two.data.number])
      expect((await c.app.rest.pulls.get({ ...AT, pull_number: number })).data.state).toBe('closed')
    expect(
      (await refusal(c.as('octocat').rest.pulls.update({ ...AT, pull_number: one.number, state: 'open' }))).status
    ).toBe(422)
  })
  test('pushing its commits to the base marks it merged, though nobody merged it', async () => {
    const c = await company()
    const { number, head } = await openRequest(c)
    await c.as('monalisa').rest.git.updateRef({ ...AT, ref: 'heads/main', sha: head })
    const { data } = await c.app.rest.pulls.get({ ...AT, pull_number: number })
    expect(data).toMatchObject({ merged: true, state: 'closed', merged_by: { login: 'monalisa' } })
  })
})

describe('merging', () => {
  test('is refused with a stale sha, when closed, and for a conflict', async () => {
    const c = await company()
    const { number, head } = await openRequest(c)
    c.seed.commit('acme/access', 'request', { 'requests/r1.yml': 'y' }, { by: 'octocat' })
    const merge = (more: object = {}) => c.app.rest.pulls.merge({ ...AT, pull_number: number, ...more })
    expect((await refusal(merge({ sha: head }))).status).toBe(409)
    c.seed.commit('acme/access', 'main', { 'requests/r1.yml': 'other' }, { by: 'monalisa' })
    expect((await c.app.rest.pulls.get({ ...AT, pull_number: number })).data).toMatchObject({
      mergeable: false,
      mergeable_state: 'dirty'
    })
    expect((await refusal(merge())).status).toBe(405)
    await c.as('octocat').rest.pulls.update({ ...AT, pull_number: number, state: 'closed' })
    expect((await refusal(merge())).status).toBe(405)
  })
  test('two at once both survive, since each is merged onto the base as it is then', async () => {
    const c = await company()
    const [a, b] = [
      await openRequest(c, 'a', { 'requests/a.yml': 'a' }),
      await openRequest(c, 'b', { 'requests/b.yml': 'b' })
    ]
    await Promise.all([a, b].map(p => c.app.rest.pulls.merge({ ...AT, pull_number: p.number, sha: p.head })))
    const { data } = await c.app.rest.git.getTree({ ...AT, tree_sha: 'main', recursive: '1' })
    expect(data.tree.map(e => e.path)).toEqual(
      expect.arrayContaining(['requests/a.yml', 'requests/b.yml', 'README.md'])
    )
  })
  test("by squash leaves one commit of the author's, by rebase the same commits anew", async () => {
    const c = await company()
    const squash = await openRequest(c, 'squash', { s: '1' })
    c.seed.commit('acme/access', 'squash', { s: '2' }, { by: 'octocat' })
    const rebase = await openRequest(c, 'rebase', { r: '1' })
    c.seed.commit('acme/access', 'rebase', { q: '2' }, { by: 'octocat' })
    const main = await c.app.rest.repos.getBranch({ ...AT, branch: 'main' })
    const done = await c.app.rest.pulls.merge({ ...AT, pull_number: squash.number, merge_method: 'squash' })
    const commit = await c.app.rest.repos.getCommit({ ...AT, ref: done.data.sha })
    expect(commit.data).toMatchObject({
      parents: [{ sha: main.data.commit.sha }],
      author: { login: 'octocat' },
      committer: { login: 'web-flow' }
    })
    const replayed = await c.app.rest.pulls.merge({ ...AT, pull_number: rebase.number, merge_method: 'rebase' })
    const log = await c.app.rest.repos.listCommits({ ...AT, sha: replayed.data.sha })
    expect(log.data.slice(0, 3).map(x => x.parents.length)).toEqual([1, 1, 1])
    expect(log.data.map(x => x.sha)).toContain(done.data.sha)
    expect((await c.app.rest.repos.getContent({ ...AT, path: 'q' })).status).toBe(200)
  })
  test('deletes the head branch when the repository says so, and retargets what was stacked on it', async () => {
    const c = await company()
    await c.as('monalisa').rest.repos.update({ ...AT, delete_branch_on_merge: true })
    const lower = await openRequest(c, 'lower', { l: '1' })
    const base = c.seed.commit('acme/access', 'upper', { u: '1' }, { by: 'octocat', parents: [lower.head] })
    const upper = await create(c, 'upper', 'lower')
    await c.app.rest.pulls.merge({ ...AT, pull_number: lower.number })
    expect((await refusal(c.app.rest.git.getRef({ ...AT, ref: 'heads/lower' }))).status).toBe(404)
    expect((await c.app.rest.pulls.get({ ...AT, pull_number: upper.data.number })).data).toMatchObject({
      state: 'open',
      base: { ref: 'main' },
      head: { sha: base }
    })
  })
  test('updates a branch from its base, and merges branches without a pull request', async () => {
    const c = await company()
    const { number } = await openRequest(c)
    c.seed.commit('acme/access', 'main', { m: '1' }, { by: 'monalisa' })
    expect((await c.app.rest.pulls.updateBranch({ ...AT, pull_number: number })).status).toBe(202)
    expect(
      (await c.app.rest.repos.compareCommitsWithBasehead({ ...AT, basehead: 'main...request' })).data
    ).toMatchObject({ status: 'ahead', behind_by: 0 })
    expect((await c.app.rest.repos.merge({ ...AT, base: 'main', head: 'request' })).status).toBe(201)
    expect((await c.app.rest.repos.merge({ ...AT, base: 'main', head: 'request' })).status).toBe(204)
    expect((await c.app.rest.pulls.checkIfMerged({ ...AT, pull_number: number })).status).toBe(204)
    expect(
      (
        await refusal(
          octokitFor(c.github, c.tokens['hubot']).rest.repos.merge({ ...AT, base: 'main', head: 'request' })
        )
      ).status
    ).toBe(403)
  })
})
