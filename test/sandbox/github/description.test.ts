// The local GitHub is held to GitHub's own description: routes, requests, responses, webhooks, and what is filled in.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  checkRequest,
  checkResponse,
  checkWebhook,
  complete,
  completeWebhook,
  inventedFields,
  match,
  operations
} from '../../../src/sandbox/github/description/description.ts'
import type { Operation, Violation } from '../../../src/sandbox/github/description/description.ts'
import { cutOperation, description } from '../../../src/sandbox/github/description/load.ts'
import { selectedEvents, selectedOperations } from '../../../src/sandbox/github/description/selection.ts'

function operation(id: string): Operation {
  const found = operations().find(candidate => candidate.id === id)
  if (!found) throw new Error(`no operation ${id}`)
  return found
}

function check(id: string, body: unknown, query = '', params: Record<string, string> = {}): Violation[] {
  const given = Object.fromEntries(Object.keys(cutOperation(id).path).map(name => [name, '1']))
  return checkRequest(operation(id), { params: { ...given, ...params }, query: new URLSearchParams(query), body })
}

const brief = (violations: Violation[]): string[] => violations.map(({ field, code }) => `${field} ${code}`)

/** A path of the operation: 7 for a number, two segments where several may stand, a name else. */
function pathOf(id: string): { path: string; params: Record<string, string> } {
  const { template, path, multi } = cutOperation(id)
  const value = (name: string): string => (multi.includes(name) ? 'heads/feature' : 'octocat')
  const params = Object.fromEntries(
    Object.entries(path).map(([name, schema]) => [name, schema.type === 'integer' ? '7' : value(name)])
  )
  return { path: template.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? ''), params }
}

describe('routes', () => {
  test.each(selectedOperations)('%s is matched by its own path', id => {
    const { path, params } = pathOf(id)
    const found = match(cutOperation(id).method, path)
    expect(found?.operation.id).toBe(id)
    expect(found?.params).toEqual(params)
  })

  test('every operation comes with its method, template and documented statuses', () => {
    expect(operations().map(({ id }) => id)).toEqual([...selectedOperations])
    expect(operation('pulls/merge')).toEqual({
      id: 'pulls/merge',
      method: 'PUT',
      template: '/repos/{owner}/{repo}/pulls/{pull_number}/merge',
      statuses: [200, 403, 404, 405, 409, 422]
    })
  })

  test('the most literal route wins', () => {
    expect(match('GET', '/repos/acme/access/commits/heads/main/check-runs')?.operation.id).toBe('checks/list-for-ref')
    expect(match('GET', '/repos/acme/access/branches/a/b/protection')?.operation.id).toBe('repos/get-branch-protection')
    expect(match('GET', '/repos/acme/access/issues/comments/7')?.operation.id).toBe('issues/get-comment')
    expect(match('GET', '/user/7')?.operation.id).toBe('users/get-by-id')
    expect(match('GET', '/user')?.operation.id).toBe('users/get-authenticated')
  })

  test('parameters of many segments are read whole, raw or encoded', () => {
    expect(match('GET', '/repos/acme/access/git/ref/heads/a/b')?.params['ref']).toBe('heads/a/b')
    expect(match('GET', '/repos/acme/access/git/ref/heads%2Fa%2Fb')?.params['ref']).toBe('heads/a/b')
    expect(match('GET', '/repos/acme/access/compare/main...a/b')?.params['basehead']).toBe('main...a/b')
    expect(match('GET', '/repos/acme/access/contents/requests/a%20b.yml')?.params['path']).toBe('requests/a b.yml')
    expect(match('GET', '/users/addendum%5Bbot%5D')?.params['username']).toBe('addendum[bot]')
  })

  test('an encoded slash does not leave its segment', () => {
    expect(match('GET', '/repos/acme/access%2Fpulls')?.params).toEqual({ owner: 'acme', repo: 'access/pulls' })
    expect(match('GET', '/repos/acme/access/commits/main%2Fcheck-runs')?.operation.id).toBe('repos/get-commit')
  })

  test('the root folder and all references may be asked for without a name', () => {
    expect(match('GET', '/repos/acme/access/contents/')?.params['path']).toBe('')
    expect(match('GET', '/repos/acme/access/contents')?.params['path']).toBe('')
    expect(match('GET', '/repos/acme/access/git/matching-refs/')?.params['ref']).toBe('')
    expect(match('PUT', '/repos/acme/access/contents/')).toBeUndefined()
    expect(match('GET', '/repos/acme/access/git/ref/')).toBeUndefined()
  })

  test('the method is read in any case', () => {
    expect(match('patch', '/repos/acme/access/pulls/7')?.operation.id).toBe('pulls/update')
  })

  test.each([
    ['an unknown path', 'GET', '/repos/acme/access/secrets'],
    ['a method that the path has not', 'DELETE', '/repos/acme/access/pulls/7'],
    ['an unknown method', 'CONSTRUCTOR', '/user'],
    ['a word for a number', 'GET', '/repos/acme/access/pulls/seven'],
    ['a number too large to be one', 'GET', '/repos/acme/access/pulls/9007199254740993'],
    ['a broken encoding', 'GET', '/users/%E0%A4%A'],
    ['an empty segment', 'GET', '/repos//access'],
    ['a trailing slash', 'GET', '/repos/acme/access/pulls/'],
    ['a longer path', 'GET', '/user/7/x']
  ])('%s matches nothing', (_, method, path) => {
    expect(match(method, path)).toBeUndefined()
  })
})

