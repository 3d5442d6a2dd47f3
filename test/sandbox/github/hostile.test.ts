// The local GitHub under hostile requests: whatever is asked, it answers, and never falls over.
import { expect, test } from 'vitest'
import { operations } from '../../../src/sandbox/github/description/description.ts'
import { AT, BASE, company, openRequest } from './world.ts'

const STRINGS = [
  '__proto__',
  'constructor',
  'toString',
  '..',
  '%00',
  'a/../../b',
  '<script>',
  '-1',
  '0',
  '99999999999999999999',
  '💥',
  'x'.repeat(5000)
]
const BODIES = [
  'null',
  '[]',
  '"text"',
  '{}',
  '{"__proto__":{"x":1}}',
  '{"sha":"__proto__","ref":"refs/heads/__proto__","state":"constructor"}',
  '[[[[',
  '1e999'
]

test('no operation answers 500, whatever its path, query and body hold', async () => {
  const c = await company({ requestsPerHour: 1_000_000 })
  await openRequest(c)
  const failures: string[] = []
  const credentials = [c.tokens['monalisa'] ?? '', c.installationToken, c.appJwt()]
  let asked = 0
  for (const { id, method, template } of operations()) {
    if (id.endsWith('installation') && method !== 'GET') continue // it would end the app's access for the rest
    for (const [i, hostile] of STRINGS.entries()) {
      const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(
          { ...AT, org: 'acme', team_slug: 'leads', branch: hostile, username: i % 2 === 0 ? 'mona' : hostile }[name] ??
            hostile
        )
      )
      const body = method === 'GET' ? {} : { body: BODIES[i % BODIES.length] ?? '' }
      const url = `${BASE}${path}?page=${encodeURIComponent(hostile)}&per_page=-1&ref=${encodeURIComponent(hostile)}&sha=${encodeURIComponent(hostile)}&cursor=x`
      const authorization = `Bearer ${credentials[i % credentials.length] ?? ''}`
      const response = await c.github.fetch(new Request(url, { method, headers: { authorization }, ...body }))
      asked++
      if (response.status >= 500) failures.push(`${response.status} ${id} ${hostile}`)
    }
  }
  expect(asked).toBeGreaterThan(1000)
  expect(c.github.violations).toEqual([])
  expect(failures).toEqual([])
})

test("a branch may have any name that git allows, even those of JavaScript's own objects", async () => {
  const c = await company()
  for (const branch of ['constructor', '__proto__', 'hasOwnProperty']) {
    const { number } = await openRequest(c, branch, { [`requests/${branch}.yml`]: 'x' })
    expect((await c.app.rest.repos.getBranch({ ...AT, branch })).data).toMatchObject({ name: branch, protected: false })
    expect((await c.app.rest.pulls.merge({ ...AT, pull_number: number })).data.merged).toBe(true)
    const file = await c.app.rest.repos.getContent({ ...AT, path: `requests/${branch}.yml` })
    expect(file.data).toMatchObject({ type: 'file' })
  }
})

test("a path called like an object's own parts is a file like any other", async () => {
  const c = await company()
  await openRequest(c, 'odd', { '__proto__/constructor': 'x', 'requests/é 💥.yml': 'y' })
  const files = (await c.app.rest.pulls.listFiles({ ...AT, pull_number: 1 })).data
  expect(files.map(f => f.filename)).toEqual(['__proto__/constructor', 'requests/é 💥.yml'])
})
