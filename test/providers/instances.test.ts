// The operator's file: what it may say, where it is wrong, and that no problem ever tells a secret.
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import schema from '../../policies/schemas/providers.schema.json' with { type: 'json' }
import { formatProblem, type Problem } from '../../src/model/problem.ts'
import { readInstances } from '../../src/providers/instances.ts'

const whole = `apiVersion: addendum/v1
kind: Providers
providers:
  payments-db:
    kind: postgres
    host: db.\${DOMAIN}
    database: postgres
    user: addendum
    password: \${DB_PASSWORD}
    databases:
      ledger: {roles: [ledger_reader]}
      orders: {roles: [orders_reader]}
  github:
    kind: github
    token: \${TOKEN}
    teams:
      acme/oncall: {managed: true, roles: [member], permanent: [583231]}
`
const environment = { DOMAIN: 'example.com', DB_PASSWORD: 'open: [sesame]\n', TOKEN: 'ghp_sesame' }
const read = (text: string, given: Record<string, string | undefined> = environment) =>
  readInstances('providers.yml', text, given)

function problemsOf(text: string, given?: Record<string, string | undefined>): Problem[] {
  const answer = read(text, given)
  if (answer.ok) throw new Error('the file was accepted')
  return answer.problems
}
const places = (text: string, given?: Record<string, string | undefined>) =>
  problemsOf(text, given).map(({ code, line, column }) => `${code} ${line}:${column}`)

test('reads every instance with its references filled in, as texts and never as YAML', () => {
  const answer = read(whole)
  expect(answer).toMatchObject({
    ok: true,
    value: [
      {
        name: 'payments-db',
        settings: {
          kind: 'postgres',
          host: 'db.example.com',
          password: 'open: [sesame]',
          databases: { ledger: { roles: ['ledger_reader'] } }
        }
      },
      { name: 'github', settings: { kind: 'github', token: 'ghp_sesame' } }
    ]
  })
})

test("the schema's own examples are accepted", () => {
  const names = JSON.stringify(schema).matchAll(/\$\{([A-Z_]+)\}/g)
  const all = Object.fromEntries([...names].map(([, name]) => [name, 'x']))
  for (const example of schema.examples) expect(read(stringify(example), all)).toMatchObject({ ok: true })
  for (const [kind, def] of Object.entries(schema.$defs)) {
    for (const example of def.examples) {
      const text = stringify({ apiVersion: 'addendum/v1', kind: 'Providers', providers: { one: example } })
      expect(read(text, all), kind).toMatchObject({ ok: true })
    }
  }
})

describe('is wrong on the exact place', () => {
  const app = 'app: {id: "1", installation: "2", privateKey: k}'
  test.each([
    ['a misspelt key', whole.replace('password:', 'pasword:'), ['schema.unknown-key 9:5']],
    ['an unknown kind', whole.replace('kind: postgres', 'kind: mysql'), ['schema.value 5:11']],
    ['a missing key', whole.replace('    user: addendum\n', ''), ['schema.missing 4:3']],
    ['a key of another kind', whole.replace('    token', '    host: x\n    token'), ['schema.unknown-key 15:5']],
    ['a token beside an App', whole.replace('    teams', `    ${app}\n    teams`), ['schema.choice 13:3']],
    ['neither a token nor an App', whole.replace('    token: ${TOKEN}\n', ''), ['schema.choice 13:3']],
    ['a team that nobody has dedicated', whole.replace('managed: true, ', ''), ['schema.missing 17:7']],
    ['a team that is not dedicated', whole.replace('managed: true', 'managed: false'), ['schema.value 17:30']],
    ['a login where an id belongs', whole.replace('583231', 'octocat'), ['schema.type 17:65']],
    ['a role that GitHub has not', whole.replace('[member]', '[owner]'), ['schema.value 17:44']],
    ['a role that PostgreSQL reserves', whole.replace('[ledger_reader]', '[pg_read_all_data]'), ['schema.value 11:24']],
    ['a role of two databases', whole.replace('orders_reader', 'ledger_reader'), ['value.duplicate 12:24']],
    ['a name that no contract could write', whole.replace('payments-db:', 'Payments DB:'), ['schema.value 4:3']],
    ['a duplicate key', whole.replace('    password:', '    user: other\n    password:'), ['yaml.duplicate 9:5']],
    ['an alias', whole.replace('host: db.${DOMAIN}', 'host: *other'), ['yaml.alias 6:11']]
  ])('%s', (_, text, expected) => expect(places(text)).toEqual(expected))

  test.each([
    ['a variable that is missing', whole, { ...environment, TOKEN: undefined }, ['value.reference 15:12']],
    ['a variable that is empty', whole, { ...environment, DOMAIN: ' \n' }, ['value.reference 6:11']],
    ['all that are missing', whole, {}, ['6:11', '9:15', '15:12'].map(place => `value.reference ${place}`)],
    ['a reference with a default', whole.replace('${TOKEN}', '${TOKEN:-x}'), environment, ['value.reference 15:12']],
    ['a reference within one', whole.replace('${TOKEN}', '${A${TOKEN}}'), environment, ['value.reference 15:12']],
    ['a reference that is not closed', whole.replace('${TOKEN}', '${TOKEN'), environment, ['value.reference 15:12']],
    ['what every object has', whole.replace('${TOKEN}', '${constructor}'), environment, ['value.reference 15:12']],
    ['a reference in a list', whole.replace('[ledger_reader]', '["${TOKEN}"]'), environment, ['schema.value 11:24']]
  ])('%s', (_, text, given, expected) => expect(places(text, given)).toEqual(expected))
})

test('what a variable brings is not filled in again', () => {
  const answer = read(whole, { ...environment, TOKEN: '${DB_PASSWORD}' })
  expect(answer).toMatchObject({ ok: true, value: [{}, { settings: { token: '${DB_PASSWORD}' } }] })
})

test('a secret that stands in the file is told by no problem', () => {
  const secrets = [
    ...['[sesame]', '"sesame', '&sesame x'].map(text => whole.replace('${DB_PASSWORD}', text)),
    ...['{value: sesame}', '${sesame', 'sesame\n    host: y', `sesame${'x'.repeat(2000)}`].map(text =>
      whole.replace('${TOKEN}', text)
    ),
    whole.replace('password: ${DB_PASSWORD}', 'user: sesame'),
    whole.replace('kind: postgres', 'kind: sesame')
  ]
  for (const text of secrets) {
    const told = problemsOf(text)
      .map(problem => `${formatProblem(problem)}${JSON.stringify(problem)}`)
      .join('\n')
    expect(told, text).not.toContain('sesame')
    expect(told).not.toContain('ghp_')
  }
})
