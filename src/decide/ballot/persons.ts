// Who is one human: accounts to persons by the directory, and who may not judge this request (attacks #1–8).
import type { Account, Commit } from '../../model/facts.ts'
import type { Directory } from '../../model/directory.ts'

/** From a numeric account id to one key per human. */
export type PersonKey = (accountId: number) => string

/** Several accounts of one person in the directory are one; an account that it does not name is a person of its own. */
export function personKeys(directory: Directory | null): PersonKey {
  const people = directory?.people ?? []
  const byAccount = new Map(people.flatMap(person => person.github.map(account => [account.id, person.id] as const)))
  return accountId => byAccount.get(accountId) ?? `gh:${accountId}`
}

/** Why the directory lets somebody judge nothing: a service is no human (attack #9), and who has left is not active. */
export type Unfit = 'not-a-person' | 'has-left'

/** From a numeric account id to why its person may judge nothing at `now`. Whom the directory does not name is fit. */
export function fitness(directory: Directory | null, now: Date): (accountId: number) => Unfit | undefined {
  const people = directory?.people ?? []
  const byAccount = new Map(people.flatMap(person => person.github.map(account => [account.id, person] as const)))
  return accountId => {
    const person = byAccount.get(accountId)
    if (person?.class === 'service') return 'not-a-person'
    return person?.untilAt !== undefined && !(now < person.untilAt) ? 'has-left' : undefined
  }
}

/** Why somebody may not approve. In the order in which sentences name them. */
export type Part = 'subject' | 'author' | 'pusher' | 'committer' | 'co-author'

/** A person who has a part in the request, with every part. */
export interface Involved {
  account: Account
  parts: Part[]
}

/** Everyone with a part in the request, by person, and how many commits and pushes are of somebody whom nobody knows. */
export interface Involvement {
  byPerson: ReadonlyMap<string, Involved>
  unknownCommits: number
  unknownPushes: number
}

/** Whether somebody may have a part whom nobody can exclude, since nobody knows who it is (attack #5). */
export function hasStrangers({ unknownCommits, unknownPushes }: Involvement): boolean {
  return unknownCommits > 0 || unknownPushes > 0
}

/** What `involvementOf` goes by. */
export interface Participants {
  subject: Account | null
  author: Account
  pushers: readonly Account[]
  unknownPushes: number
  commits: readonly Commit[]
}

/** Gathers all parts, over every commit of the pull request and not only first parents (attack #4). */
export function involvementOf(personOf: PersonKey, parts: Participants): Involvement {
  const byPerson = new Map<string, Involved>()
  const add = (account: Account | null, part: Part): void => {
    if (account === null) return
    const key = personOf(account.id)
    const known = byPerson.get(key)
    if (known === undefined) byPerson.set(key, { account, parts: [part] })
    else if (!known.parts.includes(part)) known.parts.push(part)
  }
  add(parts.subject, 'subject')
  add(parts.author, 'author')
  // In the order of numeric ids, so that the order in which GitHub lists them changes no byte of the decision.
  for (const pusher of byId(parts.pushers)) add(pusher, 'pusher')
  const { commits } = parts
  for (const account of byId(commits.flatMap(({ author, committer }) => [author, committer]))) add(account, 'committer')
  for (const account of byId(commits.flatMap(({ coAuthors }) => coAuthors))) add(account, 'co-author')
  const unknown = commits.filter(
    commit => commit.author === null || commit.committer === null || commit.unknownCoAuthors > 0
  )
  return { byPerson, unknownCommits: unknown.length, unknownPushes: parts.unknownPushes }
}

/** The accounts in the order of their numeric ids. */
export function byId(accounts: Iterable<Account | null>): Account[] {
  const known = [...accounts].filter(account => account !== null)
  return known.sort((a, b) => a.id - b.id || Number(a.login > b.login) - Number(a.login < b.login))
}
