import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../src/model/document.ts'
import { formatProblem } from '../../src/model/problem.ts'
import { findSecrets } from '../../src/model/secrets.ts'
import { contractYaml, requestYaml } from './documents.ts'

const mixed = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5hJ7k'
// Joined here, so that no scanner takes this file for a leak.
const secrets: Record<string, string> = {
  'a GitHub token': `ghp_${mixed.slice(0, 36)}`,
  'a GitLab token': `glpat-${mixed.slice(0, 20)}`,
  'an AWS access key': ['AKIA', 'IOSFODNN7EXAMPLE'].join(''),
  'a Google API key': `AIza${mixed.slice(0, 35)}`,
  'a Google OAuth secret': `GOCSPX-${mixed.slice(0, 28)}`,
  'a Slack token': ['xoxb', '123456789012', mixed.slice(0, 24)].join('-'),
  'a Slack webhook': `https://hooks.slack.com/services/T00000000/B00000000/${mixed.slice(0, 24)}`,
  'a Stripe key': `sk_live_${mixed.slice(0, 24)}`,
  'an npm token': `npm_${mixed.slice(0, 36)}`,
  'a PyPI token': `pypi-AgE${mixed}${mixed}`,
  'a SendGrid key': `SG.${mixed.slice(0, 22)}.${mixed}`,
  'a Vault token': `hvs.${mixed.slice(0, 24)}`,
  'an Azure storage key': `AccountKey=${mixed}${mixed}==`,
  'a JSON Web Token': `eyJ${mixed.slice(0, 20)}.eyJ${mixed.slice(0, 20)}.${mixed}`,
  'a password in a URL': `postgres://admin:hunter2hunter2@db.example.com/payments`,
  'a credential in a header': `Authorization of Bearer ${mixed}`,
  'a private key': '-----BEGIN RSA PRIVATE KEY-----',
  'a password or key': `password: ${mixed.slice(0, 16)}`
}

describe('a document with a credential is refused', () => {
  test.each(Object.entries(secrets))('%s', (what, secret) => {
    const path = 'requests/payments-production/2026-11-22-octocat-read.yml'
    const parsed = parseDocument(path, requestYaml({ reason: `"Try ${secret} here"`, unknown: secret }))
    expect(parsed.ok).toBe(false)
    if (parsed.ok) return
    expect(new Set(parsed.problems.map(problem => problem.code))).toEqual(new Set(['document.secret']))
    expect(parsed.problems[0]).toMatchObject({ line: 7, found: what, file: path })
    // Never echoed, by nothing that a comment, a check or a log is made of.
    const core = secret.slice(-10)
    expect(JSON.stringify(parsed) + parsed.problems.map(formatProblem).join()).not.toContain(core)
  })

  test('on its exact line and columns, in bytes as in text, even where the YAML is broken', () => {
    const token = secrets['a GitHub token'] ?? ''
    const text = `kind: AccessRequest\n  broken: [\nreason: x ${token}\n`
    const problems = [text, Buffer.from(text)].map(source => parseDocument('requests/a/b.yml', source))
    for (const parsed of problems) {
      expect(parsed.ok ? [] : parsed.problems).toMatchObject([
        { code: 'document.secret', line: 3, column: 11, endLine: 3, endColumn: 11 + token.length }
      ])
    }
  })

  test('of every kind, and each credential once', () => {
    const text = contractYaml({ title: `token=${secrets['a GitHub token']} ${secrets['an AWS access key']}` })
    const parsed = parseDocument('contracts/payments-production.yml', text)
    expect(parsed.ok ? [] : parsed.problems.map(problem => problem.found)).toEqual([
      'a GitHub token',
      'an AWS access key'
    ])
  })
})

test.each([
  'db_password = "Tr0ub4dor&3xyz"',
  'API_KEY=9f86d081884c7d65',
  `"clientSecret": "${mixed.slice(0, 20)}"`,
  `dbPassword: '${mixed.slice(3, 17)}'`,
  `auth-token:\t${mixed.slice(5, 20)}`,
  `secret_key: ${mixed.slice(0, 30)}`
])('a value under a telling name is found: %s', text => {
  expect(findSecrets(text).map(({ what }) => what)).toEqual(['a password or key'])
})

test.each([
  'password: rotate-every-90-days',
  'password: please',
  'token: ${PAYMENTS_TOKEN_2026}',
  'secret: %SECRET_NAME_2026%',
  `expects: "sha256:${'0123456789abcdef'.repeat(4)}"`,
  'token: sha256:0123456789abcdef0123',
  'secret: payments-database-password2026',
  'resource: arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-9bCdEf',
  'access: [{provider: payments-db, resource: ledger, role: reader}]',
  'Rotate the password: it is old and everybody knows it.',
  'token: aaaaaaaaaaaaaaa1',
  'https://github.com/acme/access/blob/main/README.md',
  'see https://example.com:8080/path@2x.png',
  'ghp_tooshort',
  'Bearer of good news',
  'commit 0123456789abcdef0123456789abcdef01234567'
])('what is no credential is left alone: %s', text => {
  expect(findSecrets(text)).toEqual([])
})

test('nothing that ships with this repository is taken for a credential', () => {
  const root = join(import.meta.dirname, '../../policies')
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  expect(files.length).toBeGreaterThan(5)
  const found = files
    .map(file => join(file.parentPath, file.name))
    .filter(path => findSecrets(readFileSync(path, 'utf8')).length > 0)
  expect(found).toEqual([])
})

test('what is larger than its kind may be is refused for that, unread', () => {
  const parsed = parseDocument('requests/a/b.yml', `# ${secrets['a GitHub token']}\n`.repeat(1000))
  expect(parsed.ok ? [] : parsed.problems.map(problem => problem.code)).toEqual(['document.size'])
})

test('the scan is linear: 256 KiB of the worst text takes less than 250 ms', () => {
  const worst = [
    'eyJ',
    'eyJaaaaaaaa.',
    'a_',
    'password',
    'password:',
    'x://a:',
    '-----BEGIN A B ',
    'Bearer ',
    'ghp_',
    'xoxb-',
    'a://',
    ':',
    '@',
    `password: ${mixed} `,
    'AccountKey=',
    'SG.',
    'v1.'
  ]
  for (const part of worst) {
    const text = part.repeat(Math.ceil((256 * 1024) / part.length))
    const began = performance.now()
    findSecrets(text)
    expect([part, performance.now() - began < 250]).toEqual([part, true])
  }
})

test('whatever surrounds it, a token is found where it stands', () => {
  const around = fc.string({ unit: fc.constantFrom(' ', '\n', '"', "'", ':', ',', '(', ']', '{', 'é', '`', '|', '<') })
  fc.assert(
    fc.property(
      around,
      around,
      fc.constantFrom('a GitHub token', 'an AWS access key', 'an npm token'),
      (before, after, what) => {
        const secret = secrets[what] ?? ''
        expect(findSecrets(`${before}${secret}${after}`)).toContainEqual({
          start: before.length,
          end: before.length + secret.length,
          what
        })
      }
    ),
    { numRuns: 300 }
  )
})
