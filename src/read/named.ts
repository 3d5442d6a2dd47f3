// Whose teams and accounts must be read: everyone whom the terms, the contract or CODEOWNERS name.
import type { MergedAmendment } from '../model/agreement.ts'
import type { Change, ClauseTerms } from '../model/amendment.ts'
import { ownersOf } from '../model/codeowners.ts'
import type { Contract } from '../model/contract.ts'
import type { Account, Known, RequestFacts } from '../model/facts.ts'
import { principalKey } from '../model/principal.ts'
import { isMember, readTeam, readUser } from './people.ts'
import type { Repository } from './repository.ts'
import type { Rules } from './rules.ts'

/**
 * Every form that the terms of a clause may take, before and after each amendment, in whatever order they are applied:
 * what is read for all of them is enough for each. Without `clause`: those of every clause.
 */
export function termsIn(contract: Contract | undefined, changes: readonly Change[], clause?: string): ClauseTerms[] {
  const base = Object.entries(contract?.clauses ?? {}).filter(([id]) => clause === undefined || id === clause)
  const changed = changes.filter(change => clause === undefined || change.clause === clause)
  return [
    ...base.map(([, terms]) => terms),
    ...changed.flatMap(change => (change.kind === 'strike' ? [] : [change.kind === 'add' ? change.with : change.set]))
  ]
}

/** The changes of all amendments that are known. */
export function changesOf(amendments: Known<MergedAmendment[]>): Change[] {
  return amendments.known ? amendments.value.flatMap(({ amendment }) => amendment.changes) : []
}

/**
 * Principals by the key under which facts hold them: those of `terms`, the eligible parties where a term needs them.
 */
export function principalsOf(contract: Contract | undefined, terms: readonly ClauseTerms[]): string[] {
  const names = terms.flatMap(({ eligible, approvals, emergency }) => [
    ...(eligible ?? contract?.parties.eligible ?? []),
    ...(emergency?.eligible ?? []),
    ...(emergency?.stages.flatMap(stage => stage.from) ?? []),
    ...(approvals?.kind === 'stages' ? approvals.stages.flatMap(stage => stage.from) : [])
  ])
  return names.filter(name => name !== 'codeowners').map(name => name.toLowerCase())
}

/** The owners of these paths by CODEOWNERS, as keys; an e-mail address names no account. */
export function ownersNamed(codeowners: Rules['codeowners'], paths: readonly string[]): string[] {
  const { parsed } = codeowners
  const owners = parsed === null ? [] : paths.flatMap(path => ownersOf(parsed, path).owners)
  return owners.flatMap(owner => (owner.kind === 'email' ? [] : [principalKey(owner)]))
}

/**
 * Reads everyone of `keys` once. A login that `directory` gives to another account names nobody: the account was
 * renamed, and somebody else took its login (attack #13). Without a directory an account is whoever has the login now.
 * An outside collaborator is known only where the directory names that account: nobody else answers for who it is.
 */
export async function readNamed(
  repository: Repository,
  keys: readonly string[],
  directory: Rules['directory'] | null
): Promise<Pick<RequestFacts, 'teams' | 'users'>> {
  const once = [...new Set(keys)].sort()
  const [teams, users] = await Promise.all([
    readEach(
      once.filter(key => key.includes('/')),
      async key => await readTeam(repository, key)
    ),
    readEach(
      once.filter(key => !key.includes('/')),
      async key => await answeredFor(repository, await readUser(repository, key), directory)
    )
  ])
  return { teams, users }
}

async function readEach<T>(keys: readonly string[], read: (key: string) => Promise<T>): Promise<Record<string, T>> {
  return Object.fromEntries(await Promise.all(keys.map(async key => [key, await read(key)] as const)))
}

async function answeredFor(
  repository: Repository,
  found: Known<Account>,
  directory: Rules['directory'] | null
): Promise<Known<Account>> {
  if (!found.known || directory?.parsed?.ok !== true) return found
  const { id, login } = found.value
  const accounts = directory.parsed.value.people.flatMap(person => person.github)
  if (accounts.some(account => account.id === id)) return found
  if (accounts.some(account => account.login.toLowerCase() === login.toLowerCase())) {
    return { known: false, because: `@${login} is another account than the directory names.` }
  }
  if (await isMember(repository, login)) return found
  const because = `@${login} is no member of ${repository.owner}, and directory.yml does not name them.`
  return { known: false, because }
}