describe('requests', () => {
  test('a right request has no violation', () => {
    expect(check('pulls/create', { title: 'Read', head: 'request', base: 'main', draft: false })).toEqual([])
    expect(check('pulls/merge', undefined)).toEqual([])
    expect(check('pulls/list', undefined, 'state=all&per_page=100&page=2&unknown=1')).toEqual([])
    expect(check('git/create-tree', { tree: [{ path: 'a', mode: '100644', type: 'blob', sha: null }] })).toEqual([])
  })

  test('a missing field is named, with what it belongs to', () => {
    expect(check('pulls/create', { title: 'Read', base: 'main' })).toEqual([
      { resource: 'PullRequest', field: 'head', code: 'missing_field', message: 'head is required' }
    ])
    expect(brief(check('pulls/create', undefined))).toEqual(['head missing_field', 'base missing_field'])
  })

  test('a wrong type, a wrong choice and a list too long are invalid, at any depth', () => {
    expect(brief(check('pulls/merge', { sha: 3 }))).toEqual(['sha invalid'])
    expect(brief(check('pulls/merge', { merge_method: 'octopus' }))).toEqual(['merge_method invalid'])
    expect(brief(check('pulls/create', 'text'))).toEqual([' invalid'])
    const annotations = Array.from({ length: 51 }, () => ({
      path: 'a',
      start_line: 1,
      end_line: 1,
      annotation_level: 'notice',
      message: 'm'
    }))
    const output = { title: 't', summary: 's', annotations }
    expect(brief(check('checks/create', { name: 'n', head_sha: 's', output }))).toEqual(['output.annotations invalid'])
    expect(brief(check('checks/create', { name: 'n', head_sha: 's', output: { title: 't' } }))).toEqual([
      'output.summary missing_field'
    ])
  })

  test('an unknown field of the body is refused, so that a misspelt one is found', () => {
    expect(check('pulls/merge', { merge_methd: 'squash' })).toEqual([
      {
        resource: 'PullRequest',
        field: 'merge_methd',
        code: 'custom',
        message: '"merge_methd" is not a permitted key.'
      }
    ])
    expect(brief(check('pulls/get', { surprise: 1 }))).toEqual(['surprise custom'])
    expect(brief(check('pulls/merge', JSON.parse('{"__proto__": 1, "constructor": 2}')))).toEqual([
      '__proto__ custom',
      'constructor custom'
    ])
  })

  test('fields of any form of the body are known', () => {
    expect(check('checks/update', { status: 'completed', conclusion: 'success' })).toEqual([])
    expect(check('issues/add-labels', { labels: ['access'] })).toEqual([])
  })

  test('query and path are held to their types', () => {
    expect(brief(check('pulls/list', undefined, 'per_page=many'))).toEqual(['per_page invalid'])
    expect(brief(check('pulls/list', undefined, 'state=merged'))).toEqual(['state invalid'])
    expect(brief(check('pulls/get', undefined, '', { pull_number: 'seven' }))).toEqual(['pull_number invalid'])
  })

  test('a hostile body cannot provoke an endless list of errors', () => {
    const tree = Array.from({ length: 500 }, () => ({ mode: 'x' }))
    expect(check('git/create-tree', { tree })).toHaveLength(20)
    const fields = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, 1]))
    expect(check('pulls/merge', fields)).toHaveLength(20)
  })

  test.each([
    ['git/create-ref', 'Reference'],
    ['git/create-tree', 'Tree'],
    ['git/create-commit', 'Commit'],
    ['checks/create', 'CheckRun'],
    ['pulls/create-review', 'PullRequestReview'],
    ['issues/create', 'Issue'],
    ['issues/create-comment', 'IssueComment'],
    ['issues/create-label', 'Label']
  ])('%s is about a %s', (id, resource) => {
    expect(check(id, { surprise: 1 }).map(violation => violation.resource)).toContain(resource)
  })
})

