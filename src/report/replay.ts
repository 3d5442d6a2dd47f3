// Replay: every past request of a contract decided again under other terms: what an amendment would have changed.
import { approved } from '../decide/rules/approved.ts'
import { clauseInEffect } from '../decide/rules/clause-in-effect.ts'
import { conditionsHold } from '../decide/rules/conditions-hold.ts'
import { contextOf } from '../decide/context.ts'
import { inputsFit } from '../decide/rules/inputs-fit.ts'
import { durationWithin } from '../decide/rules/duration-within.ts'
import { policyHolds } from '../decide/rules/policy-holds.ts'
import type { Rule } from '../decide/rules.ts'
import { startInReach } from '../decide/rules/start-in-reach.ts'
import { subjectEligible } from '../decide/rules/subject-eligible.ts'
import { subjectKnown } from '../decide/rules/subject-known.ts'
import type { Reason } from '../model/decision.ts'
import type { RequestFacts } from '../model/facts.ts'
import { formatInstant } from '../model/instant.ts'
import type { RequestRef } from '../model/record.ts'
import { factsOf, judgedBy } from './past-facts.ts'
import type { Judged } from './past-facts.ts'
import { sameTerms } from './past.ts'
import type { Basis, Members, PastRequest } from './past.ts'
import type { HistoryOptions } from './past-reader.ts'

/** What is replayed: the requests of one contract, under the terms without and with what is proposed. */
export interface Replay {
  contract: string
  before: Basis
  after: Basis
  past: readonly PastRequest[]
  /** Active members of teams, for lists of people that the records do not answer for. */
  members?: Members
  /** Requests of this contract that were not read, so that none is hidden: they count as `not-read`. */
  notRead?: number
}

/** How one request comes out under one set of terms. `because`: the first rule that does not hold, in its words. */
export interface Judgement {
  verdict: 'allow' | 'refuse'
  rule: string | null
  because: string | null
}

/** One request that comes out otherwise. The number of its pull request is where people find it. */
export interface Turned {
  request: RequestRef
  pr: number
  clause: string
  decidedAt: string
  before: Judgement
  after: Judgement
}

/** One grant in force under a clause that changes. Where `after` refuses it is out of the new terms. */
export interface Touched {
  request: RequestRef
  pr: number
  clause: string
  until: string
  before: Judgement['verdict'] | 'unknown'
  after: Judgement['verdict'] | 'unknown'
}

/** Why a request could not be decided again. */
export type UnjudgedCode = 'not-read' | 'request-unreadable' | 'directory-unreadable' | 'members-unknown'

/** The outcome. Every past request of the contract is counted in exactly one of the first four. */
export interface Impact {
  contract: string
  requests: number
  allowedToRefused: number
  refusedToAllowed: number
  unchanged: { allowed: number; refused: number }
  unjudged: Record<UnjudgedCode, number>
  /** Grants in force under a clause that changes, in the order of their requests. */
  live: Touched[]
  /** Five at most, of those that turned: the newest of each clause first, then the newest. */
  examples: Turned[]
}

const examplesAtMost = 5

/** The rules that look at the agreement. What the others said then stands, since no amendment speaks of it. */
export const ofAgreement: readonly [id: Reason['rule'], rule: Rule][] = [
  ['clause-in-effect', clauseInEffect],
  ['subject-known', subjectKnown],
  ['subject-eligible', subjectEligible],
  ['inputs-fit', inputsFit],
  ['duration-within', durationWithin],
  ['start-in-reach', startInReach],
  ['conditions-hold', conditionsHold],
  ['policy-holds', policyHolds],
  ['approved', approved]
]
/**
 * Whether a past request must be read to be decided again: under a clause whose terms differ, and refused by nothing that
 * stands whatever the agreement. All others come out as recorded.
 */
export function mustRead(before: Basis, after: Basis): NonNullable<HistoryOptions['needed']> {
  const isSame = once((clause: string) => sameTerms(before, after, clause))
  return ({ clause, failed }) => standingIn(failed) === undefined && !isSame(clause ?? '')
}

function standingIn(failed: readonly string[]): string | undefined {
  return failed.find(rule => !judgedAnew.has(rule) && !followed.has(rule))
}

const judgedAnew: ReadonlySet<string> = new Set(ofAgreement.map(([id]) => id))

/** Rules that could not be judged where the agreement named no clause, or too few people: they tell nothing of now. */
export const followed: ReadonlySet<string> = new Set(['provider-ready', 'duties-separated'])

/**
 * Decides each past request under both terms, by the rules that decide requests, with the same facts: file, directory,
 * approvals and hour as they were. Who is on a list is as recorded where the list is no narrower, else by `members`;
 * where neither tells and it would matter, the request counts as unjudged. A request whose terms do not differ is
 * unchanged, as recorded. Deterministic: the order of `past` changes nothing, and with `before` and `after` exchanged
 * the answer is the same, exchanged (`mirrored`).
 */
