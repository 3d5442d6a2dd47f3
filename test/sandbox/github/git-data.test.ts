// The local GitHub's git database: objects as git makes them, refs by compare-and-swap.
import { describe, expect, test } from 'vitest'
import { AT, company, openRequest, refusal, stored } from './world.ts'

describe('objects', () => {
  test('have the names that git gives them', async () => {
    const c = await company()
    const blob = await c.app.rest.git.createBlob({ ...AT, content: 'hello\n' })
    expect(blob.data.sha).toBe('ce013625030ba8dba906f756967f9e9ca394464a')
    const tree = await c.app.rest.git.createTree({
      ...AT,
      tree: [{ path: 'hello.txt', mode: '100644', type: 'blob', sha: blob.data.sha }]
    })
    expect(tree.data.sha).toBe('aaa96ced2d9a1c8e72c56b253a0e2fe78393feb7')
    const empty = await c.app.rest.git.createBlob({ ...AT, content: '', encoding: 'base64' })
    expect(empty.data.sha).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
  })
  test('a tree takes files inline on a base, deletes with a null, and lists all below it on demand', async () => {
    const c = await company()
    const base = await c.app.rest.git.getRef({ ...AT, ref: 'heads/main' })
    const { data } = await c.app.rest.git.createTree({
      ...AT,
      base_tree: base.data.object.sha,
      tree: [
        { path: 'a/b/c.txt', mode: '100644', type: 'blob', content: 'c' },
        { path: 'README.md', mode: '100644', type: 'blob', sha: null }
      ]
    })
    expect(data.tree.map(e => e.path)).toEqual(['.github', 'a', 'contracts'])
    const all = await c.app.rest.git.getTree({ ...AT, tree_sha: data.sha, recursive: '1' })
    expect(all.data).toMatchObject({ truncated: false })
    expect(all.data.tree.filter(e => e.type === 'blob').map(e => e.path)).toEqual([
      '.github/CODEOWNERS',
      'a/b/c.txt',
      'contracts/payments.yml'
    ])
    const gone = await c.app.rest.git.createTree({
      ...AT,
      base_tree: data.sha,
      tree: [{ path: 'a/b/c.txt', mode: '100644', type: 'blob', sha: null }]
    })
    expect(gone.data.tree.map(e => e.path)).toEqual(['.github', 'contracts'])
  })
  test('a tree refuses what is not there, and paths that git refuses', async () => {
    const c = await company()
    const make = (entry: object) =>
      refusal(c.app.rest.git.createTree({ ...AT, tree: [{ mode: '100644', type: 'blob', ...entry }] }))
    expect((await make({ path: 'x', sha: '0'.repeat(40) })).status).toBe(422)
    expect((await make({ path: '../x', content: 'x' })).status).toBe(422)
    expect((await make({ path: 'a/.GIT/config', content: 'x' })).status).toBe(422)
    expect((await make({ path: 'x', sha: null })).status).toBe(422)
    expect((await make({ path: 'x' })).status).toBe(422)
    expect((await refusal(c.app.rest.git.getTree({ ...AT, tree_sha: 'nothing' }))).status).toBe(404)
    expect((await refusal(c.app.rest.git.getBlob({ ...AT, file_sha: '0'.repeat(40) }))).status).toBe(404)
  })
  test("the app's own commits are verified; in another's name, or with a copied signature, they are not", async () => {
    const c = await company()
    const { object } = (await c.app.rest.git.getRef({ ...AT, ref: 'heads/main' })).data
    const { tree } = (await c.app.rest.git.getCommit({ ...AT, commit_sha: object.sha })).data
    const make = async (octokit: typeof c.app, more: object = {}) =>
      (await octokit.rest.git.createCommit({ ...AT, message: 'm', tree: tree.sha, parents: [object.sha], ...more }))
        .data
    const own = await make(c.app)
    expect(own).toMatchObject({
      verification: { verified: true },
      author: { name: 'addendum[bot]', date: '2026-11-22T12:00:00Z' }
    })
    expect(await make(c.app, { author: { name: 'Mona', email: 'mona@acme.test' } })).toMatchObject({
      verification: { verified: false },
      author: { email: 'mona@acme.test' }
    })
    expect((await make(c.as('octocat'))).verification.verified).toBe(false)
    const { git } = stored(c.github)
    const signed = git.commit(own.sha)
    if (signed === undefined) throw new Error('the commit is not stored')
    const forged = git.writeCommit({ ...signed, message: 'evil', sign: () => signed.signature ?? '' })
    expect((await c.app.rest.git.getCommit({ ...AT, commit_sha: forged })).data.verification).toMatchObject({
      verified: false,
      reason: 'unknown_key'
    })
    expect((await c.app.rest.repos.getCommit({ ...AT, ref: own.sha })).data.author).toMatchObject({
      login: 'addendum[bot]',
      type: 'Bot'
    })
  })
  test('a commit needs a tree and parents that exist', async () => {
    const c = await company()
    const { object } = (await c.app.rest.git.getRef({ ...AT, ref: 'heads/main' })).data
    const { tree } = (await c.app.rest.git.getCommit({ ...AT, commit_sha: object.sha })).data
    expect((await refusal(c.app.rest.git.createCommit({ ...AT, message: 'm', tree: object.sha }))).status).toBe(422)
    expect(
      (await refusal(c.app.rest.git.createCommit({ ...AT, message: 'm', tree: tree.sha, parents: ['0'.repeat(40)] })))
        .status
    ).toBe(422)
  })
})

