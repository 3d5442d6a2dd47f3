import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/config/config-error.ts'
import { readConfig } from '../../src/config/config.ts'

const pemOf = (pair: { privateKey: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer } }) =>
  String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
const RSA = pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const ED25519 = pemOf(generateKeyPairSync('ed25519'))
const CERTIFICATE = 'Y2VydGlmaWNhdGU'.repeat(4)
const SECRET = 'f3a9c2e1b7d84065a1'

const env = (changes: Record<string, string | undefined> = {}) => ({
  APP_ID: '12345',
  PRIVATE_KEY: RSA,
  WEBHOOK_SECRET: SECRET,
  ADDENDUM_LEDGER_KEY: ED25519,
  ADDENDUM_LEDGER_CERTIFICATE: CERTIFICATE,
  ADDENDUM_REPOSITORIES: 'acme/access',
  ...changes
})

function problems(given: Record<string, string | undefined>): string[] {
  try {
    readConfig(given)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ variable, code }) => `${variable} ${code}`).sort()
    throw error
  }
  return []
}

test('six variables are enough, and the rest has safe defaults', () => {
  const config = readConfig(env())
  expect(config).toMatchObject({
    app: { id: 12345 },
    github: { host: 'github.com', protocol: 'https' },
    database: { url: undefined, directory: './.data' },
    repositories: ['acme/access'],
    providers: undefined,
    ledger: { certificate: CERTIFICATE },
    server: { host: '127.0.0.1', port: 3000 },
    status: undefined,
    log: 'info',
    sweep: '*/5 * * * *'
  })
  expect(config.webhook.secret.reveal()).toBe(SECRET)
  expect(config.app.privateKey.reveal().trim()).toBe(RSA.trim())
})

test('everything can be set', () => {
  const given = env({
    WEBHOOK_SECRET_PREVIOUS: `${SECRET}-before`,
    GHE_HOST: 'github.acme.example',
    DATABASE_URL: 'postgres://addendum:pw@db:5432/addendum',
    ADDENDUM_DATA: '/var/lib/addendum',
    ADDENDUM_PROVIDERS: '/etc/addendum/providers.yml',
    ADDENDUM_SWEEP: '0 * * * mon-fri',
    ADDENDUM_STATUS: '3001',
    HOST: '0.0.0.0',
    PORT: '8080',
    LOG_LEVEL: 'DEBUG'
  })
  const config = readConfig(given)
  expect(config).toMatchObject({
    github: { host: 'github.acme.example' },
    database: { directory: '/var/lib/addendum' },
    server: { host: '0.0.0.0', port: 8080 },
    status: { host: '127.0.0.1', port: 3001 },
    log: 'debug',
    sweep: '0 * * * mon-fri'
  })
  expect(config.webhook.previous?.reveal()).toBe(`${SECRET}-before`)
  expect(config.database.url?.reveal()).toBe(given['DATABASE_URL' as keyof typeof given])
  expect(config.ledger.key.reveal().trim()).toBe(ED25519.trim())
})

