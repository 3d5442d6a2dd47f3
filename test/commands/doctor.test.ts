// `addendum doctor` against the local GitHub: what it finds, what it writes, and with whose eyes it looks.
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Octokit } from '@octokit/rest'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { doctorCommand } from '../../src/commands/doctor.ts'
import type { DoctorOptions } from '../../src/commands/doctor.ts'
import { UsageError } from '../../src/commands/output.ts'
import { appEvents, appPermissions, recommendedRulesets } from '../../src/model/protection.ts'
import type { FindingCode } from '../../src/model/protection.ts'
import { createGitHub } from '../../src/sandbox/github/github.ts'
import type { LocalGitHub } from '../../src/sandbox/github/github.ts'
import { testClock } from '../sandbox/github/world.ts'

const newKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const privateKey = newKey()
const anotherKey = newKey()
const at = { owner: 'acme', repo: 'access' }
const files = {
  '.github/CODEOWNERS': '* @acme/security\n',
  '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\n',
  'contracts/payments-production.yml': 'kind: Contract\n'
}

interface Answer {
  ok: boolean
  repository: string
  findings: { code: FindingCode; severity: 'stop' | 'warn'; because: string; mend: string }[]
  rulesets?: { kind: string; name: string; changes: string[] }[]
}

interface Surgery {
  github: LocalGitHub
  /** Runs the command as lisa, an administrator, with the app's credentials beside her token; `null` takes a variable away. */
  doctor(options?: DoctorOptions, environment?: Record<string, string | null>): Promise<{ code: number; out: string }>
  /** The same in JSON. */
  asked(options?: DoctorOptions, environment?: Record<string, string | null>): Promise<Answer & { code: number }>
  /** The codes alone. */
  codes(environment?: Record<string, string | null>): Promise<FindingCode[]>
}

function open(
  options: {
    rulesets?: boolean
    files?: Record<string, string>
    permissions?: Record<string, 'read' | 'write'>
    version?: null
  } = {}
): Surgery {
  const clock = { ...testClock(), sleep: async () => undefined }
  const github = createGitHub({
    clock,
    ...(options.version === undefined ? {} : { version: options.version }),
    app: {
      id: 4242,
      slug: 'addendum',
      name: 'Addendum',
      privateKeyPem: privateKey,
      permissions: options.permissions ?? { ...appPermissions },
      events: [...appEvents],
      webhookSecret: 'a secret of the tests'
    },
    webhookUrl: 'https://addendum.acme.test/api/github/webhooks',
    deliver: async () => new Response(null, { status: 202 })
  })
  const { seed } = github
  const tokens = Object.fromEntries(['octocat', 'lisa'].map(login => [login, seed.user(login).token]))
  seed.organization('acme')
  seed.member('acme', 'octocat')
  seed.member('acme', 'lisa', 'admin')
  seed.team('acme', 'security', { members: ['lisa'] })
  seed.repository('acme', 'access', { files: options.files ?? files, author: 'lisa', private: true })
  seed.teamRepository('acme/security', 'acme/access', 'write')
  if (options.rulesets !== false) for (const ruleset of recommendedRulesets(4242)) seed.ruleset('acme/access', ruleset)
  seed.install('acme', ['acme/access'])
  const fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
    github.fetch(new Request(url, init))
  const usual: Record<string, string> = {
    APP_ID: '4242',
    PRIVATE_KEY: privateKey,
    GHE_HOST: '127.0.0.1:1',
    GHE_PROTOCOL: 'http',
    GITHUB_TOKEN: tokens['lisa'] ?? '',
    OCTOCAT: tokens['octocat'] ?? ''
  }
  const doctor: Surgery['doctor'] = async (given = {}, over = {}) => {
    const entries = Object.entries({ ...usual, ...over }).filter(([, value]) => value !== null)
    const environment = Object.fromEntries(entries) as Record<string, string>
    if (environment['GITHUB_TOKEN'] === 'octocat') environment['GITHUB_TOKEN'] = environment['OCTOCAT'] ?? ''
    let out = ''
    const ports = { environment, clock, fetch: fetch as typeof globalThis.fetch }
    const code = await doctorCommand(
      { repository: 'acme/access', ...given },
      { write: text => void (out += text) },
      ports
    )
    return { code, out }
  }
  const asked: Surgery['asked'] = async (given, over) => {
    const { code, out } = await doctor({ json: true, ...given }, over)
    return { code, ...(JSON.parse(out) as Answer) }
  }
  const codes: Surgery['codes'] = async over => (await asked({}, over)).findings.map(finding => finding.code)
  return { github, doctor, asked, codes }
}