describe('refs', () => {
  test('are created once, found by prefix, and deleted once', async () => {
    const c = await company()
    const {
      object: { sha }
    } = (await c.app.rest.git.getRef({ ...AT, ref: 'heads/main' })).data
    const make = (ref: string) => c.app.rest.git.createRef({ ...AT, ref, sha })
    await make('refs/heads/ledger/2026')
    expect(await refusal(make('refs/heads/ledger/2026'))).toMatchObject({
      status: 422,
      message: expect.stringMatching(/^Reference already exists/) as string
    })
    for (const bad of [
      'refs/heads/a..b',
      'refs/heads/a b',
      'refs/heads/x.lock',
      'refs/heads/',
      'refs/heads/ledger',
      'refs/heads/main/x',
      'refs/pull/1/head'
    ]) {
      expect((await refusal(make(bad))).status, bad).toBe(422)
    }
    await make('refs/heads/ledger/2027')
    expect((await c.app.rest.git.listMatchingRefs({ ...AT, ref: 'heads/ledger/' })).data.map(r => r.ref)).toEqual([
      'refs/heads/ledger/2026',
      'refs/heads/ledger/2027'
    ])
    await c.app.rest.git.deleteRef({ ...AT, ref: 'heads/ledger/2027' })
    expect((await refusal(c.app.rest.git.deleteRef({ ...AT, ref: 'heads/ledger/2027' }))).status).toBe(422)
    expect((await refusal(c.app.rest.git.deleteRef({ ...AT, ref: 'heads/main' }))).status).toBe(422)
    expect((await refusal(c.app.rest.git.getRef({ ...AT, ref: 'heads/ledger/2027' }))).status).toBe(404)
    await c.github.outbox.settled()
    expect(c.received.filter(d => d.event !== 'push').map(d => [d.event, d.payload['ref']])).toEqual([
      ['create', 'ledger/2026'],
      ['create', 'ledger/2027'],
      ['delete', 'ledger/2027']
    ])
  })
  test('move forward only: of two writers on one tip, one loses', async () => {
    const c = await company()
    const { object } = (await c.app.rest.git.getRef({ ...AT, ref: 'heads/main' })).data
    const { tree } = (await c.app.rest.git.getCommit({ ...AT, commit_sha: object.sha })).data
    const commit = async (message: string): Promise<string> =>
      (await c.app.rest.git.createCommit({ ...AT, message, tree: tree.sha, parents: [object.sha] })).data.sha
    const [one, two] = [await commit('one'), await commit('two')]
    const move = (sha: string, force = false) => c.app.rest.git.updateRef({ ...AT, ref: 'heads/main', sha, force })
    await move(one)
    expect(await refusal(move(two))).toMatchObject({
      status: 422,
      message: expect.stringMatching(/^Update is not a fast forward/) as string
    })
    expect((await move(two, true)).data.object.sha).toBe(two)
    await c.github.outbox.settled()
    expect(c.received.map(d => d.payload['forced'])).toEqual([false, true])
    expect((await refusal(c.app.rest.git.updateRef({ ...AT, ref: 'heads/none', sha: one }))).status).toBe(422)
    expect((await c.app.rest.repos.listActivities({ ...AT })).data.map(a => a.activity_type)).toEqual([
      'force_push',
      'push'
    ])
  })
})