describe('responses', () => {
  const ref = {
    ref: 'refs/heads/main',
    node_id: 'n',
    url: 'https://github.local/ref',
    object: { type: 'commit', sha: 'a'.repeat(40), url: 'https://github.local/commit' }
  }

  test('a right response passes', () => {
    expect(checkResponse(operation('git/get-ref'), 200, ref)).toEqual([])
    expect(checkResponse(operation('git/delete-ref'), 204, undefined)).toEqual([])
  })

  test('a wrong response is told with its place', () => {
    expect(checkResponse(operation('git/get-ref'), 200, { ...ref, object: { ...ref.object, sha: 7 } })).toEqual([
      'git/get-ref 200 /object/sha: must be string'
    ])
    expect(checkResponse(operation('git/get-ref'), 200, { ...ref, ref: undefined }).length).toBeGreaterThan(0)
    expect(checkResponse(operation('git/get-ref'), 200, { ...ref, url: 'not a URL' })).toHaveLength(1)
  })

  test('a body where none belongs, and a status that is not documented, are told', () => {
    expect(checkResponse(operation('git/delete-ref'), 204, {})).toHaveLength(1)
    expect(checkResponse(operation('git/get-ref'), 201, ref)).toHaveLength(1)
    expect(checkResponse(operation('git/get-ref'), 418, { message: 'teapot' })).toHaveLength(1)
  })

  test('errors that GitHub answers anywhere have the shape of its errors', () => {
    for (const status of [401, 403, 404, 422, 429, 500, 502, 503]) {
      expect(checkResponse(operation('rate-limit/get'), status, { message: 'no' })).toEqual([])
      expect(checkResponse(operation('rate-limit/get'), status, { error: 'no' })).toHaveLength(1)
    }
    expect(checkResponse(operation('rate-limit/get'), 304, undefined)).toEqual([])
  })

  test('a documented error without a documented body may say why', () => {
    expect(cutOperation('pulls/request-reviewers').responses['422']).toBeNull()
    expect(checkResponse(operation('pulls/request-reviewers'), 422, { message: 'not a collaborator' })).toEqual([])
  })
})

