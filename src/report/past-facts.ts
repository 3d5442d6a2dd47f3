// The facts on which a past request is decided again: as they were, list by list of people, with doubt kept apart.
import { parseCodeowners } from '../model/codeowners.ts'
import { inEmergency } from '../model/contract.ts'
import type { Clause, Contract, Stage } from '../model/contract.ts'
import type { Person } from '../model/directory.ts'
import type { Account, Known, Read, RequestFacts } from '../model/facts.ts'
import type { AccessRequest } from '../model/request.ts'
import { defaultSettings } from '../model/settings.ts'
import { askedBy } from './past.ts'
import type { Basis, Members, PastRequest } from './past.ts'

/** A clause whose lists of people have each one name, `@list/n`, so that membership can be told list by list. */
export interface Judged {
  contract: Contract
  policies: Basis['policies']
  /** `lists[0]` who is eligible, `lists[n]` who approves in stage n. */
  lists: readonly (readonly string[])[]
}

const owners = '@list/owners'
const codeowners = parseCodeowners(`* ${owners}\n`)
const always = { fromAt: new Date(0), untilAt: new Date('2200-01-01T00:00:00Z') }
const nothing: Contract = {
  kind: 'Contract',
  id: 'nothing',
  title: 'Nothing',
  version: 1,
  parties: { owner: '@nobody', eligible: [] },
  effective: always,
  clauses: {},
  floors: []
}
const nowhere = '0'.repeat(40)

/**
 * The contract as the replay judges by it: this clause alone, its lists named `@list/n`, in effect at any time. With
 * `emergency` its lists are those for break-glass, where it allows that.
 */
export function judgedBy({ contract: agreed, policies }: Basis, id: string, emergency = false): Judged {
  const contract = agreed ?? nothing
  const written = Object.hasOwn(contract.clauses, id) ? contract.clauses[id] : undefined
  const clause = emergency && written !== undefined ? (inEmergency(written) ?? written) : written
  const empty = { ...contract, effective: always, clauses: {}, floors: [] }
  if (clause === undefined) return { contract: empty, policies, lists: [] }
  const { eligible, stages } = askedBy(contract, clause)
  const renamed = (stage: Stage, index: number): Stage => ({ count: stage.count, from: [`@list/${index + 1}`] })
  const approvals =
    clause.approvals.kind === 'automatic'
      ? clause.approvals
      : { kind: 'stages' as const, stages: clause.approvals.stages.map(renamed) }
  const judged: Clause = { ...clause, eligible: ['@list/0'], approvals }
  if (emergency && clause.emergency !== undefined) {
    const named = approvals.kind === 'stages' ? approvals.stages : []
    judged.emergency = { ...clause.emergency, eligible: ['@list/0'], stages: named }
  }
  return { contract: { ...empty, clauses: { [id]: judged } }, policies, lists: [eligible, ...stages] }
}

/** Whether a person is on a list: by the record where it tells, else by `members`; undefined where neither does. */
export function isOn(
  list: readonly string[],
  person: { id: number; login: string | undefined },
  recorded: { list: readonly string[]; was: boolean } | undefined,
  members: Members
): boolean | undefined {
  if (recorded?.was === true && within(recorded.list, list)) return true
  if (recorded?.was === false && within(list, recorded.list)) return false
  const each = list.map(name => {
    if (name === 'codeowners') return undefined
    const key = name.toLowerCase()
    if (!key.includes('/')) return key === `@${person.login?.toLowerCase()}`
    const team = Object.hasOwn(members, key) ? members[key] : undefined
    return team?.known === true ? team.value.some(({ id }) => id === person.id) : undefined
  })
  if (each.includes(true)) return true
  return each.includes(undefined) ? undefined : false
}

/** Two sets of facts to decide on: `doubted`, where whoever may be on a list is, is null where there is no doubt. */
export function factsOf(
  past: PastRequest & { document: AccessRequest; people: readonly Person[] },
  { contract, policies, lists }: Judged,
  members: Members
): { certain: RequestFacts; doubted: RequestFacts | null } {
  const accounts = past.people.flatMap(person => person.github)
  const accountOf = (id: number): Account => {
    return { id, login: accounts.find(account => account.id === id)?.login ?? String(id), type: 'User' }
  }
  const subject = subjectOf(past)
  const sure: Record<string, Known<Account[]>> = { [owners]: { known: true, value: [] } }
  const maybe: typeof sure = { ...sure }
  let doubt = false
  lists.forEach((list, index) => {
    const candidates = index === 0 ? [subject].filter(id => id !== null) : past.approvals.map(({ by }) => by)
    const standing = candidates.map(id => {
      const { login } = accountOf(id)
      return { id, on: isOn(list, { id, login }, recordOf(past, index, id), members) }
    })
    const of = (kept: (on: boolean | undefined) => boolean): Known<Account[]> => ({
      known: true,
      value: standing.filter(({ on }) => kept(on)).map(({ id }) => accountOf(id))
    })
    sure[`@list/${index}`] = of(on => on === true)
    maybe[`@list/${index}`] = of(on => on !== false)
    doubt ||= standing.some(({ on }) => on === undefined)
  })
  const facts = plainFacts(past, { contract, policies }, accountOf)
  return { certain: { ...facts, teams: sure }, doubted: doubt ? { ...facts, teams: maybe } : null }
}

