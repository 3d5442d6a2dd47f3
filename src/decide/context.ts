// What the rules of decide() look at: the facts, and what follows from them, computed once.
import { inEmergency } from '../model/contract.ts'
import type { Action } from '../model/clause.ts'
import type { Clause, Contract } from '../model/contract.ts'
import type { Terms } from '../model/decision.ts'
import type { Directory, Person } from '../model/directory.ts'
import type { Access } from '../model/entitlement.ts'
import type { Account, RequestFacts } from '../model/facts.ts'
import type { AccessRequest } from '../model/request.ts'
import { agreedAt, amendedBy } from './agreed.ts'
import type { Agreed } from './agreed.ts'
import type { CelRecord } from './cel/types.ts'
import { firstStatementFor, standingClause, wholeTerms } from './ballot/standing.ts'
import { openingAt } from './time/hours.ts'
import type { Opening } from './time/hours.ts'
import { own } from './own.ts'
import { readyPolicies } from './policy/compile.ts'
import { evaluatePolicies } from './policy/evaluate.ts'
import type { PolicyResult } from './policy/evaluate.ts'
import { requestVariables } from './policy/variables.ts'
import { directoryOf, proposalOf } from './proposal.ts'
import type { Proposal } from './proposal.ts'

/** Facts and what follows from them. A null is what is missing; a rule that needs it does not hold (S6). */
export interface Context extends Proposal {
  facts: RequestFacts
  /** When access would begin if it were granted now: now, or the scheduled start where that is still to come. */
  at: Date
  request: AccessRequest | null
  /** The agreement by which it is judged: null where the contract or an amendment cannot be read. */
  agreed: Agreed | null
  /** The effective contract that the request names, in effect or not. */
  contract: Contract | null
  /** The clause that the request names, whatever it allows; in an emergency as the clause has it for that. */
  clause: Clause | null
  /** It asks for break-glass, and the clause allows it. */
  breakGlass: boolean
  /** The clause's access; null where it has none, as an action. */
  access: Access[] | null
  /** The action that the clause is; null where it gives access. */
  action: Action | null
  /** The one person with the subject's login, and that account. */
  subject: { person: Person; account: Account } | null
  /** Asked for, else the clause's default. */
  durationSeconds: number | null
  /** The clause's opening around `at` or next; null where the clause has no hours or never opens. */
  opening: Opening | null
  terms: Terms | null
  /** What expressions may name; null where what they speak of is not all known. */
  variables: CelRecord | null
  /** What the policies say; null without variables. */
  policies: PolicyResult[] | null
}

/** Computes the context under the terms of `termsAt`. Total: whatever the facts are, it gives one. */
export function contextOf(facts: RequestFacts, termsAt: Date = facts.now): Context {
  const { file } = facts
  const request = file?.parsed.ok === true ? file.parsed.value : null
  const { agreed, contract, clause, urgent } = agreedClause(facts, request, termsAt)
  const access = clause?.access !== undefined && clause.action === undefined ? clause.access : null
  const action = clause?.action !== undefined && clause.access === undefined ? clause.action : null
  const directory = directoryOf(facts)
  const subject = directory === null || request === null ? null : subjectIn(directory, request.subject)
  const at = request?.startAt !== undefined && request.startAt > facts.now ? request.startAt : facts.now
  const hours = clause?.conditions.window
  const gates = clause?.approvals.kind === 'stages' ? [clause.approvals.stages] : []
  const context: Context = {
    ...proposalOf('request', facts, {
      gates,
      subject: subject?.account ?? null,
      standing:
        clause === null || request === null || contract === null ? null : standingOf(facts, request, contract, at),
      statedFor: review => firstStatementFor(facts.statements, review),
      unstated: true
    }),
    facts,
    at,
    request,
    agreed,
    contract,
    clause,
    breakGlass: urgent,
    access,
    action,
    subject,
    durationSeconds: request?.durationSeconds ?? clause?.duration?.defaultSeconds ?? (action === null ? null : 0),
    opening: (hours === undefined ? undefined : openingAt(hours, at)) ?? null,
    terms: null,
    variables: null,
    policies: null
  }
  const variables = variablesOf(context)
  const { openRequests, recentGrants } = facts
  const judged = variables && { on: 'request' as const, variables, openRequests, recentGrants }
  const policies = judged && evaluatePolicies(readyPolicies(facts.policies), judged)
  return { ...context, terms: termsOf(context), variables, policies }
}

type AgreedClause = Pick<Context, 'agreed' | 'contract' | 'clause'> & { urgent: boolean }

function agreedClause(facts: RequestFacts, request: AccessRequest | null, at: Date): AgreedClause {
  const agreed = agreedAt(facts, request, at)
  const contract = agreed?.contract ?? null
  const written = contract === null || request === null ? null : (own(contract.clauses, request.clause) ?? null)
  const urgent = request?.emergency === true && written !== null ? inEmergency(written) : null
  return { agreed, contract, clause: urgent ?? written, urgent: urgent !== null }
}

// The same under the terms of now and of the start: who approves, approves both. Its parties are the contract's own.
function standingOf(
  facts: RequestFacts,
  request: AccessRequest,
  contract: Contract,
  start: Date
): Record<string, string> {
  const termsAt = (at: Date): object | null => wholeTerms(agreedClause(facts, request, at).clause, contract)
  return standingClause(request.clause, termsAt(facts.now), termsAt(start))
}

function variablesOf(context: Context): CelRecord | null {
  const { facts, at, request, contract, clause, subject, durationSeconds, settings } = context
  if (request === null || contract === null || clause === null || subject === null) return null
  const { fromAt, untilAt } = contract.effective
  const numbers = [facts.now, at, fromAt, untilAt, subject.person.untilAt ?? 0, durationSeconds ?? 0]
  // What is no time at all compares as anything; nothing is judged by it.
  if (!numbers.every(number => Number.isFinite(Number(number)))) return null
  const { now, holdings, pull } = facts
  const zone = settings?.zone ?? ''
  const terms = { request, contract, clause, subject, durationSeconds: durationSeconds ?? 0 }
  return requestVariables({ now, at, zone, author: pull.author, holdings, ...terms })
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

function termsOf(context: Context): Terms | null {
  const { facts, request, agreed, contract, clause, action, subject, durationSeconds, opening } = context
  const access = action === null ? context.access : []
  if (request === null || agreed === null || contract === null || clause === null || access === null) return null
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
    amendedBy: amendedBy(facts, agreed, request.clause),
    controls: clause.controls,
    access,
    action: action && { provider: action.provider, name: action.name, inputs: request.inputs },
    subject: { id: subject.account.id, login: subject.account.login, person: subject.person.id },
    entitlements,
    durationSeconds,
    startAt: request.startAt ?? null,
    latestAt: new Date(Math.min(...latest))
  }
}