test.each([
  ['3001', { host: '127.0.0.1', port: 3001 }],
  ['0.0.0.0:3001', { host: '0.0.0.0', port: 3001 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  ['status.acme.example:80', { host: 'status.acme.example', port: 80 }]
])('the status page is shown at %s', (text, status) => {
  expect(readConfig(env({ ADDENDUM_STATUS: text })).status).toEqual(status)
})

test.each(['yes', ':3001', '70000', 'http://127.0.0.1:3001', '127.0.0.1', 'a b:1', '::1:80'])(
  'the status page is not shown at %s',
  text => expect(problems(env({ ADDENDUM_STATUS: text }))).toEqual(['ADDENDUM_STATUS invalid'])
)

test('all problems are told at once', () => {
  expect(problems({ PORT: '99999' })).toEqual([
    'ADDENDUM_LEDGER_CERTIFICATE missing',
    'ADDENDUM_LEDGER_KEY missing',
    'ADDENDUM_REPOSITORIES missing',
    'APP_ID missing',
    'PORT invalid',
    'PRIVATE_KEY missing',
    'WEBHOOK_SECRET missing'
  ])
})

test.each([
  ['APP_ID', 'Iv1.abc', 'invalid'],
  ['WEBHOOK_SECRET', 'development', 'unsafe'],
  ['WEBHOOK_SECRET', 'short', 'unsafe'],
  ['WEBHOOK_SECRET', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'unsafe'],
  ['WEBHOOK_SECRET', '   ', 'missing'],
  ['WEBHOOK_SECRET_PREVIOUS', 'development', 'unsafe'],
  ['PRIVATE_KEY', 'not a key', 'invalid'],
  ['PRIVATE_KEY', ED25519, 'invalid'],
  ['ADDENDUM_LEDGER_KEY', RSA, 'invalid'],
  ['ADDENDUM_LEDGER_KEY_PATH', '/does/not/exist.pem', 'unreadable'],
  ['ADDENDUM_REPOSITORIES', 'acme', 'invalid'],
  ['ADDENDUM_REPOSITORIES', 'acme/access;rm', 'invalid'],
  ['GHE_HOST', 'https://github.acme.example', 'invalid'],
  ['GHE_HOST', 'github.acme.example/api', 'invalid'],
  ['GHE_HOST', 'user@github.acme.example', 'invalid'],
  ['GHE_PROTOCOL', 'http', 'unsafe'],
  ['GHE_PROTOCOL', 'ftp', 'invalid'],
  ['DATABASE_URL', 'mysql://db', 'invalid'],
  ['DATABASE_URL', 'db:5432', 'invalid'],
  ['PORT', '-1', 'invalid'],
  ['PORT', '80a', 'invalid'],
  ['HOST', 'a b', 'invalid'],
  ['LOG_LEVEL', 'loud', 'invalid'],
  ['ADDENDUM_SWEEP', 'often', 'invalid'],
  ['ADDENDUM_SWEEP', '*/5 * * *', 'invalid'],
  ['ADDENDUM_PROVIDER', 'providers.yml', 'unknown'],
  ['ADDENDUM_SOMETHING_ELSE', '1', 'unknown']
])('%s=%s is refused as %s', (variable, value, code) => {
  expect(
    problems(env({ ...(variable.endsWith('_PATH') ? { [variable.slice(0, -5)]: undefined } : {}), [variable]: value }))
  ).toEqual([`${variable} ${code}`])
})

test('an unknown variable of ours is answered with the one that was meant', () => {
  expect(() => readConfig(env({ ADDENDUM_PROVIDER: 'x' }))).toThrow(/ADDENDUM_PROVIDERS\?/)
})

test('plain HTTP is allowed to this machine only', () => {
  for (const host of ['localhost:3001', '127.0.0.1', '[::1]:3001']) {
    expect(readConfig(env({ GHE_HOST: host, GHE_PROTOCOL: 'http' })).github).toEqual({ host, protocol: 'http' })
  }
  for (const host of ['localhost.acme.example', '127.0.0.1.acme.example', '10.0.0.1']) {
    expect(problems(env({ GHE_HOST: host, GHE_PROTOCOL: 'http' }))).toEqual(['GHE_PROTOCOL unsafe'])
  }
})

test('a key may come with literal line ends, as base64, or from a file, but not from two places', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'addendum-')), 'key.pem')
  writeFileSync(file, RSA)
  const forms = [
    { PRIVATE_KEY: RSA.replaceAll('\n', '\\n') },
    { PRIVATE_KEY: Buffer.from(RSA).toString('base64') },
    { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: file }
  ]
  for (const form of forms) expect(readConfig(env(form)).app.privateKey.reveal().trim()).toBe(RSA.trim())
  expect(problems(env({ PRIVATE_KEY_PATH: file }))).toEqual(['PRIVATE_KEY conflicting'])
})

test('no way of printing the configuration shows a secret', () => {
  const config = readConfig(env({ DATABASE_URL: 'postgres://a:hunter22@db/x', ADDENDUM_LEDGER_KEY: ED25519 }))
  const shown = inspect(config, { depth: 9, showHidden: true })
  for (const print of [JSON.stringify(config), shown, String(config.webhook.secret)]) {
    expect(print).toContain('[secret]')
    expect(print).not.toMatch(new RegExp(`${SECRET}|hunter22|PRIVATE KEY`))
  }
})

test('a problem never shows the value that caused it', () => {
  try {
    readConfig(env({ WEBHOOK_SECRET: 'hunter22', DATABASE_URL: 'mysql://a:hunter22@db', PRIVATE_KEY: 'hunter22' }))
    expect.unreachable()
  } catch (error) {
    expect(String(error)).not.toContain('hunter22')
  }
})

test('the configuration cannot be changed', () => {
  const config = readConfig(env())
  expect(() => Object.assign(config, { log: 'trace' })).toThrow(TypeError)
  expect(() => Object.assign(config.server, { host: '0.0.0.0' })).toThrow(TypeError)
})
