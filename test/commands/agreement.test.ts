// `addendum conform`, `who`, `what` and `controls` on working trees and on git's history.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseContract } from '../../src/model/contract.ts'
import type { ClauseChange } from '../../src/model/agreement.ts'
import { amendment, amendmentPath } from './amendment.ts'
import { addendum, request, requestPath, tree } from './tree.ts'

const id = 'payments-production'
const inside = '2026-12-02T10:00:00Z'

interface Conformed {
  ok: boolean
  digest: string
  applied: string[]
  provenance: Record<string, { by: string; id?: string }>
  unapplied: { id: string; code: string }[]
  notes: string[]
  yaml: string
}

const conform = async (root: string, ...flags: string[]) => {
  const { code, out, problems } = await addendum('conform', id, '-C', root, '--json', ...flags)
  return { code, problems, ...(out === '' ? {} : (JSON.parse(out) as Conformed)) }
}
const maxOf = (yaml: string | undefined): number | undefined => {
  const parsed = parseContract(`contracts/${id}.yml`, yaml ?? '')
  return parsed.ok ? parsed.value.clauses['C-read']?.duration?.maxSeconds : undefined
}

describe('conform', () => {
  test('prints a valid contract with where each clause comes from, and its digest', async () => {
    const root = tree({ [amendmentPath]: amendment() })
    const { code, out } = await addendum('conform', `contracts/${id}.yml`, '-C', root, '--at', inside)
    expect(code).toBe(0)
    expect(maxOf(out)).toBe(12 * 3_600)
    expect(out).toMatch(
      /^# In effect at 2026-12-02T10:00:00Z: sha256:[0-9a-f]{64}\n# As amended by 2026-12-migration-week\.\n/
    )
    expect(out).toContain('# amendment 2026-12-migration-week\n  C-read:')
  })

  test('is the contract itself before the amendment and after it, with the same digest', async () => {
    const root = tree({ [amendmentPath]: amendment() })
    const [before, within, after] = await Promise.all(
      ['2026-11-30T23:59:59Z', inside, '2026-12-08'].map(at => conform(root, '--at', at))
    )
    expect([before?.applied, within?.applied, after?.applied]).toEqual([[], ['2026-12-migration-week'], []])
    expect(before?.digest).toBe(after?.digest)
    expect(within?.digest).not.toBe(after?.digest)
    expect(within?.provenance).toMatchObject({
      'C-read': { by: 'amendment', id: '2026-12-migration-week' },
      'C-write': { by: 'contract' }
    })
  })

  test('shows what changes between two instants, in words and in lines', async () => {
    const root = tree({ [amendmentPath]: amendment() })
    const flags = ['conform', id, '-C', root, '--at', '2026-11-30', '--diff', inside]
    const { changes } = JSON.parse((await addendum(...flags, '--json')).out) as { changes: ClauseChange[] }
    expect(changes).toMatchObject([{ clause: 'C-read', kind: 'amended' }])
    expect(changes[0]?.fields.map(({ field, direction }) => `${field} ${direction}`)).toContain('duration.max looser')
    const { code, out } = await addendum(...flags)
    expect(code).toBe(0)
    expect(out).toContain('Longest duration: 8h → 12h (longer).')
    expect(out).toMatch(/\n {4}- .*max: 8h/)
    const none = await addendum('conform', id, '-C', root, '--at', '2026-11-29', '--diff', '2026-11-30')
    expect(none.out).toContain('No clause changes.')
  })

  test('answers 1 and says why where an amendment in its window cannot be applied', async () => {
    const missing = amendment({ changes: '[{strike: C-none}]' })
    const root = tree({ [amendmentPath]: missing })
    const found = await conform(root, '--at', inside)
    expect(found).toMatchObject({
      code: 1,
      ok: false,
      unapplied: [{ id: '2026-12-migration-week', code: 'clause-missing' }]
    })
    expect((await addendum('conform', id, '-C', root, '--at', inside)).out).toContain(
      '# Not applied: 2026-12-migration-week.'
    )
  })

  test('can not say what cannot be read: no contract, a broken amendment, a wrong name, no instant', async () => {
    expect((await addendum('conform', 'payments-prodution', '-C', tree())).problems).toContain('payments-production')
    const broken = [
      amendment({ reason: undefined }),
      amendment({ id: 'another' }),
      amendment({ contract: 'platform-tools' })
    ]
    for (const text of broken) expect(await conform(tree({ [amendmentPath]: text }))).toMatchObject({ code: 2 })
    expect(await conform(tree(), '--at', 'noon')).toMatchObject({ code: 2 })
    expect(await conform(tree(), '--diff', 'noon')).toMatchObject({ code: 2 })
  })
})