// By number, as the record has it; a subject whom the record does not name is found by the login of the file.
function subjectOf({ subject, people, document }: PastRequest & { document: AccessRequest }): number | null {
  if (subject !== null) return subject
  const login = document.subject.toLowerCase()
  const account = people?.flatMap(person => person.github).find(one => one.login.toLowerCase() === login)
  return account?.id ?? null
}

// A rule that could not be judged then is among the failed too, and tells nothing.
const before = ['document-valid', 'clause-in-effect', 'subject-known']

function recordOf(past: PastRequest, index: number, id: number): { list: readonly string[]; was: boolean } | undefined {
  const { asked, failed, approvals } = past
  if (asked === null) return undefined
  if (index === 0) {
    if (before.some(rule => failed.includes(rule))) return undefined
    return { list: asked.eligible, was: !failed.includes('subject-eligible') }
  }
  const stage = approvals.find(({ by }) => by === id)?.stage
  const list = stage === undefined ? undefined : asked.stages[stage]
  return list === undefined ? undefined : { list, was: true }
}

function within(list: readonly string[], wider: readonly string[]): boolean {
  const names = new Set(wider.map(name => name.toLowerCase()))
  return list.every(name => names.has(name.toLowerCase()))
}

// Everything that the agreement does not speak of is as it should be: what was not then stands as the record has it.
function plainFacts(
  past: PastRequest & { document: AccessRequest; people: readonly Person[] },
  { contract, policies }: Pick<Judged, 'contract' | 'policies'>,
  accountOf: (id: number) => Account
): RequestFacts {
  const { contract: id } = past
  const path = `requests/${id}/${past.document.id}.yml`
  const lines = (): { line: number; column: number; endLine: number; endColumn: number } => ({
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1
  })
  const read = <T>(where: string, value: T): Read<T> => ({
    path: where,
    blob: nowhere,
    parsed: { ok: true, value, lines }
  })
  const submittedAt = past.decidedAt.toISOString()
  const head = { sha: nowhere, ref: 'head', sameRepository: true }
  return {
    now: past.decidedAt,
    repository: { id: 0, owner: 'owner', name: 'access', defaultBranch: 'main' },
    pull: {
      number: past.pr,
      state: 'open',
      draft: false,
      author: accountOf(past.author),
      createdAt: past.decidedAt,
      head,
      base: { ref: 'main', sha: nowhere }
    },
    changes: { known: true, value: [{ path, previousPath: null, status: 'added' }] },
    file: {
      path,
      mode: '100644',
      sha: nowhere,
      text: '',
      parsed: { ok: true, value: { ...past.document, contract: id }, lines }
    },
    commits: { known: true, value: [] },
    pushers: [],
    unknownPushes: 0,
    dismissals: { known: true, value: [] },
    reviews: {
      known: true,
      value: past.approvals.map(({ by }, index) => {
        return { id: index + 1, user: accountOf(by), state: 'APPROVED', commit: nowhere, submittedAt }
      })
    },
    reviewed: {},
    statements: {},
    rules: {
      commit: nowhere,
      contract: read(`contracts/${id}.yml`, { ...contract, id }),
      directory: read('directory.yml', { kind: 'Directory', people: [...past.people] }),
      settings: read('.github/addendum.yml', defaultSettings),
      codeowners: { path: null, blob: null, parsed: codeowners }
    },
    teams: {},
    users: {},
    permissions: Object.fromEntries(past.approvals.map(({ by }) => [by, { known: true, value: 'write' as const }])),
    idUsed: false,
    amendments: { known: true, value: [] },
    policies: [...policies],
    // Whether one was open then is not told again: it would only repeat that refusal.
    openReviews: [],
    holdings: [...past.holdings],
    recentGrants: [...past.recentGrants],
    openRequests: { known: true, value: 1 },
    providers: {},
    protection: { app: 0, main: null, ledger: null },
    merge: null
  }
}
