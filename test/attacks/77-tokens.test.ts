// #77 A token turns up in a log line, a comment or the ledger. What looks like a credential is masked in the log, and
// none is ever put anywhere else.
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { at } from '../house.ts'
import { comments, granted, hour, story } from '../stories/company.ts'

const secrets = [
  `ghs_${'a1B2c3D4'.repeat(5)}`,
  `github_pat_${'a1B2c3D4'.repeat(5)}`,
  `eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjQyNDJ9.${'a1B2'.repeat(10)}`,
  'postgres://addendum:correct-horse@db.example/ledger',
  '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----'
]
const hidden = ['a1B2c3D4', 'a1B2a1B2', 'correct-horse', 'MIIEowIBAAKCAQEA']

test('#77 no token, key or password survives in a line of the log, wherever it stands', () => {
  const lines: string[] = []
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk))
      done()
    }
  })
  const log = createLog('debug', sink)
  for (const secret of secrets) {
    log.info({ url: `https://x-access-token:${secret}@github.com/acme/access.git` }, `Cloned with ${secret}`)
    log.error({ err: new Error(`GitHub refused ${secret}`, { cause: new Error(secret) }) }, 'Failed')
    log.warn({ request: { headers: { authorization: `token ${secret}` } }, deep: [[{ any: secret }]] }, 'Asked')
  }
  expect(lines).toHaveLength(secrets.length * 3)
  for (const word of hidden) expect(lines.join('')).not.toContain(word)
})

story(
  '#77 in a request’s whole life no token reaches a check, a comment, a commit or the ledger',
  undefined,
  async house => {
    const pull = await granted(house, { duration: '1h' })
    await house.advance(hour)
    const tokens = [
      ...Object.keys(house.github.world.state.tokens),
      ...['lisa', 'octocat'].map(login => house.github.seed.tokenOf(login))
    ]
    expect(tokens.length).toBeGreaterThan(2)
    const { data: log } = await house.as.lisa.rest.repos.listCommits({ ...at, per_page: 100 })
    const { data: pulls } = await house.as.lisa.rest.pulls.list({ ...at, state: 'all' })
    const words = JSON.stringify([await comments(house, pull), house.repository.checks, house.records(), log, pulls])
    for (const token of tokens) expect(words).not.toContain(token)
    expect(words).not.toContain('PRIVATE KEY')
  }
)
