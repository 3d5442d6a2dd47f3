// The table of providers: what is in the folder is in the table and in the schema, and opening loads on demand.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import schema from '../../policies/schemas/providers.schema.json' with { type: 'json' }
import { systemClock } from '../../src/clock.ts'
import { kinds, openProviders } from '../../src/providers/index.ts'
import type { Instance } from '../../src/providers/instances.ts'
import { keepingLog } from './keeping-log.ts'

const folder = join(import.meta.dirname, '../../src/providers')
const memory: Instance = { name: 'db', settings: { kind: 'memory', resources: { ledger: ['reader'] } } }
const ports = () => ({ log: keepingLog(), clock: systemClock })

test('every file that takes up the interface is in the table, and the table names no other', () => {
  const takesUp = /import type \{[^}]*\bProvider\b[^}]*\} from '\.\/provider\.ts'/
  const found = readdirSync(folder)
    .filter(file => file.endsWith('.ts') && file !== 'index.ts')
    .filter(file => takesUp.test(readFileSync(join(folder, file), 'utf8')))
  expect(Object.keys(kinds).sort()).toEqual(found.map(file => file.replace('.ts', '')).sort())
})

test('the schema knows the same kinds', () => {
  expect(Object.keys(schema.$defs).sort()).toEqual(Object.keys(kinds).sort())
  const one = schema.properties.providers.additionalProperties
  expect([...one.properties.kind.enum].sort()).toEqual(Object.keys(kinds).sort())
  expect(one.allOf.map(each => each.then.$ref.replace('#/$defs/', '')).sort()).toEqual(Object.keys(kinds).sort())
})

test('opens each instance under its name, and sends nothing', async () => {
  const opened = await openProviders(
    [
      memory,
      {
        name: 'payments-db',
        settings: {
          kind: 'postgres',
          host: '127.0.0.1',
          port: 1,
          database: 'x',
          user: 'y',
          databases: { a: { roles: ['b'] } }
        }
      },
      { name: 'github', settings: { kind: 'github', token: 't' } }
    ],
    ports()
  )
  expect([...opened].map(([name, provider]) => [name, provider.name])).toEqual([
    ['db', 'db'],
    ['payments-db', 'payments-db'],
    ['github', 'github']
  ])
  for (const provider of opened.values()) await provider.close()
})

test('an instance that cannot be opened is a Fault that names it, and nothing stays open', async () => {
  const wrong: Instance = { name: 'mirror', settings: { kind: 'github', token: 't', api: 'http://github.example.com' } }
  await expect(openProviders([memory, wrong], ports())).rejects.toMatchObject({
    code: 'provider.refused',
    retry: false,
    message: expect.stringContaining('mirror')
  })
})
