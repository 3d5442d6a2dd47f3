// What a database administrator runs once, so that the PostgreSQL provider has a role with no more than it needs.
import { escapeIdentifier } from 'pg'
import type { PostgresSettings } from '../postgres.ts'
import { markSetting } from './valid-until.ts'

/**
 * The statements for `version` (`server_version_num`), in order, to be run by a superuser. They make our role (its
 * password is set by the administrator), let it give the listed roles without holding them, and let it end sessions. No
 * statement holds a secret.
 */
export function postgresSetup(settings: PostgresSettings, version: number): string[] {
  const self = escapeIdentifier(settings.user)
  const roles = Object.values(settings.databases).flatMap(database => database.roles)
  const admin = version >= 160_000 ? 'ADMIN TRUE, INHERIT FALSE, SET FALSE' : 'ADMIN OPTION'
  return [
    `CREATE ROLE ${self} LOGIN NOSUPERUSER ${settings.manageValidUntil ? 'CREATEROLE' : 'NOCREATEROLE'}`,
    `GRANT pg_signal_backend TO ${self}`,
    ...roles.map(role => `GRANT ${escapeIdentifier(role)} TO ${self} WITH ${admin}`),
    ...(settings.manageValidUntil ? [`GRANT SET ON PARAMETER ${markSetting} TO ${self}`] : []),
    ...(settings.manageValidUntil && version >= 160_000
      ? (settings.identities ?? []).map(login => `GRANT ${escapeIdentifier(login)} TO ${self} WITH ${admin}`)
      : [])
  ]
}