export function replay({ contract, before, after, past, members = {}, notRead = 0 }: Replay): Impact {
  const isSame = once((clause: string) => sameTerms(before, after, clause))
  const [old, proposed] = [before, after].map((agreed): Terms => {
    const usual = once(clause => judgedBy(agreed, clause))
    const urgent = once(clause => judgedBy(agreed, clause, true))
    return ({ clause, document }) => (document?.emergency === true ? urgent : usual)(clause)
  })
  const impact: Impact = {
    contract,
    requests: past.length + notRead,
    allowedToRefused: 0,
    refusedToAllowed: 0,
    unchanged: { allowed: 0, refused: 0 },
    unjudged: { 'not-read': notRead, 'request-unreadable': 0, 'directory-unreadable': 0, 'members-unknown': 0 },
    live: [],
    examples: []
  }
  const turned: Turned[] = []
  for (const one of past.toSorted((a, b) => a.pr - b.pr)) {
    if (isSame(one.clause)) {
      impact.unchanged[one.failed.length === 0 ? 'allowed' : 'refused'] += 1
      continue
    }
    const was = judge(one, old as Terms, members)
    const is = judge(one, proposed as Terms, members)
    const { request, pr, clause, liveUntil } = one
    if (liveUntil !== null) {
      impact.live.push({
        request,
        pr,
        clause,
        until: formatInstant(liveUntil),
        before: verdictOf(was),
        after: verdictOf(is)
      })
    }
    if (typeof was === 'string') impact.unjudged[was] += 1
    else if (typeof is === 'string') impact.unjudged[is] += 1
    else if (was.verdict === is.verdict) impact.unchanged[was.verdict === 'allow' ? 'allowed' : 'refused'] += 1
    else {
      impact[is.verdict === 'allow' ? 'refusedToAllowed' : 'allowedToRefused'] += 1
      turned.push({ request, pr, clause, decidedAt: formatInstant(one.decidedAt), before: was, after: is })
    }
  }
  return { ...impact, examples: mostTelling(turned) }
}

/** The same replay with before and after exchanged. */
export function mirrored(impact: Impact): Impact {
  return {
    ...impact,
    allowedToRefused: impact.refusedToAllowed,
    refusedToAllowed: impact.allowedToRefused,
    live: impact.live.map(one => ({ ...one, before: one.after, after: one.before })),
    examples: impact.examples.map(one => ({ ...one, before: one.after, after: one.before }))
  }
}

type Terms = (past: Pick<PastRequest, 'clause' | 'document'>) => Judged

function once<T>(compute: (clause: string) => T): (clause: string) => T {
  const known = new Map<string, T>()
  return clause => {
    const value = known.has(clause) ? (known.get(clause) as T) : compute(clause)
    known.set(clause, value)
    return value
  }
}

function judge(past: PastRequest, terms: Terms, members: Members): Judgement | UnjudgedCode {
  const standing = standingIn(past.failed)
  if (standing !== undefined) return { verdict: 'refuse', rule: standing, because: null }
  const { document, people } = past
  if (document === null) return 'request-unreadable'
  if (people === null) return 'directory-unreadable'
  const judged = terms(past)
  const { certain, doubted } = factsOf({ ...past, document, people }, judged, members)
  const sure = judgementOf(certain, judged)
  // More people on a list never hurt (a property of decide): only a refusal can turn on whom we do not know.
  if (sure.verdict === 'allow' || doubted === null) return sure
  return judgementOf(doubted, judged).verdict === 'allow' ? 'members-unknown' : sure
}

function verdictOf(judgement: Judgement | UnjudgedCode): Touched['before'] {
  return typeof judgement === 'string' ? 'unknown' : judgement.verdict
}

function judgementOf(facts: RequestFacts, { lists }: Judged): Judgement {
  const context = contextOf(facts)
  const failed = ofAgreement.flatMap(([, rule]) => rule(context)).find(reason => !reason.holds)
  if (failed === undefined) return { verdict: 'allow', rule: null, because: null }
  return { verdict: 'refuse', rule: failed.rule, because: named(failed, lists) }
}

// The lists get their people's names back; no document can name them itself, since `@list/0` is only ever ours here.
function named({ because }: Reason, lists: Judged['lists']): string {
  return because.replace(/@list\/(\d+)/g, (_, index: string) => {
    const names = (lists[Number(index)] ?? []).map(name => (name === 'codeowners' ? 'the code owners' : name))
    return names.join(' or ')
  })
}

function mostTelling(turned: readonly Turned[]): Turned[] {
  const order = (a: string, b: string): number => Number(a > b) - Number(a < b)
  const newest = turned.toSorted((a, b) => order(b.decidedAt, a.decidedAt) || b.pr - a.pr)
  const clauses = new Set<string>()
  const [first, rest] = [[] as Turned[], [] as Turned[]]
  for (const one of newest) {
    if (clauses.has(one.clause)) rest.push(one)
    else first.push(one)
    clauses.add(one.clause)
  }
  return [...first, ...rest].slice(0, examplesAtMost)
}
