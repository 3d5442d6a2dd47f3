// #69 The app's key is stolen. Whoever has it may do what the app may, so the app may next to nothing, and more than
// it needs is found and told.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { at } from '../house.ts'
import { appPermissions } from '../../src/model/protection.ts'
import { story } from '../stories/company.ts'
import { appAlone } from './scene.ts'

test('#69 the app asks for seven permissions, and for none that changes rules, workflows, members or secrets', () => {
  const manifest = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as {
    default_permissions: Record<string, string>
  }
  const written = { contents: 'write', pull_requests: 'write', checks: 'write', issues: 'write' }
  const least = { metadata: 'read', merge_queues: 'read', members: 'read', ...written }
  expect(manifest.default_permissions).toEqual(least)
  expect(appPermissions).toEqual(least)
})

story(
  '#69 with the app’s own token nobody rewrites the ledger, lifts a rule or joins a team',
  undefined,
  async house => {
    const thief = await appAlone(house)
    const [name = '', tip = ''] = house.git.refs.list('refs/heads/ledger/')[0] ?? []
    const parent = house.git.commit(tip)?.parents[0] ?? house.git.refs.get('refs/heads/main') ?? ''
    const ruleset = house.repository.rulesets[0]?.id ?? 0
    const tries = [
      thief.rest.git.updateRef({ ...at, ref: name.replace('refs/', ''), sha: parent, force: true }),
      thief.rest.git.deleteRef({ ...at, ref: name.replace('refs/', '') }),
      thief.rest.repos.updateRepoRuleset({ ...at, ruleset_id: ruleset, enforcement: 'disabled' }),
      thief.rest.teams.addOrUpdateMembershipForUserInOrg({
        org: at.owner,
        team_slug: 'payments-leads',
        username: 'hubot'
      }),
      thief.rest.git.updateRef({ ...at, ref: 'heads/main', sha: tip, force: true })
    ]
    for (const outcome of await Promise.allSettled(tries)) expect(outcome.status).toBe('rejected')
    expect(house.git.refs.get(name)).toBe(tip)
  }
)

story(
  '#69 an app that holds more than it needs is found, and the ledger says so',
  { permissions: { ...appPermissions, administration: 'write' } },
  async house => {
    await house.sweep()
    const found = house.records().flatMap(record => (record.type === 'protection.observed' ? record.findings : []))
    expect(found).toContain('permission-excess')
  }
)
