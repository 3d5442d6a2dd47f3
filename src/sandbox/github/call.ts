// Local GitHub, operations: what every handler receives, and the three questions they all ask of it.
import { ApiRefusal, forbidden, notFound } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Actor } from './auth.ts'
import type { Outbox } from './outbox.ts'
import type { Account, Repository, Role } from './store.ts'
import { account, accountByLogin, roleOf } from './world.ts'
import type { World } from './world.ts'

/** One authorised request whose parts conform to the description. */
export interface Call {
  world: World
  params: Record<string, string>
  query: URLSearchParams
  /** The JSON body; an empty object where none was sent. */
  body: unknown
  /** The Accept header: a few operations answer more to GitHub's special media types. */
  accept: string
  actor: Actor
  repository: Repository | undefined
  outbox: Outbox
}

/**
 * Answers one operation, at once and alone: handlers never wait, so no two interleave. They check first and change
 * afterwards.
 */
export type Handler = (call: Call) => Answer

/** The repository of the path. */
export function repo(call: Call): Repository {
  if (call.repository === undefined) throw notFound()
  return call.repository
}

/** The account that acts: a person, or the app's bot. */
export function who({ actor, world }: Call): Account {
  switch (actor.kind) {
    case 'user':
    case 'installation':
      return actor.account
    case 'app':
      return account(world, world.state.appBotId)
    case 'anonymous':
      throw new ApiRefusal(401, 'Requires authentication')
  }
}

/**
 * The actor's role on a repository; an installation acts as a writer, since its permissions are judged by operation.
 */
export function roleIn(call: Call, r: Repository): Role {
  return call.actor.kind === 'installation' ? 'write' : roleOf(call.world, r, who(call).id)
}

/** The organisation of the path; an installation reaches only its own. */
export function organization(call: Call): Account {
  const found = accountByLogin(call.world, call.params['org'] ?? '')
  if (found?.type !== 'Organization') throw notFound()
  const { actor } = call
  if (actor.kind === 'installation' && actor.installation.accountId !== found.id)
    throw forbidden('Resource not accessible by integration')
  return found
}

/** The account of the path's `username`. */
export function namedUser(call: Call): Account {
  const found = accountByLogin(call.world, call.params['username'] ?? '')
  if (found === undefined || found.type === 'Organization') throw notFound()
  return found
}
