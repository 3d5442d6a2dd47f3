// #79 A role, a database or a login is named so that its name is SQL. Names are held against the operator's list
// first, and quoted by the driver then.
import { readFileSync } from 'node:fs'
import type { PoolClient } from 'pg'
import { escapeIdentifier } from 'pg'
import { expect, test } from 'vitest'
import { openMemory } from '../../src/providers/memory.ts'
import { changeMembership } from '../../src/providers/postgres/membership.ts'
import { approve, ask, checks, story, works } from '../stories/company.ts'
import { refusedEvenMerged } from './scene.ts'

const path = 'contracts/payments-production.yml'
const contract = readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')
const hostile = [
  'reader"; DROP ROLE auditor; --',
  'reader TO octocat; GRANT writer',
  "reader'); --",
  'reader"',
  'a"b""c'
]

story(
  '#79 a role whose name is a statement is admitted by no provider',
  { files: { [path]: contract.replace('role: reader', `role: ${JSON.stringify(hostile[0])}`) } },
  async house => {
    const pull = await ask(house)
    await approve(house, pull)
    expect((await checks(house, pull)).terms).toBe('failure')
    expect(works(house)).toBe(false)
    await refusedEvenMerged(house, pull, 'provider-ready')
    expect(house.payments.calls).toEqual([])
  }
)

test('#79 whatever name reaches PostgreSQL is one identifier of one statement', async () => {
  for (const role of hostile) {
    for (const change of ['give', 'silence', 'remove'] as const) {
      const sent: string[] = []
      const client = { escapeIdentifier, query: async (text: string) => void sent.push(text) } as unknown as PoolClient
      await changeMembership(client, { provider: 'db', identity: role, resource: 'ledger', role }, change, 160_000)
      expect(sent).toHaveLength(1)
      const bare = (sent[0] ?? '').replace(/"(?:[^"]|"")*"/g, 'NAME')
      expect(bare).toMatch(/^(GRANT NAME TO NAME WITH [A-Z, ]+|REVOKE NAME FROM NAME) GRANTED BY CURRENT_USER$/)
    }
  }
})

test('#79 a name that nobody can read is refused before it is looked up', () => {
  const provider = openMemory('db', {
    kind: 'memory',
    resources: { ledger: ['reader', 'reader\u0000', 'read\u202eer'] }
  })
  for (const role of ['reader\u0000', 'read\u202eer', 'reader\n'])
    expect(provider.admits({ provider: 'db', identity: 'octocat', resource: 'ledger', role })).toBeDefined()
  expect(provider.admits({ provider: 'db', identity: 'octocat', resource: 'ledger', role: 'reader' })).toBeUndefined()
})
