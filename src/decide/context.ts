// What the rules of decide() look at: the facts, and what follows from them, computed once.
import type { Clause, Contract } from '../model/contract.ts'
import type { Mark, Terms } from '../model/decision.ts'
import type { Directory, Person } from '../model/directory.ts'
import type { Access } from '../model/entitlement.ts'
import type { Account, RequestFacts } from '../model/facts.ts'
import type { AccessRequest } from '../model/request.ts'
import { defaultSettings } from '../model/settings.ts'
import type { Settings } from '../model/settings.ts'
import { countBallot } from './ballot.ts'
import type { Ballot } from './ballot.ts'
import { bindingOf } from './binding.ts'
import { electorateOf } from './electorate.ts'
import type { Electorate } from './electorate.ts'
import { openingAt } from './hours.ts'
import type { Opening } from './hours.ts'
import { latestOpinions } from './opinions.ts'
import { own } from './own.ts'
import { ownedBy } from './owners.ts'
import type { Owned } from './owners.ts'
import { fitness, involvementOf, personKeys } from './persons.ts'
import type { Involvement, PersonKey } from './persons.ts'

/** Facts and what follows from them. A null is what is missing; a rule that needs it does not hold (S6). */
export interface Context {
  facts: RequestFacts
  /** When access would begin if it were granted now: now, or the scheduled start where that is still to come. */
  at: Date
  request: AccessRequest | null
  /** The place of a JSON pointer in the request file. */
  markOf(pointer: string): Mark | undefined
  /** The readable contract that the request names, in effect or not. */
  contract: Contract | null
  /** The clause that the request names, whatever it allows. */
  clause: Clause | null
  /** The clause's access; null where it has none, as an action. */
  access: Access[] | null
  directory: Directory | null
  /** Null where the settings on the base branch cannot be read. */
  settings: Settings | null
  /** The one person with the subject's login, and that account. */
  subject: { person: Person; account: Account } | null
  /** Asked for, else the clause's default. */
  durationSeconds: number | null
  /** The clause's opening around `at` or next; null where the clause has no hours or never opens. */
  opening: Opening | null
  owned: Owned
  personOf: PersonKey
  involvement: Involvement
  /** The clause's stages with the people who may approve in them; empty where there are none. */
  stages: { count: number; electorate: Electorate }[]
  ballot: Ballot
  terms: Terms | null
}

/** Computes the context. Total: whatever the facts are, it gives one. */
export function contextOf(facts: RequestFacts): Context {
  const { file, rules } = facts
  const request = file?.parsed.ok === true ? file.parsed.value : null
  const contract = contractFor(facts, request)
  const clause = contract === null || request === null ? null : (own(contract.clauses, request.clause) ?? null)
  const access = clause?.access !== undefined && clause.action === undefined ? clause.access : null
  const directory = rules.directory.parsed?.ok === true ? rules.directory.parsed.value : null
  const subject = directory === null || request === null ? null : subjectIn(directory, request.subject)
  const at = request?.startAt !== undefined && request.startAt > facts.now ? request.startAt : facts.now
  const hours = clause?.conditions.window
  const owned = ownedBy({ codeowners: rules.codeowners, teams: facts.teams, users: facts.users }, file?.path ?? '')
  const settings = settingsOf(facts)
  const personOf = personKeys(directory)
  const involvement = involvementOf(personOf, {
    subject: subject?.account ?? null,
    author: facts.pull.author,
    pushers: facts.pushers,
    commits: facts.commits.known ? facts.commits.value : []
  })
  const stages = stagesOf(clause, involvement, owned, facts)
  const ballot = countBallot({
    opinions: facts.reviews.known ? latestOpinions(facts.reviews.value) : [],
    stages,
    personOf,
    unfit: fitness(directory, facts.now),
    involved: involvement.byPerson,
    permissions: facts.permissions,
    isBound: bindingOf(facts, settings)
  })
  const context: Context = {
    facts,
    at,
    request,
    markOf: pointer => markIn(facts, pointer),
    contract,
    clause,
    access,
    directory,
    settings,
    subject,
    durationSeconds: request?.durationSeconds ?? clause?.duration?.defaultSeconds ?? null,
    opening: (hours === undefined ? undefined : openingAt(hours, at)) ?? null,
    owned,
    personOf,
    involvement,
    stages,
    ballot,
    terms: null
  }
  return { ...context, terms: termsOf(context) }
}

function contractFor({ rules }: RequestFacts, request: AccessRequest | null): Contract | null {
  const { parsed } = rules.contract
  return parsed?.ok === true && parsed.value.id === request?.contract ? parsed.value : null
}

// Absent settings are the defaults; settings that cannot be read are not.
function settingsOf({ rules }: RequestFacts): Settings | null {
  const { parsed } = rules.settings
  if (parsed === null) return defaultSettings
  return parsed.ok ? parsed.value : null
}

// A login in two entries names nobody for certain, and so nobody.
function subjectIn(directory: Directory, login: string): Context['subject'] {
  const found = directory.people.flatMap(person =>
    person.github
      .filter(account => account.login.toLowerCase() === login.toLowerCase())
      .map(account => ({ person, account: { ...account, type: 'User' } }))
  )
  const [one, ...others] = found
  return one !== undefined && others.length === 0 ? one : null
}

// A commit of somebody whom GitHub does not know costs one more approval, in the first stage (attack #5).
function stagesOf(
  clause: Clause | null,
  involvement: Involvement,
  owned: Owned,
  people: Pick<RequestFacts, 'teams' | 'users'>
): Context['stages'] {
  if (clause?.approvals.kind !== 'stages') return []
  return clause.approvals.stages.map((stage, index) => ({
    count: Math.max(1, stage.count) + (index === 0 && involvement.unknownCommits > 0 ? 1 : 0),
    electorate: electorateOf(stage.from, owned, people)
  }))
}

function markIn({ file }: RequestFacts, pointer: string): Mark | undefined {
  return file?.parsed.ok === true ? { path: file.path, ...file.parsed.lines(pointer) } : undefined
}

function termsOf(context: Context): Terms | null {
  const { request, contract, clause, access, subject, durationSeconds, opening } = context
  if (request === null || contract === null || clause === null || access === null) return null
  if (subject === null || durationSeconds === null) return null
  const entitlements = access.flatMap(line => {
    const identity = own(subject.person.identities, line.provider)
    return identity === undefined ? [] : [{ ...line, identity }]
  })
  if (entitlements.length !== access.length) return null
  const ends = [contract.effective.untilAt, subject.person.untilAt, opening?.closeAt]
  const latest = ends.filter(end => end !== undefined && end !== null).map(Number)
  return {
    contract: contract.id,
    clause: request.clause,
    clauseTitle: clause.title,
    clauseText: clause.text ?? '',
    controls: clause.controls,
    access,
    subject: { id: subject.account.id, login: subject.account.login, person: subject.person.id },
    entitlements,
    durationSeconds,
    startAt: request.startAt ?? null,
    latestAt: new Date(Math.min(...latest))
  }
}
