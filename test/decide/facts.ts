// Builders of facts: one request that is allowed, and small ways to bend it. No mocks: facts are data.
import { parseCodeowners } from '../../src/model/codeowners.ts'
import type { Clause, Contract } from '../../src/model/contract.ts'
import type { Decision, Reason, RuleId } from '../../src/model/decision.ts'
import type { Directory, Person } from '../../src/model/directory.ts'
import type { Account, Change, Commit, Known, RemovalFacts, RequestFacts, Review } from '../../src/model/facts.ts'
import type { Lines, Parsed, Problem } from '../../src/model/problem.ts'
import { recommendedRulesets } from '../../src/model/protection.ts'
import type { BranchProtection, Guard, GuardRule } from '../../src/model/protection.ts'
import type { AccessRequest } from '../../src/model/request.ts'
import { defaultSettings } from '../../src/model/settings.ts'
import type { Settings } from '../../src/model/settings.ts'

export const path = 'requests/payments-production/2026-11-22-octocat-read.yml'
export const head = 'a'.repeat(40)
export const older = 'b'.repeat(40)
export const base = 'c'.repeat(40)
export const blob = 'd'.repeat(40)
export const merge = 'e'.repeat(40)

export const octocat: Account = { id: 1, login: 'octocat', type: 'User' }
export const hubot: Account = { id: 2, login: 'hubot', type: 'User' }
export const mona: Account = { id: 3, login: 'mona', type: 'User' }
export const monalisa: Account = { id: 4, login: 'monalisa', type: 'User' }
export const defunkt: Account = { id: 5, login: 'defunkt', type: 'User' }
export const bot: Account = { id: 90, login: 'addendum[bot]', type: 'Bot' }

export const now = at('2026-11-23T10:00:00Z')

export function at(text: string): Date {
  return new Date(text)
}

export function known<T>(value: T): Known<T> {
  return { known: true, value }
}

export const unknown: { known: false; because: string } = { known: false, because: 'GitHub did not say.' }

const lines: Lines = pointer => ({ line: pointer.length + 1, column: 1, endLine: pointer.length + 1, endColumn: 9 })

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value, lines }
}

export function unreadable(...problems: Partial<Problem>[]): { ok: false; problems: Problem[] } {
  const usual: Problem = {
    code: 'schema.type',
    file: path,
    line: 3,
    column: 5,
    pointer: '/clause',
    expected: 'a text',
    found: '7',
    message: 'The clause is not a text.',
    example: 'clause: C-read'
  }
  return { ok: false, problems: problems.map(problem => ({ ...usual, ...problem })) }
}

export function request(over: Partial<AccessRequest> = {}): AccessRequest {
  return {
    kind: 'AccessRequest',
    id: '2026-11-22-octocat-read',
    contract: 'payments-production',
    clause: 'C-read',
    subject: 'octocat',
    durationSeconds: 7_200,
    reason: 'Investigate duplicate refunds',
    emergency: false,
    inputs: {},
    ...over
  }
}

export function clause(over: Partial<Clause> = {}): Clause {
  return {
    title: 'Read the ledger database',
    text: 'Support engineers may read production payment records.',
    access: [{ provider: 'payments-db', resource: 'ledger', role: 'reader' }],
    eligible: ['@acme/payments'],
    duration: { defaultSeconds: 3_600, maxSeconds: 28_800 },
    approvals: { kind: 'stages', stages: [{ count: 1, from: ['codeowners'] }] },
    conditions: { require: [] },
    controls: ['soc2:CC6.3'],
    ...over
  }
}

export function contract(over: Partial<Contract> = {}): Contract {
  return {
    kind: 'Contract',
    id: 'payments-production',
    title: 'Production access to the payments platform',
    version: 3,
    parties: { owner: '@acme/payments-leads', eligible: ['@acme/payments', '@hubot'] },
    effective: { fromAt: at('2026-01-01T00:00:00Z'), untilAt: at('2027-01-01T00:00:00Z') },
    clauses: { 'C-read': clause() },
    floors: [],
    ...over
  }
}

export function person(account: Pick<Account, 'id' | 'login'>, over: Partial<Person> = {}): Person {
  const { id, login } = account
  return { id: `p-${login}`, github: [{ id, login }], class: 'employee', identities: { 'payments-db': login }, ...over }
}

export function directory(...people: Person[]): Directory {
  const usual = [octocat, hubot, mona, monalisa].map(one => person(one))
  return { kind: 'Directory', people: people.length > 0 ? people : usual }
}

export function commit(over: Partial<Commit> = {}): Commit {
  const usual = { parents: [base], author: octocat, committer: octocat, coAuthors: [], unknownCoAuthors: 0 }
  return { sha: head, ...usual, ...over }
}

export function review(user: Account | null, over: Partial<Review> = {}): Review {
  const id = 100 + (user?.id ?? 0)
  return { id, user, state: 'APPROVED', commit: head, submittedAt: '2026-11-23T09:30:00Z', ...over }
}

/** How to bend the facts: documents by value, the rest as facts have it. */
export interface Bend extends Partial<Omit<RequestFacts, 'rules'>> {
  request?: AccessRequest
  contract?: Contract
  clause?: Clause
  directory?: Directory
  settings?: Settings
  codeowners?: string
  rules?: Partial<RequestFacts['rules']>
}

