import { expect, test } from 'vitest'
import { createLog, masked } from '../src/log.ts'

function logged(level: string) {
  const lines: string[] = []
  const log = createLog(level, { write: line => void lines.push(line) })
  const parsed = () => lines.map(line => JSON.parse(line) as Record<string, unknown>)
  return { log, text: () => lines.join(''), lines: parsed }
}

const TOKEN = `ghs_${'a1B2'.repeat(9)}`
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----'

test('a line has its details and its sentence', () => {
  const { log, lines } = logged('info')
  log.info({ key: 'pull/1/2' }, 'Looked')
  expect(lines()[0]).toMatchObject({ level: 30, key: 'pull/1/2', msg: 'Looked' })
})

test('lines below the level are not written', () => {
  const { log, text } = logged('warn')
  log.info({}, 'Quiet')
  expect(text()).toBe('')
})

test.each([
  { headers: { authorization: `token ${TOKEN}` } },
  { request: { headers: { authorization: 'Basic dXNlcjpodW50ZXIyMg==', cookie: 'hunter22-session' } } },
  { password: 'hunter22' },
  { config: { privateKey: PEM } },
  { err: new Error(`cannot connect to postgres://addendum:hunter22@db/addendum with ${TOKEN}`) },
  { note: `Bearer hunter22.hunter22` },
  { jwt: 'x', text: `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${'s'.repeat(20)}` },
  { text: PEM }
])('no secret survives in %j', details => {
  const { log, text, lines } = logged('info')
  log.info(details, 'Details')
  expect(text()).not.toMatch(/hunter22|ghs_|eyJ|MIIEow|dXNlcjp/)
  expect(text()).toContain('[secret]')
  expect(lines()).toHaveLength(1)
})

test('a child keeps its details, and hides as its parent does', () => {
  const { log, text, lines } = logged('info')
  log.child({ pull: 7, token: 'hunter22' }).info({}, 'Child')
  expect(lines()[0]).toMatchObject({ pull: 7 })
  expect(text()).not.toContain('hunter22')
})

test('ordinary text is left alone', () => {
  const text = 'GET https://api.github.com/repos/acme/access?page=2 at 12:30 by octocat'
  expect(masked(text)).toBe(text)
})