describe('a repository without a ledger branch', () => {
  const git = (root: string, at: string, ...args: string[]): string =>
    execFileSync('git', ['-C', root, '-c', 'user.name=mona', '-c', 'user.email=mona@example.com', ...args], {
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at }
    }).trim()
  /** The starter on main since March, the amendment merged in April by a pull request of March. */
  const repository = (text = amendment({ effective: '{from: 2026-05-01, until: 2026-06-01}' })): string => {
    const root = tree()
    git(root, '2026-03-01T00:00:00Z', 'init', '-q', '-b', 'main')
    git(root, '2026-03-01T00:00:00Z', 'add', '.')
    git(root, '2026-03-01T00:00:00Z', 'commit', '-qm', 'Start')
    git(root, '2026-03-02T00:00:00Z', 'checkout', '-qb', 'amend')
    execFileSync('mkdir', ['-p', join(root, 'amendments', id)])
    writeFileSync(join(root, amendmentPath), text)
    git(root, '2026-03-02T00:00:00Z', 'add', '.')
    git(root, '2026-03-02T00:00:00Z', 'commit', '-qm', 'Amend')
    git(root, '2026-04-01T00:00:00Z', 'checkout', '-q', 'main')
    git(root, '2026-04-01T00:00:00Z', 'merge', '-q', '--no-ff', '-m', 'Merge', 'amend')
    return root
  }

  test('the past is read from main: what was in effect then, whatever has been removed since', async () => {
    const root = repository()
    git(root, '2026-06-02T00:00:00Z', 'rm', '-q', amendmentPath)
    git(root, '2026-06-02T00:00:00Z', 'commit', '-qm', 'Revert')
    expect(await conform(root, '--at', '2026-05-02')).toMatchObject({ code: 0, applied: ['2026-12-migration-week'] })
    expect(await conform(root, '--at', '2026-04-02')).toMatchObject({ code: 0, applied: [] })
    expect(await conform(root, '--at', '2026-02-01')).toMatchObject({ code: 2 })
  })

  test('an amendment is merged when the first-parent commit brought it: of two on one clause the first stands', async () => {
    const root = repository(amendment({ effective: '{from: 2026-05-01, until: 2099-01-01}' }))
    const later = amendment({
      id: '2026-early',
      effective: '{from: 2026-05-01, until: 2099-01-01}',
      supersedes: '[2026-12-migration-week]'
    })
    writeFileSync(join(root, `amendments/${id}/2026-early.yml`), later)
    git(root, '2026-04-02T00:00:00Z', 'add', '.')
    git(root, '2026-04-02T00:00:00Z', 'commit', '-qm', 'Supersede')
    const found = await conform(root, '--at', '2098-01-01')
    expect(found).toMatchObject({ code: 0, applied: ['2026-early'], unapplied: [{ code: 'superseded' }] })
  })

  test('what is not on main, or not as it is there, is no law yet, and is named', async () => {
    const root = repository(amendment({ effective: '{from: 2026-05-01, until: 2099-01-01}' }))
    writeFileSync(join(root, amendmentPath), amendment({ effective: '{from: 2026-05-01, until: 2099-06-01}' }))
    const found = await conform(root, '--at', '2098-01-01')
    expect(found).toMatchObject({ code: 0, applied: [] })
    expect(found.notes?.[0]).toContain(amendmentPath)
    const { out } = await addendum('conform', id, '-C', root, '--at', '2098-01-01')
    expect(out).toContain(`# ${amendmentPath} is left out`)
  })
})