function rulesetsOf({ github }: Surgery): LocalGitHub['world']['state']['repositories'][string]['rulesets'] {
  const found = Object.values(github.world.state.repositories).find(one => one.name === 'access')
  if (found === undefined) throw new Error('no acme/access')
  return found.rulesets
}

function ruleset(surgery: Surgery, name: string): ReturnType<typeof rulesetsOf>[number] {
  const found = rulesetsOf(surgery).find(one => one.name === name)
  if (found === undefined) throw new Error(`no ruleset ${name}`)
  return found
}

describe('addendum doctor', () => {
  test('finds nothing where everything is as it recommends, and says so', async () => {
    const { doctor, asked } = open()
    expect(await asked()).toMatchObject({ code: 0, ok: true, repository: 'acme/access', findings: [] })
    expect((await doctor()).out).toContain('It is protected as it should be.')
  })

  test('says where people must add the app’s pull requests to a merge queue, and how that is mended', async () => {
    const surgery = open()
    const parameters = {
      check_response_timeout_minutes: 60,
      grouping_strategy: 'ALLGREEN',
      max_entries_to_build: 5,
      max_entries_to_merge: 5,
      merge_method: 'MERGE',
      min_entries_to_merge: 1,
      min_entries_to_merge_wait_minutes: 5
    }
    surgery.github.seed.ruleset('acme/access', {
      name: 'Queue',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'] } },
      rules: [{ type: 'merge_queue', parameters }]
    })
    expect(await surgery.codes()).toEqual(['merge-queue'])
    expect(await surgery.codes({ GITHUB_TOKEN: null })).toContain('merge-queue')
    ruleset(surgery, 'Queue').bypassActors = [
      { actor_id: 4242, actor_type: 'Integration', bypass_mode: 'pull_request' }
    ]
    expect(await surgery.codes()).toEqual([])
    expect(await surgery.codes({ GITHUB_TOKEN: null })).not.toContain('merge-queue')
  })

  test('says with the eyes of the app what the app is not shown, and stops nothing for it', async () => {
    const { asked } = open()
    const { code, findings } = await asked({}, { GITHUB_TOKEN: null })
    expect(code).toBe(1)
    expect(findings.map(finding => [finding.code, finding.severity])).toEqual([
      ['main-bypass-unknown', 'warn'],
      ['ledger-bypass-unknown', 'warn'],
      ['classic-unreadable', 'warn']
    ])
  })

  test('says once that a server which is only shaped like GitHub tells less', async () => {
    const { codes } = open({ version: null })
    const found = await codes({ GITHUB_TOKEN: null })
    expect(found.filter(code => code === 'pushers-unknown')).toHaveLength(1)
    expect(await open().codes({ GITHUB_TOKEN: null })).not.toContain('pushers-unknown')
  })

  test('finds the only repository of the app by itself', async () => {
    const { asked } = open()
    const { repository } = await asked({ repository: undefined } as never, { GITHUB_TOKEN: null })
    expect(repository).toBe('acme/access')
  })

  test('an unprotected repository stops new grants, for each reason by its own code, with how to mend it', async () => {
    const { asked, doctor } = open({ rulesets: false })
    const { code, findings } = await asked()
    expect(code).toBe(1)
    expect(findings.filter(finding => finding.severity === 'stop').map(finding => finding.code)).toEqual([
      'main-pushable',
      'check-missing',
      'check-missing',
      'main-rewritable',
      'main-deletable',
      'ledger-open',
      'ledger-rewritable',
      'ledger-deletable'
    ])
    expect(findings.every(finding => finding.mend !== '')).toBe(true)
    const { out } = await doctor()
    for (const finding of findings) expect(out).toContain(finding.code)
    expect(out).toContain('8 stop new grants.')
  })

  test('attack #63: a check that anybody can report is no check', async () => {
    const surgery = open()
    const rules = ruleset(surgery, 'Addendum: main').rules
    for (const rule of rules) {
      const checks = rule.parameters?.['required_status_checks'] as { integration_id?: number }[] | undefined
      for (const check of checks ?? []) delete check.integration_id
    }
    expect(await surgery.codes()).toEqual(['check-unpinned', 'check-unpinned'])
    for (const rule of rules) {
      const checks = rule.parameters?.['required_status_checks'] as { integration_id?: number }[] | undefined
      for (const check of checks ?? []) check.integration_id = 15_368
    }
    expect(await surgery.codes()).toEqual(['check-unpinned', 'check-unpinned'])
  })

  test('a ruleset that is only evaluated, or switched off, protects nothing', async () => {
    const surgery = open()
    for (const enforcement of ['evaluate', 'disabled'] as const) {
      ruleset(surgery, 'Addendum: ledger never rewritten').enforcement = enforcement
      expect(await surgery.codes()).toEqual(['ledger-rewritable', 'ledger-deletable', 'ledger-mergeable'])
    }
  })

  test('who may pass the rules of main warns; who may pass those of the ledger stops', async () => {
    const surgery = open()
    const owners = { actor_id: null, actor_type: 'OrganizationAdmin', bypass_mode: 'always' }
    ruleset(surgery, 'Addendum: main').bypassActors = [owners]
    ruleset(surgery, 'Addendum: ledger never rewritten').bypassActors = [owners]
    const { findings } = await surgery.asked()
    expect(findings.map(finding => [finding.code, finding.severity])).toEqual([
      ['ledger-bypass', 'stop'],
      ['main-bypass', 'warn']
    ])
    // The app knows of no list; it knows of its own way.
    expect(await surgery.codes({ GITHUB_TOKEN: null })).not.toContain('ledger-bypass')
    ruleset(surgery, 'Addendum: ledger never rewritten').bypassActors = [
      { actor_id: 4242, actor_type: 'Integration', bypass_mode: 'always' }
    ]
    expect(await surgery.codes({ GITHUB_TOKEN: null })).toContain('ledger-bypass')
  })

  test('says when the code-owner rule keeps the app from removing what has ended', async () => {
    const surgery = open()
    ruleset(surgery, 'Addendum: reviews on main').bypassActors = []
    expect(await surgery.codes()).toEqual(['reverts-blocked'])
    expect(await surgery.codes({ GITHUB_TOKEN: null })).toContain('reverts-blocked')
  })

  test('says when the app cannot write to its ledger, is not alone there, or leaves no trace', async () => {
    const surgery = open()
    const writing = ruleset(surgery, 'Addendum: ledger written by the app')
    const app = { actor_id: 4242, actor_type: 'Integration' }
    writing.bypassActors = [{ ...app, bypass_mode: 'pull_request' }]
    expect(await surgery.codes()).toEqual(['ledger-closed'])
    writing.bypassActors = [{ ...app, bypass_mode: 'exempt' }]
    expect(await surgery.codes()).toEqual(['ledger-exempt'])
    writing.bypassActors = [
      { ...app, bypass_mode: 'always' },
      { actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'always' }
    ]
    expect(await surgery.codes()).toEqual(['ledger-shared'])
  })

  test('branch protection of the older kind can only be in the way', async () => {
    const surgery = open({ rulesets: false })
    surgery.github.seed.protect('acme/access', 'main', {
      as: 'classic',
      reviews: { count: 1, codeOwners: true },
      blockForcePush: true
    })
    const codes = await surgery.codes()
    expect(codes).toContain('main-pushable')
    expect(codes).toContain('reverts-blocked')
  })

  test('says what the app lacks, holds beyond its need, and does not hear', async () => {
    const surgery = open({ permissions: { ...appPermissions, checks: 'read', administration: 'write' } })
    expect(await surgery.codes()).toEqual(['permission-missing', 'permission-excess'])
    expect(await surgery.codes({ PRIVATE_KEY: null })).toEqual(['app-unreadable'])
  })

  test('attack #37: says which of our paths nobody owns, CODEOWNERS itself in all three places among them', async () => {
    const text =
      '/requests/ @acme/security\n/contracts/ @acme/security\n/amendments/ @acme/security\n/policies/ @acme/security\n/directory.yml @acme/security\n'
    const { asked } = open({ files: { ...files, '.github/CODEOWNERS': text } })
    const { findings } = await asked()
    expect(findings.map(finding => finding.code)).toEqual(['path-unowned'])
    for (const path of ['.github/addendum.yml', '.github/CODEOWNERS', '"CODEOWNERS"', 'docs/CODEOWNERS']) {
      expect(findings[0]?.because).toContain(path)
    }
  })

  test('says which lines GitHub skips, and which teams it does not count', async () => {
    const surgery = open({
      files: {
        ...files,
        '.github/CODEOWNERS': '* @acme/security\n/requests/ @acme/strangers\n/docs/[a-z] @acme/security\n'
      }
    })
    expect(await surgery.codes()).toEqual(['owners-skipped', 'team-powerless'])
    surgery.github.seed.teamRepository('acme/security', 'acme/access', 'read')
    const { findings } = await surgery.asked()
    expect(findings[1]?.because).toContain('@acme/security')
  })

  test('a token that may not administer is told what it does not see', async () => {
    const surgery = open()
    expect(await surgery.codes({ GITHUB_TOKEN: 'octocat' })).toEqual([
      'main-bypass-unknown',
      'reverts-unknown',
      'ledger-bypass-unknown',
      'classic-unreadable'
    ])
  })

  test.each<[string, DoctorOptions, Record<string, string | null>]>([
    ['no number of the app', {}, { APP_ID: null }],
    ['no credentials', {}, { GITHUB_TOKEN: null, PRIVATE_KEY: null }],
    ['no such repository', { repository: 'acme/nothing' }, {}],
    ['no repository', { repository: 'acme' }, {}],
    ['the key of another app', {}, { GITHUB_TOKEN: null, PRIVATE_KEY: anotherKey }],
    [
      'the key of another app and no repository',
      { repository: undefined } as never,
      { GITHUB_TOKEN: null, PRIVATE_KEY: anotherKey }
    ],
    ['a token of nobody', {}, { GITHUB_TOKEN: 'of nobody' }],
    ['nobody to ask', { fix: true }, {}],
    ['no token to write with', { fix: true, yes: true }, { GITHUB_TOKEN: null }],
    ['no right to write', { fix: true, yes: true }, { GITHUB_TOKEN: 'octocat' }]
  ])('cannot run with %s, and writes nothing', async (_, options, environment) => {
    const surgery = open({ rulesets: false })
    await expect(surgery.doctor(options, environment)).rejects.toThrow(/.+/)
    await surgery.doctor(options, environment).catch((error: unknown) => {
      expect(error instanceof UsageError || (error as { code?: string }).code === 'github.forbidden').toBe(true)
    })
    expect(rulesetsOf(surgery)).toEqual([])
  })
})

