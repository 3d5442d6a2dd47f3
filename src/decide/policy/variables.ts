// From documents to the variables of expressions (`environments.ts`): every field that is declared, and no other.
import type { Amendment } from '../../model/amendment.ts'
import type { Clause, Contract } from '../../model/contract.ts'
import type { Person } from '../../model/directory.ts'
import type { Account, Holding } from '../../model/facts.ts'
import type { AccessRequest } from '../../model/request.ts'
import type { CelRecord } from '../cel/types.ts'
import { own } from '../own.ts'

/** What a request is judged with. */
export interface RequestJudged {
  now: Date
  /** When access would begin. */
  at: Date
  zone: string
  request: AccessRequest
  author: Account
  subject: { person: Person; account: Account }
  contract: Contract
  clause: Clause
  durationSeconds: number
  holdings: readonly Holding[]
}

/** The variables of a request. */
export function requestVariables(judged: RequestJudged): CelRecord {
  const { now, at, zone, request, author, subject, contract, durationSeconds } = judged
  const { person, account } = subject
  const start = at.getTime()
  const duration = durationSeconds * 1_000
  const clause = clauseVariables(request.clause, judged.clause)
  return {
    now: now.getTime(),
    zone,
    request: {
      id: request.id,
      contract: request.contract,
      clause: request.clause,
      subject: account.login,
      author: author.login,
      reason: request.reason,
      ticket: request.ticket ?? '',
      emergency: request.emergency,
      duration,
      start,
      end: start + duration,
      scheduled: request.startAt !== undefined && request.startAt > now
    },
    subject: {
      login: account.login,
      class: person.class,
      company: person.company ?? '',
      until: person.untilAt?.getTime(),
      holdings: judged.holdings.map(holdingVariables)
    },
    contract: contractVariables(contract),
    clause,
    clauses: [clause]
  }
}

/** The variables of a contract as it is proposed. */
export function contractJudgedVariables(contract: Contract, now: Date, zone: string): CelRecord {
  return { now: now.getTime(), zone, contract: contractVariables(contract), clauses: clausesOf(contract) }
}

/** The variables of an amendment: `before` and `after` are the contract without it and with it. */
export function amendmentVariables(
  amendment: Amendment,
  { before, after, now, zone }: { before: Contract; after: Contract; now: Date; zone: string }
): CelRecord {
  const touched = amendment.changes.map(change => change.clause)
  const named = (kind: 'add' | 'amend' | 'strike'): string[] =>
    amendment.changes.flatMap(change => (change.kind === kind ? [change.clause] : []))
  return {
    now: now.getTime(),
    zone,
    contract: contractVariables(before),
    amendment: {
      id: amendment.id,
      reason: amendment.reason,
      permanent: amendment.permanent,
      from: amendment.effective.fromAt.getTime(),
      until: amendment.effective.untilAt?.getTime(),
      transition: amendment.transition,
      adds: named('add'),
      amends: named('amend'),
      strikes: named('strike'),
      supersedes: amendment.supersedes
    },
    clauses: clausesOf(after, touched),
    before: clausesOf(before, touched)
  }
}

function clausesOf({ clauses }: Contract, ids: readonly string[] = Object.keys(clauses)): CelRecord[] {
  return ids.flatMap(id => {
    const clause = own(clauses, id)
    return clause === undefined ? [] : [clauseVariables(id, clause)]
  })
}

function contractVariables({ id, title, version, parties, effective }: Contract): CelRecord {
  const [from, until] = [effective.fromAt.getTime(), effective.untilAt.getTime()]
  return { id, title, version, owner: parties.owner, from, until }
}

function clauseVariables(id: string, clause: Clause): CelRecord {
  const { approvals, conditions } = clause
  const stages = approvals.kind === 'stages' ? approvals.stages : []
  return {
    id,
    title: clause.title,
    access: (clause.access ?? []) as unknown as CelRecord[],
    action: clause.action !== undefined,
    automatic: approvals.kind === 'automatic',
    approvals: stages.reduce((sum, stage) => sum + stage.count, 0),
    duration: (clause.duration?.maxSeconds ?? 0) * 1_000,
    needsTicket: conditions.ticket !== undefined,
    hasHours: conditions.window !== undefined,
    controls: clause.controls
  }
}

function holdingVariables({ contract, clause, notBefore, notAfter }: Holding): CelRecord {
  return { contract, clause, from: notBefore.getTime(), until: notAfter.getTime() }
}
