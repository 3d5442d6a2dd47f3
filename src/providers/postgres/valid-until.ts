// PostgreSQL's own expiry: `VALID UNTIL` stops password logins, for the whole login role, so it is moved with care.
import type { PoolClient } from 'pg'

/**
 * The role setting that holds our mark: what we set, and what stood there before. Only who was granted SET on it may
 * write it.
 */
export const markSetting = 'addendum.valid_until'

/** What to write: the new `VALID UNTIL`, and the mark (`null` takes the mark away). */
export interface ValidUntilChange {
  validUntil?: string
  mark: string | null
}

/**
 * A login's `VALID UNTIL` (UTC, microseconds, or `infinity`; undefined when never set) and its settings, as the catalog
 * has them.
 */
export interface LoginExpiry {
  validUntil: string | undefined
  settings: string[]
}

/** The instant that we set and that still stands; undefined when there is none or somebody has changed it since. */
export function ourValidUntil(login: LoginExpiry): Date | undefined {
  const mark = markOf(login.settings)
  return mark !== undefined && mark.ours === login.validUntil ? new Date(mark.ours) : undefined
}

/**
 * The change for a grant until `until`, or undefined. Only ever moves our own instant to a later one, and never past
 * what stood there before us; a foreign `VALID UNTIL` is shortened (and remembered), never lengthened or removed (S9).
 */
export function extendValidUntil(login: LoginExpiry, until: Date): ValidUntilChange | undefined {
  const wanted = until.toISOString().replace(/\.(\d{3})Z$/, '.$1000Z')
  const mark = markOf(login.settings)
  const own = mark !== undefined && mark.ours === login.validUntil
  const before = own ? mark.before : (login.validUntil ?? 'infinity')
  const target = before !== 'infinity' && before < wanted ? before : wanted
  if (own ? target <= mark.ours : target === before) return undefined
  return { validUntil: target, mark: `${target} ${before}` }
}

/** The change when the last of our memberships of this login ends: what stood there before stands there again. */
export function restoreValidUntil(login: LoginExpiry): ValidUntilChange | undefined {
  const mark = markOf(login.settings)
  if (mark === undefined) return undefined
  return mark.ours === login.validUntil ? { validUntil: mark.before, mark: null } : { mark: null }
}

/** Writes the change within the caller's transaction, so that mark and instant cannot part. */
export async function writeValidUntil(client: PoolClient, identity: string, change: ValidUntilChange): Promise<void> {
  const login = client.escapeIdentifier(identity)
  if (change.validUntil !== undefined) {
    await client.query(`ALTER ROLE ${login} VALID UNTIL ${client.escapeLiteral(change.validUntil)}`)
  }
  await client.query(
    change.mark === null
      ? `ALTER ROLE ${login} RESET ${markSetting}`
      : `ALTER ROLE ${login} SET ${markSetting} = ${client.escapeLiteral(change.mark)}`
  )
}

const instant = /^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/

function markOf(settings: string[]): { ours: string; before: string } | undefined {
  const text = settings.find(each => each.startsWith(`${markSetting}=`))?.slice(markSetting.length + 1)
  const [ours, before, ...rest] = text?.split(' ') ?? []
  if (ours === undefined || before === undefined || rest.length > 0) return undefined
  return instant.test(ours) && (before === 'infinity' || instant.test(before)) ? { ours, before } : undefined
}
