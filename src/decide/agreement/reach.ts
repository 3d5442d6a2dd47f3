// Who could get what: people of the directory by clause, and how an amendment changes it (DESIGN §3).
import type { Contract } from '../../model/contract.ts'
import type { Directory, Person } from '../../model/directory.ts'
import type { RequestFacts } from '../../model/facts.ts'
import { membersOf } from '../ballot/electorate.ts'
import { own } from '../own.ts'
import { list, plain, quoted } from '../wording.ts'

/** Who could ask for each clause. */
export interface Reach {
  /** By clause id: ids of persons in the directory. */
  people: ReadonlyMap<string, ReadonlySet<string>>
  /** Names that could not be resolved, with the reason: whom they stand for is missing above. */
  unknown: { name: string; because: string }[]
}

/** How the reach of one clause changed. */
export interface ReachChange {
  clause: string
  /** Ids of persons, sorted. */
  gained: string[]
  lost: string[]
  sentence: string
}

/**
 * The people who could ask for each clause of an effective contract at `at` and not be refused for who they are:
 * eligible by numeric id, in the directory, not past their end date, with an identity wherever the clause gives access.
 */
export function reachOf(
  contract: Contract,
  { teams, users, directory, at }: Pick<RequestFacts, 'teams' | 'users'> & { directory: Directory; at: Date }
): Reach {
  const byAccount = new Map(directory.people.flatMap(person => person.github.map(({ id }) => [id, person] as const)))
  const unknown = new Map<string, string>()
  const people = Object.entries(contract.clauses).map(([id, clause]): [string, Set<string>] => {
    const names = new Set([...(clause.eligible ?? contract.parties.eligible), ...(clause.emergency?.eligible ?? [])])
    const persons = [...names].flatMap(name => {
      const members = membersOf(name, { teams, users })
      if (!members.known) unknown.set(plain(name), plain(members.because))
      const accounts = members.known ? members.value : []
      return accounts.flatMap(account => byAccount.get(account.id) ?? [])
    })
    const providers = new Set((clause.access ?? []).map(({ provider }) => provider))
    const able = persons.filter(person => isActive(person, at) && hasIdentities(person, providers))
    return [id, new Set(able.map(person => person.id).sort())]
  })
  const unresolved = [...unknown.keys()].sort()
  return { people: new Map(people), unknown: unresolved.map(name => ({ name, because: unknown.get(name) as string })) }
}

/** The clauses that more, fewer or other people could ask for, by id, with one sentence each. */
export function reachChanges(before: Reach, after: Reach): ReachChange[] {
  const clauses = [...new Set([...before.people.keys(), ...after.people.keys()])].sort()
  return clauses.flatMap(clause => {
    const [was, is] = [peopleOf(before, clause), peopleOf(after, clause)]
    const [gained, lost] = [without(is, was), without(was, is)]
    if (gained.length + lost.length === 0) return []
    return [{ clause, gained, lost, sentence: sentenceOf(clause, gained.length, lost.length) }]
  })
}

function sentenceOf(clause: string, gained: number, lost: number): string {
  const people = (count: number, word: string): string[] =>
    count === 0 ? [] : [`${count} ${word} ${count === 1 ? 'person' : 'people'}`]
  return `${list([...people(gained, 'more'), ...people(lost, 'fewer')])} could ask for ${quoted(clause)}.`
}

function peopleOf({ people }: Reach, clause: string): ReadonlySet<string> {
  return people.get(clause) ?? new Set()
}

function without(people: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...people].filter(person => !others.has(person)).sort()
}

function isActive({ untilAt }: Person, at: Date): boolean {
  return untilAt === undefined || at < untilAt
}

function hasIdentities(person: Person, providers: ReadonlySet<string>): boolean {
  return [...providers].every(provider => (own(person.identities, provider) ?? '') !== '')
}