describe('who', () => {
  interface Ways {
    ways: {
      contract: string
      clause: string
      people: { logins: string[] }[]
      teams: string[]
      amendedBy: string | null
    }[]
    notes: string[]
  }
  const who = async (root: string, can: string, ...flags: string[]) => {
    const { code, out, problems } = await addendum('who', '--can', can, '-C', root, '--json', ...flags)
    return { code, problems, ...(out === '' ? { ways: [], notes: [] } : (JSON.parse(out) as Ways)) }
  }
  const teams = (root: string, text: string): string => {
    writeFileSync(join(root, 'teams.yml'), text)
    return join(root, 'teams.yml')
  }

  test('names the team where nobody told who is in it', async () => {
    const { code, ways } = await who(tree(), 'payments-db/ledger/reader')
    expect(code).toBe(0)
    expect(ways).toMatchObject([
      { contract: id, clause: 'C-read', people: [], teams: ['@acme/payments'], amendedBy: null }
    ])
  })

  test('names the people where a file tells, only those who have an identity there and have not left', async () => {
    const root = tree()
    const file = teams(root, '"@Acme/payments": [octocat, Mona, lisa, ghost]\n')
    const { ways, notes } = await who(root, 'payments-db/ledger/reader', '--teams', file)
    expect(ways).toMatchObject([{ people: [{ logins: ['octocat'] }, { logins: ['mona'] }], teams: [] }])
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('ghost')
  })

  test('goes by what is in effect at that instant', async () => {
    const strike = amendment({ changes: '[{strike: C-read}]' })
    const open = amendment({
      changes: '[{amend: C-write, set: {access: [{provider: payments-db, resource: ledger, role: owner}]}}]'
    })
    expect(await who(tree({ [amendmentPath]: strike }), 'payments-db/ledger/reader', '--at', inside)).toMatchObject({
      code: 1,
      ways: []
    })
    const found = await who(tree({ [amendmentPath]: open }), 'payments-db/ledger/owner', '--at', inside)
    expect(found.ways).toMatchObject([{ clause: 'C-write', amendedBy: '2026-12-migration-week' }])
    expect(await who(tree(), 'payments-db/ledger/reader', '--at', '2031-01-01')).toMatchObject({ code: 1 })
  })

  test('takes a resource with slashes, and answers 1 with what was meant', async () => {
    expect(await who(tree(), 'github/repo:acme/payments/write')).toMatchObject({
      code: 0,
      ways: [{ clause: 'C-deploy' }]
    })
    const { code, out } = await addendum('who', '--can', 'payments-db/ledger/raeder', '-C', tree())
    expect(code).toBe(1)
    expect(out).toContain('Did you mean payments-db/ledger/reader?')
  })

  test('tells it in words: people, and what each must have', async () => {
    const root = tree()
    const file = teams(root, '"@acme/payments": [octocat]\n')
    const { out } = await addendum('who', '--can', 'payments-db/ledger/writer', '-C', root, '--teams', file)
    expect(out).toContain(`${id} C-write: Change the ledger database\n  @octocat\n`)
    expect(out).toContain('Approvals: 1 from codeowners and 1 from @acme/security')
  })

  test('can not go by an access that is none, or by a file of teams that is none', async () => {
    const root = tree()
    for (const can of ['payments-db', 'payments-db/ledger', '/ledger/reader', 'payments-db//reader', 'a/b/']) {
      expect(await addendum('who', '--can', can, '-C', root)).toMatchObject({ code: 2 })
    }
    const files = [
      '- a\n',
      '"@acme": [octocat]\n',
      '"@acme/payments": octocat\n',
      '"@acme/payments": [{a: b}]\n',
      'a: *b\n'
    ]
    for (const text of files) {
      expect(await who(root, 'payments-db/ledger/reader', '--teams', teams(root, text))).toMatchObject({ code: 2 })
    }
    rmSync(join(root, 'directory.yml'))
    expect(await who(root, 'payments-db/ledger/reader')).toMatchObject({ code: 2 })
  })
})

