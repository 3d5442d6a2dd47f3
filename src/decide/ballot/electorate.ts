// Who may approve in one stage, by numeric id: members of the teams, and the accounts, that the stage names.
import type { Stage } from '../../model/contract.ts'
import type { Account, Known, RequestFacts } from '../../model/facts.ts'
import { ownKnown } from '../own.ts'
import type { Owned } from './owners.ts'
import { byId } from './persons.ts'
import { plain } from '../wording.ts'

/** The people of one stage. `unknown`: names that could not be resolved, with the reason; they add nobody. */
export interface Electorate {
  /** As the clause or CODEOWNERS names them. */
  from: string[]
  members: ReadonlyMap<number, Account>
  unknown: { name: string; because: string }[]
}

type People = Pick<RequestFacts, 'teams' | 'users'>

/** Who may approve by `names`; `codeowners` stands for the owners of the request's file. */
export function electorateOf(names: Stage['from'], owned: Owned, people: People): Electorate {
  const owners = owned.known ? owned.names : []
  const from = [...new Set(names.flatMap(name => (name === 'codeowners' ? owners : [plain(name)])))]
  const members = new Map<number, Account>()
  const unknown: Electorate['unknown'] = []
  for (const name of from) {
    const found = membersOf(name, people)
    if (!found.known) unknown.push({ name, because: plain(found.because) })
    else for (const account of byId(found.value)) members.set(account.id, account)
  }
  return { from, members, unknown }
}

/** The accounts behind `@org/team` or `@login`: active members only (attack #17), by numeric id (attack #13). */
export function membersOf(name: string, people: People): Known<Account[]> {
  const key = name.toLowerCase()
  if (key.includes('/')) return ownKnown(people.teams, key)
  const user = ownKnown(people.users, key)
  return user.known ? { known: true, value: [user.value] } : user
}