describe('addendum doctor --fix', () => {
  test('writes the rulesets that it recommends, and finds nothing then', async () => {
    const surgery = open({ rulesets: false })
    const questions: string[] = []
    const confirm = async (question: string): Promise<boolean> => questions.push(question) > 0
    const { code, out } = await surgery.doctor({ fix: true, confirm })
    expect(code).toBe(0)
    expect(questions).toHaveLength(1)
    for (const { name } of recommendedRulesets(4242)) expect(out).toContain(`Create "${name}"`)
    expect(surgery.github.violations).toEqual([])
  })

  test('writes nothing where the answer is no', async () => {
    const surgery = open({ rulesets: false })
    const { code } = await surgery.doctor({ fix: true, confirm: async () => false })
    expect(code).toBe(1)
    expect(rulesetsOf(surgery)).toEqual([])
  })

  test('done again, it writes nothing', async () => {
    const surgery = open({ rulesets: false })
    await surgery.doctor({ fix: true, yes: true })
    const before = structuredClone(rulesetsOf(surgery))
    const { rulesets } = await surgery.asked({ fix: true })
    expect(rulesets?.map(step => step.kind)).toEqual(['keep', 'keep', 'keep', 'keep'])
    expect(rulesetsOf(surgery)).toEqual(before)
  })

  test('sets right what drifted, and keeps what an administrator added', async () => {
    const surgery = open()
    const main = ruleset(surgery, 'Addendum: main')
    main.bypassActors = [{ actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'always' }]
    main.rules = [
      ...main.rules.filter(rule => rule.type !== 'deletion' && rule.type !== 'required_status_checks'),
      {
        type: 'required_status_checks',
        parameters: { strict_required_status_checks_policy: false, required_status_checks: [{ context: 'lint' }] }
      },
      { type: 'required_signatures' }
    ]
    ruleset(surgery, 'Addendum: reviews on main').enforcement = 'disabled'
    const { code, rulesets } = await surgery.asked({ fix: true, yes: true })
    expect(code).toBe(0)
    expect(rulesets?.map(step => [step.kind, step.changes])).toEqual([
      ['update', ['bypass', 'rules']],
      ['update', ['enforcement']],
      ['keep', []],
      ['keep', []]
    ])
    const mended = ruleset(surgery, 'Addendum: main').rules
    expect(mended.map(rule => rule.type)).toContain('required_signatures')
    expect(JSON.stringify(mended)).toContain('"lint"')
    expect(rulesetsOf(surgery)).toHaveLength(4)
  })
})