describe('what', () => {
  interface Clauses {
    clauses: { clause: string; certain: boolean; teams: string[]; gives: string }[]
  }
  const what = async (root: string, subject: string, ...flags: string[]) => {
    const { code, out } = await addendum('what', subject, '-C', root, '--json', ...flags)
    return { code, clauses: out === '' ? [] : (JSON.parse(out) as Clauses).clauses }
  }

  test('lists what a person could ask for, in doubt by which team', async () => {
    const { code, clauses } = await what(tree(), '@Octocat')
    expect(code).toBe(0)
    expect(clauses.map(({ clause }) => clause)).toEqual(['C-deploy', 'C-read', 'C-write', 'C-on-call'])
    expect(clauses[1]).toMatchObject({ certain: false, teams: ['@acme/payments'], gives: 'payments-db/ledger reader' })
  })

  test('is certain where a file tells who is in which team', async () => {
    const root = tree()
    const file = join(root, 'teams.yml')
    writeFileSync(file, '"@acme/payments": [mona]\n"@acme/payments-leads": []\n')
    expect((await what(root, 'mona', '--teams', file)).clauses).toMatchObject([
      { clause: 'C-deploy', certain: true, teams: [] },
      { clause: 'C-read' },
      { clause: 'C-write' },
      { clause: 'C-on-call' }
    ])
    expect(await what(root, 'octocat', '--teams', file)).toEqual({ code: 1, clauses: [] })
    expect((await addendum('what', 'octocat', '-C', root, '--teams', file)).out).toContain(
      'No clause in effect is for them.'
    )
  })

  test('leaves out what needs an identity that the person does not have', async () => {
    expect((await what(tree(), 'lisa')).clauses.map(({ clause }) => clause)).toEqual(['C-deploy', 'C-on-call'])
  })

  test('tells it in words, and asks who was meant', async () => {
    const { out } = await addendum('what', 'octocat', '-C', tree({ [amendmentPath]: amendment() }), '--at', inside)
    expect(out).toContain('(as amended by 2026-12-migration-week)')
    expect(out).toContain('Longest duration: 12h')
    expect(out).toContain('for members of @acme/payments; --teams FILE can say who that is')
    const unknown = await addendum('what', 'octocta', '-C', tree())
    expect(unknown).toMatchObject({ code: 2 })
    expect(unknown.problems).toContain('Did you mean octocat?')
  })
})

describe('controls', () => {
  interface Cells {
    ok: boolean
    cells: { control: string; by: string; title: string | null; evidence: string[]; suggestion?: string }[]
  }
  const controls = async (root: string, ...flags: string[]) => {
    const { code, out } = await addendum('controls', '-C', root, '--json', ...flags)
    return { code, ...(JSON.parse(out) as Cells) }
  }

  test('is the matrix of clauses and rules by control, with its evidence', async () => {
    const { code, ok, cells } = await controls(tree())
    expect({ code, ok }).toEqual({ code: 0, ok: true })
    expect(cells).toContainEqual({
      control: 'soc2:CC8.1',
      by: `${id}/C-deploy`,
      title: expect.any(String),
      evidence: expect.arrayContaining(['main.advanced'])
    })
    expect(cells.map(({ control }) => control)).toEqual(cells.map(({ control }) => control).toSorted())
    expect((await addendum('controls', '-C', tree())).out).toContain('evidence  main.advanced')
  })

  test('answers 1 where a control is not in the catalogue, with what was meant; amendments count', async () => {
    const text = readFileSync(join(tree(), `contracts/${id}.yml`), 'utf8')
    const wrong = await controls(tree({ [`contracts/${id}.yml`]: text.replace('soc2:CC8.1', 'soc2:CC81') }))
    expect(wrong).toMatchObject({ code: 1, ok: false })
    expect(wrong.cells.filter(({ title }) => title === null)).toMatchObject([
      { control: 'soc2:CC81', suggestion: 'soc2:CC8.1' }
    ])
    const amended = tree({
      [amendmentPath]: amendment({ changes: '[{amend: C-deploy, set: {controls: ["made:up"]}}]' })
    })
    expect(await controls(amended, '--at', inside)).toMatchObject({ code: 1 })
    expect(await controls(amended, '--at', '2026-11-30')).toMatchObject({ code: 0 })
    expect((await addendum('controls', '-C', amended, '--at', inside)).out).toContain(
      'made:up  is not in the catalogue'
    )
  })
})

describe('explain goes by the contract as amended', () => {
  test('at the instant that is asked for, and says by which amendment', async () => {
    const root = tree({ [requestPath]: request({ duration: '12h' }), [amendmentPath]: amendment() })
    const explain = (at: string) => addendum('explain', requestPath, '-C', root, '--at', at)
    const before = await explain('2026-11-24T10:00:00Z')
    expect(before.code).toBe(1)
    expect(before.out).toContain('To be mended:\n  duration-within')
    const during = await explain(inside)
    expect(during.out).toContain('(as amended by 2026-12-migration-week)')
    expect(during.out).not.toContain('To be mended')
    expect(during.code).toBe(0)
  })

  test('an amendment that cannot be read is against every request of its contract', async () => {
    const root = tree({ [requestPath]: request(), [amendmentPath]: amendment({ reason: undefined }) })
    expect(await addendum('explain', requestPath, '-C', root, '--at', inside)).toMatchObject({ code: 1 })
  })
})
