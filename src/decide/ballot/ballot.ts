// Counts approvals: which count, in which stage, and why each of the others does not (approvals.md §2 "Ours").
import type { Approver, StageStatus } from '../../model/decision.ts'
import type { Account, Known, RequestFacts, Review } from '../../model/facts.ts'
import type { Electorate } from './electorate.ts'
import type { Opinion, Veto } from './opinions.ts'
import { own } from '../own.ts'
import { byId } from './persons.ts'
import type { Part, PersonKey, Unfit } from './persons.ts'
import { seat } from './seating.ts'
import type { Seats } from './seating.ts'

/** Why an approval does not count. The first of these that is true. */
export type Flaw =
  Unfit | 'not-asked' | 'involved' | 'other-content' | 'other-terms' | 'permission-unknown' | 'no-write'

/** An approval that does not count. */
export interface Spoiled {
  by: Account
  review: Review
  flaw: Flaw
}

/** A request for changes; `dismissedBy` where somebody else dismissed it, null where it is not known who. */
export type Objection = Opinion & Partial<Pick<Veto, 'dismissedBy'>>

/** The result of the count. */
export interface Ballot {
  stages: StageStatus[]
  spoiled: Spoiled[]
  /** Requests for changes by somebody with write access, or not known to lack it. */
  objections: Objection[]
  /** Positions of the stages that stay short even if everyone who may approve did (attack #84). */
  short: number[]
}

/** What the count goes by. */
export interface Rolls {
  opinions: readonly Opinion[]
  /** Objections that others dismissed. */
  vetoes: readonly Veto[]
  /** Stages of one `gate` are filled by distinct people; who sits at one gate may sit at another again. */
  stages: readonly { count: number; gate: number; electorate: Electorate }[]
  personOf: PersonKey
  /** Why an account's person may judge nothing at all. */
  unfit(accountId: number): Unfit | undefined
  /** Persons who may not approve, with their parts. */
  involved: ReadonlyMap<string, { parts: readonly Part[] }>
  permissions: RequestFacts['permissions']
  /** Whether a review is of exactly the content that is judged now (attacks #18–22, #26, #27). */
  isBound(review: Review): boolean
  /** Whether it was given for the terms as they stand now; absent where a document stands on no terms of others. */
  isCurrent?(review: Review): boolean
}

/** Counts. Distinct persons only, each in one stage of a gate only, seated so that the most seats are taken. */
export function countBallot(rolls: Rolls): Ballot {
  const approvals = rolls.opinions.filter(({ review }) => review.state === 'APPROVED')
  const flaws = new Map(approvals.map(opinion => [opinion, flawOf(opinion, rolls)]))
  const valid = approvals.filter(opinion => flaws.get(opinion) === undefined)
  const seats = rolls.stages.map(({ count, gate, electorate }) => {
    const sitting = valid.filter(({ by }) => electorate.members.has(by.id))
    return { count, gate, mayTake: new Set(sitting.map(({ by }) => rolls.personOf(by.id))) }
  })
  const persons = [...new Set(valid.map(({ by }) => rolls.personOf(by.id)))]
  const seated = seatGates(seats, persons)
  const taken = new Set(seated.flat())
  const spare = persons.filter(person => !taken.has(person))
  const stages = rolls.stages.map(({ count, gate, electorate }, index): StageStatus => {
    const atGate = new Set(seated.filter((_, other) => rolls.stages[other]?.gate === gate).flat())
    const here = seated[index] as string[]
    const approvedBy = here.map(person => noteOf(valid, electorate, rolls.personOf, person))
    approvedBy.sort((a, b) => a.id - b.id)
    const first = spare.filter(person => seats.findIndex(({ mayTake }) => mayTake.has(person)) === index)
    const beyond = first.map(person => noteOf(valid, electorate, rolls.personOf, person))
    const eligible = byId(electorate.members.values())
      .filter(account => mayStillApprove(account, rolls) && !atGate.has(rolls.personOf(account.id)))
      .map(({ id, login }) => ({ id, login }))
    const status = { count, from: electorate.from, approvedBy, missing: count - here.length, eligible }
    return beyond.length === 0 ? status : { ...status, beyond: beyond.sort((a, b) => a.id - b.id) }
  })
  const spoiled = approvals.flatMap(opinion => {
    const flaw = flaws.get(opinion)
    return flaw === undefined ? [] : [{ ...opinion, flaw }]
  })
  const asking: Objection[] = rolls.opinions.filter(({ review }) => review.state === 'CHANGES_REQUESTED')
  // Unknown permission objects too: in doubt a veto stands (S6).
  const objections = [...asking, ...rolls.vetoes].filter(({ by }) => mayWrite(rolls.permissions, by.id) !== false)
  return { stages, spoiled, objections, short: shortOf(rolls) }
}