describe('files by path', () => {
  test('are read as file, folder and link, at any ref', async () => {
    const c = await company()
    const { data: blob } = await c.app.rest.git.createBlob({ ...AT, content: '../README.md' })
    const { data: tree } = await c.app.rest.git.createTree({
      ...AT,
      base_tree: 'main',
      tree: [{ path: 'docs/link', mode: '120000', type: 'blob', sha: blob.sha }]
    })
    const { data: commit } = await c.app.rest.git.createCommit({ ...AT, message: 'm', tree: tree.sha, parents: [] })
    await c.app.rest.git.createRef({ ...AT, ref: 'refs/heads/link', sha: commit.sha })
    const get = async (path: string, ref?: string) =>
      (await c.app.rest.repos.getContent({ ...AT, path, ...(ref === undefined ? {} : { ref }) })).data
    expect(await get('README.md')).toMatchObject({ type: 'file', encoding: 'base64', content: 'QWNjZXNzCg==', size: 7 })
    expect(await get('docs/link', 'link')).toMatchObject({ type: 'symlink', target: '../README.md' })
    expect(await get('docs', commit.sha)).toMatchObject([{ type: 'symlink', path: 'docs/link' }])
    expect(await get('')).toMatchObject([
      { name: '.github', type: 'dir' },
      { name: 'README.md' },
      { name: 'contracts' }
    ])
    for (const [path, ref] of [['nothing'], ['README.md', 'nothing'], ['README.md/x']])
      expect((await refusal(get(path ?? '', ref))).status).toBe(404)
  })
  test('are created, changed with the sha they replace, and deleted', async () => {
    const c = await company()
    const put = (more: object) =>
      c.app.rest.repos.createOrUpdateFileContents({
        ...AT,
        path: 'notes/n.txt',
        message: 'm',
        content: Buffer.from('one').toString('base64'),
        ...more
      })
    const first = await put({})
    expect(first).toMatchObject({ status: 201, data: { commit: { verification: { verified: true } } } })
    expect((await refusal(put({}))).status).toBe(422)
    expect((await refusal(put({ sha: '0'.repeat(40) }))).status).toBe(409)
    const sha = first.data.content?.sha ?? ''
    expect((await put({ sha, content: Buffer.from('two').toString('base64') })).status).toBe(200)
    expect((await refusal(put({ sha }))).status).toBe(409)
    expect((await refusal(put({ branch: 'nothing' }))).status).toBe(404)
    const held = await c.app.rest.repos.getContent({ ...AT, path: 'notes/n.txt' })
    const heldSha = (held.data as { sha: string }).sha
    expect((await c.app.rest.repos.deleteFile({ ...AT, path: 'notes/n.txt', message: 'm', sha: heldSha })).status).toBe(
      200
    )
    expect((await refusal(c.app.rest.repos.getContent({ ...AT, path: 'notes' }))).status).toBe(404)
  })
})

describe('history', () => {
  test('compares from the merge base, and says ahead, behind, diverged', async () => {
    const c = await company()
    await openRequest(c)
    const compare = async (basehead: string) =>
      (await c.app.rest.repos.compareCommitsWithBasehead({ ...AT, basehead })).data
    expect(await compare('main...request')).toMatchObject({
      status: 'ahead',
      ahead_by: 1,
      behind_by: 0,
      files: [{ filename: 'requests/r1.yml' }]
    })
    expect(await compare('request...main')).toMatchObject({ status: 'behind', files: [] })
    c.seed.commit('acme/access', 'main', { m: '1' }, { by: 'monalisa' })
    expect(await compare('main...request')).toMatchObject({
      status: 'diverged',
      ahead_by: 1,
      behind_by: 1,
      files: [{ filename: 'requests/r1.yml' }]
    })
    expect((await refusal(compare('main...nothing'))).status).toBe(404)
  })
  test('is listed by path, author and time, and leads from a commit to its pull request', async () => {
    const c = await company()
    c.clock.forward(60)
    const { number, head } = await openRequest(c)
    const { data: merged } = await c.app.rest.pulls.merge({ ...AT, pull_number: number })
    const list = async (query: object): Promise<string[]> =>
      (await c.app.rest.repos.listCommits({ ...AT, ...query })).data.map(x => x.sha)
    expect(await list({ path: 'requests' })).toEqual([head])
    expect(await list({ author: 'octocat' })).toEqual([head])
    expect((await list({ until: '2026-11-22T12:00:30Z' })).length).toBe(1)
    for (const sha of [head, merged.sha]) {
      const { data } = await c.app.rest.repos.listPullRequestsAssociatedWithCommit({ ...AT, commit_sha: sha })
      expect(data.map(p => [p.number, p.merged_at])).toEqual([[number, '2026-11-22T12:01:00Z']])
    }
    expect((await c.app.rest.repos.listBranches({ ...AT })).data.map(b => b.name)).toEqual(['main', 'request'])
  })
})

test('mistakes in CODEOWNERS are told by line, and their lines skipped', async () => {
  const c = await company()
  c.seed.team('acme', 'readers', { members: ['hubot'] })
  c.seed.team('acme', 'hidden', { members: ['mona'], privacy: 'secret' })
  c.seed.teamRepository('acme/hidden', 'acme/access', 'write')
  const lines = [
    '* @octocat',
    '/requests/ @acme/leads # fine',
    '/a/ @nobody',
    '/b/ @acme/readers',
    '/c/ @acme/hidden',
    '!x @mona',
    '[ab] @mona',
    '/d/ mona@acme.test',
    '/e/ not-an-owner',
    '/f/'
  ]
  c.seed.commit('acme/access', 'main', { '.github/CODEOWNERS': lines.join('\n') }, { by: 'monalisa' })
  const { data } = await c.app.rest.repos.codeownersErrors(AT)
  expect(data.errors.map(e => [e.line, e.kind])).toEqual([
    [3, 'Unknown owner'],
    [4, 'Unknown owner'],
    [5, 'Unknown owner'],
    [6, 'Invalid pattern'],
    [7, 'Invalid pattern'],
    [9, 'Invalid owner']
  ])
})