/** A request that is allowed: opened by octocat for octocat, approved by mona, who owns the file. */
export function facts(bend: Bend = {}): RequestFacts {
  const {
    request: asked,
    contract: agreed,
    clause: term,
    directory: people,
    settings,
    codeowners,
    rules,
    ...over
  } = bend
  const terms = agreed ?? contract(term === undefined ? {} : { clauses: { 'C-read': term } })
  return {
    now,
    repository: { id: 7, owner: 'acme', name: 'access', defaultBranch: 'main' },
    pull: pull(),
    changes: known<Change[]>([{ path, previousPath: null, status: 'added' }]),
    file: { path, mode: '100644', sha: blob, text: 'kind: AccessRequest', parsed: parsed(asked ?? request()) },
    commits: known([commit()]),
    pushers: [],
    unknownPushes: 0,
    dismissals: known([]),
    reviews: known([review(mona)]),
    reviewed: {},
    statements: {},
    rules: {
      commit: base,
      contract: { path: 'contracts/payments-production.yml', blob: '1'.repeat(40), parsed: parsed(terms) },
      directory: { path: 'directory.yml', blob: '2'.repeat(40), parsed: parsed(people ?? directory()) },
      settings: { path: '.github/addendum.yml', blob: '3'.repeat(40), parsed: parsed(settings ?? defaultSettings) },
      codeowners: {
        path: '.github/CODEOWNERS',
        blob: '4'.repeat(40),
        parsed: parseCodeowners(codeowners ?? '/requests/ @acme/payments-leads\n')
      },
      ...rules
    },
    amendments: known([]),
    teams: {
      '@acme/payments': known([octocat, hubot]),
      '@acme/payments-leads': known([mona, monalisa]),
      '@acme/sre': known([hubot, mona])
    },
    users: { '@hubot': known(hubot), '@mona': known(mona), '@defunkt': known(defunkt) },
    permissions: writers(octocat, hubot, mona, monalisa, defunkt),
    idUsed: false,
    policies: [],
    providers: { 'payments-db/ledger reader': null },
    protection: protectedAs(),
    holdings: [],
    recentGrants: [],
    openReviews: [],
    openRequests: known(1),
    merge: null,
    ...over
  }
}

/** Branches as `addendum doctor --fix` leaves them, seen by an administrator. */
export function protectedAs(app = 4242): BranchProtection {
  const guards = recommendedRulesets(app).map(({ name, conditions, rules, bypass_actors }) => {
    const bypass = bypass_actors.map(({ actor_type: type, actor_id: id, bypass_mode: mode }) => ({ type, id, mode }))
    const seen = rules.map((rule): GuardRule => {
      if (rule.type === 'required_status_checks') {
        const checks = rule.parameters.required_status_checks
        return { type: rule.type, checks: checks.map(check => ({ context: check.context, app: check.integration_id })) }
      }
      if (rule.type !== 'pull_request') return rule
      return {
        type: rule.type,
        approvals: rule.parameters.required_approving_review_count,
        codeOwners: rule.parameters.require_code_owner_review,
        dismissStale: rule.parameters.dismiss_stale_reviews_on_push,
        lastPush: rule.parameters.require_last_push_approval
      }
    })
    const guard: Guard = { name, rules: seen, bypass, app: bypass[0]?.mode ?? 'never' }
    return { guard, main: conditions.ref_name.include[0] === '~DEFAULT_BRANCH' }
  })
  const on = (main: boolean): Guard[] => guards.filter(one => one.main === main).map(one => one.guard)
  return { app, main: on(true), ledger: on(false) }
}

function writers(...accounts: Account[]): RequestFacts['permissions'] {
  return Object.fromEntries(accounts.map(({ id }) => [id, known('write' as const)]))
}

export function pull(over: Partial<RequestFacts['pull']> = {}): RequestFacts['pull'] {
  return {
    number: 812,
    state: 'open',
    draft: false,
    author: octocat,
    createdAt: at('2026-11-22T09:00:00Z'),
    head: { sha: head, ref: 'octocat-read', sameRepository: true },
    base: { ref: 'main', sha: base },
    ...over
  }
}

/** The same pull request after its merge. */
export function merged(over: Partial<NonNullable<RequestFacts['merge']>> = {}): Pick<RequestFacts, 'merge' | 'pull'> {
  const file = { path, mode: '100644', sha: blob }
  const came = { commit: merge, firstParent: base, ofThisPull: true, file, before: null, ...over }
  return { merge: came, pull: pull({ state: 'closed' }) }
}

/** A removal that needs nobody: octocat takes their own request out. */
export function removal(over: Partial<RemovalFacts> = {}): RemovalFacts {
  const { repository, teams, users, permissions, rules } = facts()
  return {
    now,
    repository,
    app: bot.id,
    pull: pull(),
    changes: known<Change[]>([{ path, previousPath: null, status: 'removed' }]),
    removals: [{ path, request: { author: octocat.id, subject: octocat.id, ended: false } }],
    reviews: known([]),
    codeowners: rules.codeowners,
    teams,
    users,
    permissions,
    ...over
  }
}

/** The reasons of one rule. */
export function reasonsOf(decision: Pick<Decision, 'reasons'>, rule: RuleId): Reason[] {
  return decision.reasons.filter(reason => reason.rule === rule)
}

/** The rules that do not hold, once each, in their order. */
export function failedOf(decision: Pick<Decision, 'reasons'>): RuleId[] {
  return [...new Set(decision.reasons.filter(reason => !reason.holds).map(reason => reason.rule))]
}