function shortOf(rolls: Rolls): number[] {
  const seats = rolls.stages.map(({ count, gate, electorate }) => {
    const able = byId(electorate.members.values()).filter(account => mayStillApprove(account, rolls))
    return { count, gate, mayTake: new Set(able.map(({ id }) => rolls.personOf(id))) }
  })
  const everyone = new Set(seats.flatMap(stage => [...stage.mayTake]))
  const seated = seatGates(seats, [...everyone].sort())
  return seats.flatMap(({ count }, index) => ((seated[index] as string[]).length < count ? [index] : []))
}

// Each gate is seated by itself; the answer is in the order of the stages.
function seatGates(seats: readonly (Seats & { gate: number })[], persons: readonly string[]): string[][] {
  const seated: string[][] = seats.map(() => [])
  for (const gate of new Set(seats.map(stage => stage.gate))) {
    const places = [...seats.keys()].filter(index => seats[index]?.gate === gate)
    const taken = seat(
      places.map(index => seats[index] as Seats),
      persons
    )
    places.forEach((index, at) => (seated[index] = taken[at] as string[]))
  }
  return seated
}

const writers: ReadonlySet<string> = new Set(['admin', 'maintain', 'write'])

/** Whether an account may write to the access repository now; undefined where that is not known. */
export function mayWrite(permissions: RequestFacts['permissions'], accountId: number): boolean | undefined {
  const permission: Known<string> | undefined = own(permissions, accountId)
  return permission?.known === true ? writers.has(permission.value) : undefined
}

function flawOf({ by, review }: Opinion, rolls: Rolls): Flaw | undefined {
  // A workflow's or an app's approval is nobody's (attack #9).
  if (by.type !== 'User') return 'not-a-person'
  if (!rolls.stages.some(stage => stage.electorate.members.has(by.id))) return 'not-asked'
  const unfit = rolls.unfit(by.id)
  if (unfit !== undefined) return unfit
  if (rolls.involved.has(rolls.personOf(by.id))) return 'involved'
  if (!rolls.isBound(review)) return 'other-content'
  if (rolls.isCurrent?.(review) === false) return 'other-terms'
  const writes = mayWrite(rolls.permissions, by.id)
  return writes === undefined ? 'permission-unknown' : writes ? undefined : 'no-write'
}

function mayStillApprove(account: Account, rolls: Rolls): boolean {
  if (account.type !== 'User' || rolls.unfit(account.id) !== undefined) return false
  return mayWrite(rolls.permissions, account.id) !== false && !rolls.involved.has(rolls.personOf(account.id))
}

// A person with several accounts is noted by the one with the lowest number that this stage knows.
function noteOf(valid: readonly Opinion[], electorate: Electorate, personOf: PersonKey, person: string): Approver {
  const { by, review } = valid.find(
    opinion => personOf(opinion.by.id) === person && electorate.members.has(opinion.by.id)
  ) as Opinion
  const { id, commit, submittedAt } = review
  return { id: by.id, login: by.login, reviewId: id, commit: commit as string, submittedAt: submittedAt as string }
}
