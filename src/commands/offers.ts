// Beside `who` and `what`: every clause in effect at an instant, with the people who could ask for it.
import { conform } from '../decide/agreement/conform.ts'
import { reachOf } from '../decide/agreement/reach.ts'
import { terms } from '../decide/agreement/terms.ts'
import type { Provenance } from '../model/agreement.ts'
import type { Clause, Contract } from '../model/contract.ts'
import type { Directory, Person } from '../model/directory.ts'
import type { Agreements } from './agreement.ts'
import type { Names } from './teams.ts'

/** One clause that people could ask for. */
export interface Offer {
  contract: string
  id: string
  clause: Clause
  /** Which amendment gave the clause its terms; null: the contract did. */
  amendedBy: string | null
  /** The names that the clause admits, and those of them whose members are not known here. */
  eligible: string[]
  unknown: string[]
  /** Ids of persons who could ask for it and not be refused for who they are. */
  people: ReadonlySet<string>
  /** The same, if everybody in the directory were in the teams that are not known. */
  perhaps: ReadonlySet<string>
  /** Longest duration, approvals, conditions, in words: the redline's own. */
  needs: { field: string; label: string; text: string }[]
}

/** What was left out of the answer, and why. */
export interface Offers {
  offers: Offer[]
  directory: Directory
  notes: string[]
}

const told: ReadonlySet<string> = new Set([
  'duration.max',
  'approvals',
  'emergency',
  'conditions.ticket',
  'conditions.window',
  'conditions.require'
])

/** Every clause of every contract in effect at `at`, by contract and clause id. `namesOf` resolves teams and logins. */
export async function offersAt(
  agreements: Agreements,
  at: Date,
  namesOf: (directory: Directory) => Names
): Promise<Offers> {
  const directory = await agreements.directory(at)
  const names = namesOf(directory)
  const notes = [...names.notes]
  const offers: Offer[] = []
  for (const id of await agreements.ids(at)) {
    const { contract, amendments, notes: left } = await agreements.of(id, at)
    notes.push(...left)
    const { contract: agreed, provenance } = conform(contract, amendments, at)
    if (at < agreed.effective.fromAt || at >= agreed.effective.untilAt) continue
    offers.push(...offersOf(agreed, provenance, { names, directory, at }))
  }
  return { offers, directory, notes }
}

/** The person of a login, whatever its case; undefined where the directory names none, or two. */
export function personWith(directory: Directory, login: string): Person | undefined {
  const wanted = login.replace(/^@/, '').toLowerCase()
  const found = directory.people.filter(person => person.github.some(account => account.login.toLowerCase() === wanted))
  return found.length === 1 ? found[0] : undefined
}

/** How people name a person: by the first of their logins. */
export function loginOf({ github, id }: Person): string {
  const [account] = github
  return account === undefined ? id : `@${account.login}`
}

function offersOf(
  contract: Contract,
  provenance: Record<string, Provenance>,
  { names, directory, at }: { names: Names; directory: Directory; at: Date }
): Offer[] {
  const everyone = directory.people.flatMap(person => person.github.map(account => ({ ...account, type: 'User' })))
  const clauses = Object.entries(contract.clauses).sort(([a], [b]) => (a < b ? -1 : 1))
  const eligibleOf = (clause: Clause): string[] => clause.eligible ?? contract.parties.eligible
  const unknownOf = (clause: Clause): string[] =>
    eligibleOf(clause).filter(name => name.includes('/') && !Object.hasOwn(names.teams, name.toLowerCase()))
  const teams = { ...names.teams }
  for (const name of clauses.flatMap(([, clause]) => unknownOf(clause))) {
    teams[name.toLowerCase()] = { known: true, value: everyone }
  }
  const sure = reachOf(contract, { ...names, directory, at })
  const perhaps = reachOf(contract, { ...names, teams, directory, at })
  return clauses.map(([id, clause]) => {
    const from = provenance[id]
    const side = { clause, parties: contract.parties }
    const needs = terms
      .filter(({ field }) => told.has(field))
      .flatMap(({ field, label, say }) => {
        const text = say(side)
        return text === '' ? [] : [{ field, label, text }]
      })
    return {
      contract: contract.id,
      id,
      clause,
      amendedBy: from?.by === 'amendment' ? from.id : null,
      eligible: eligibleOf(clause),
      unknown: unknownOf(clause),
      people: sure.people.get(id) ?? new Set(),
      perhaps: perhaps.people.get(id) ?? new Set(),
      needs
    }
  })
}