describe('filling in', () => {
  test('every documented response can be filled in from nothing, and then conforms', () => {
    for (const { id, statuses } of operations()) {
      for (const status of statuses) {
        const place = operation(id)
        expect(checkResponse(place, status, complete(place, status, undefined))).toEqual([])
      }
    }
  })

  test('every webhook can be filled in from nothing, and then conforms', () => {
    for (const place of Object.keys(description().webhooks)) {
      const [event = '', action] = place.split('.')
      const payload = completeWebhook(event, action, undefined)
      expect(checkWebhook(event, action, payload)).toEqual([])
      if (action !== undefined) expect(payload).toHaveProperty('action', action)
    }
  })

  test('what is given stays, at any depth, null included', () => {
    const pulls = operation('pulls/get')
    const given = {
      number: 7,
      title: 'Read',
      body: null,
      merged: true,
      extra: 'kept',
      user: { login: 'octocat', id: 583231 },
      head: { ref: 'request', sha: 'a'.repeat(40) },
      labels: [{ name: 'access' }]
    }
    const before = structuredClone(given)
    const filled = complete(pulls, 200, given)
    expect(filled).toMatchObject(given)
    expect(given).toEqual(before)
    expect(checkResponse(pulls, 200, filled)).toEqual([])
  })

  test('a wrong value is not mended, but told', () => {
    const pulls = operation('pulls/get')
    expect(checkResponse(pulls, 200, complete(pulls, 200, { number: 'seven' }))).toEqual([
      'pulls/get 200 /number: must be integer'
    ])
  })

  test('a field that is undefined counts as left out', () => {
    expect(complete(operation('git/get-ref'), 200, { ref: undefined })).toHaveProperty('ref', '')
  })

  test('of several forms, the one that was meant is filled in', () => {
    const account = (partial: unknown): unknown =>
      (complete(operation('apps/get-installation'), 200, { account: partial }) as { account: unknown }).account
    expect(account({ login: 'acme', type: 'Organization' })).toHaveProperty('site_admin', false)
    expect(account({ slug: 'acme-inc', name: 'Acme' })).toHaveProperty('created_at', null)
    const contents = operation('repos/get-content')
    expect(complete(contents, 200, { type: 'file', path: 'a' })).toHaveProperty('encoding')
    expect(complete(contents, 200, { type: 'symlink', path: 'a' })).toHaveProperty('target')
    expect(complete(contents, 200, [{ type: 'dir', path: 'a' }])).toHaveProperty([0, 'html_url'], null)
  })

  test('what several schemas ask together is met together', () => {
    const payload = completeWebhook('issue_comment', 'created', { issue: { number: 7 } })
    expect(payload).toHaveProperty('issue.user.login')
  })

  test('what is invented is listed by place, and what is given is not', () => {
    complete(operation('checks/list-annotations'), 200, [{ path: 'a', start_line: 1 }])
    expect(inventedFields()).toContain('checks/list-annotations 200 /*/end_line')
    expect(inventedFields()).not.toContain('checks/list-annotations 200 /*/path')
  })

  test('an invented address resolves nowhere', () => {
    expect(complete(operation('git/get-ref'), 200, {})).toMatchObject({ url: 'https://github.invalid/' })
  })

  test('a hostile field name is carried as data', () => {
    const topics = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "c"}') as object
    const filled = complete(operation('repos/get'), 200, topics) as object
    expect(Object.hasOwn(filled, '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype)
    expect(filled).not.toHaveProperty('polluted')
  })

  test('a response without a body, and an unknown webhook, are left alone', () => {
    expect(complete(operation('git/delete-ref'), 204, undefined)).toBeUndefined()
    expect(completeWebhook('constructor', undefined, { a: 1 })).toEqual({ a: 1 })
  })
})

interface Examples {
  name: string
  examples: { action?: string }[]
}

describe('webhooks', () => {
  const file = new URL('../../../node_modules/@octokit/webhooks-examples/api.github.com/index.json', import.meta.url)
  const examples = (JSON.parse(readFileSync(file, 'utf8')) as Examples[])
    .filter(({ name }) => selectedEvents.includes(name))
    .flatMap(({ name, examples: payloads }) => payloads.map((payload, index) => ({ name, payload, index })))

  test('an unknown event or action is told', () => {
    expect(checkWebhook('pull_request', 'exploded', {})).toHaveLength(1)
    expect(checkWebhook('constructor', undefined, {})).toHaveLength(1)
    expect(checkWebhook('push', 'opened', {})).toHaveLength(1)
  })

  test('a wrong payload is told with its place', () => {
    const payload = completeWebhook('pull_request', 'opened', { number: 'seven' })
    expect(checkWebhook('pull_request', 'opened', payload)).toEqual(['pull_request.opened /number: must be integer'])
    expect(checkWebhook('pull_request', 'closed', completeWebhook('pull_request', 'opened', {}))).not.toEqual([])
  })

  test('every event that is selected has its actions', () => {
    const events = new Set(Object.keys(description().webhooks).map(place => place.split('.')[0]))
    expect([...events].toSorted()).toEqual([...selectedEvents].toSorted())
    expect(description().webhooks).toHaveProperty(['pull_request.synchronize'])
    expect(description().webhooks).toHaveProperty(['check_run.requested_action'])
  })

  // The real payloads are older than the description: they lack fields that GitHub has added since, and some times were
  // written otherwise (UNIX seconds, or with a space). Filled in, and with those two named, each must conform.
  test('real payloads conform once the fields added since are filled in', () => {
    expect(examples.length).toBeGreaterThan(150)
    const old = new RegExp(
      [
        /^installation(_repositories)?\.\w+ \/installation\/(created|updated)_at: must be string$/,
        /^check_run\.rerequested \/check_run(\/check_suite)?\/app\/(created|updated)_at: must match format "date-time"$/
      ]
        .map(({ source }) => source)
        .join('|')
    )
    for (const { name, payload, index } of examples) {
      const filled = completeWebhook(name, payload.action, payload)
      const told = checkWebhook(name, payload.action, filled).filter(sentence => !old.test(sentence))
      expect({ name, index, told }).toEqual({ name, index, told: [] })
    }
  })

  test('most real payloads conform as they are', () => {
    const conforming = examples.filter(({ name, payload }) => checkWebhook(name, payload.action, payload).length === 0)
    expect(conforming.length).toBeGreaterThanOrEqual(115)
  })
})