test('what the app is expected to hold and hear is what its manifest asks for', () => {
  const manifest = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as {
    default_permissions: Record<string, string>
    default_events: string[]
  }
  expect(manifest.default_permissions).toEqual(appPermissions)
  expect([...manifest.default_events].sort()).toEqual([...appEvents].sort())
})

test('under these rulesets not even an owner pushes to main, or begins, writes or deletes a ledger', async () => {
  const { github } = open()
  const auth = github.seed.tokenOf('lisa')
  const fetch = (url: string, init: RequestInit): Promise<Response> => github.fetch(new Request(url, init))
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const { rest } = new Octokit({ auth, baseUrl: 'http://127.0.0.1:1/api/v3', request: { fetch }, log })
  const git = github.world.git(Object.values(github.world.state.repositories)[0] as never)
  const tip = git.refs.get('refs/heads/main') ?? ''
  const content = Buffer.from('* @octocat\n').toString('base64')
  const refused = { status: expect.toSatisfy((status: number) => [403, 409, 422].includes(status)) as number }
  await expect(
    rest.repos.createOrUpdateFileContents({ ...at, path: 'CODEOWNERS', message: 'Own it', content })
  ).rejects.toMatchObject(refused)
  await expect(rest.git.createRef({ ...at, ref: 'refs/heads/ledger/2027', sha: tip })).rejects.toMatchObject(refused)
  git.refs.set('refs/heads/ledger/2026', tip)
  await expect(rest.git.deleteRef({ ...at, ref: 'heads/ledger/2026' })).rejects.toMatchObject(refused)
  await expect(
    rest.repos.createOrUpdateFileContents({ ...at, branch: 'ledger/2026', path: 'a', message: 'b', content })
  ).rejects.toMatchObject(refused)
  expect(git.refs.get('refs/heads/main')).toBe(tip)
})
