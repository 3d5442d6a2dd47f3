// Beneath the stories of amendments: how one is written and asked for, and where it is seen.
import { pathsOn } from '../house/evidence.ts'
import type { House, PersonName } from '../house.ts'
import { hour, propose } from './company.ts'

export const day = 24 * hour

/** The fields of an amendment; what is left out is as in most stories: C-read for twelve hours, for a week from now on. */
export interface Amend {
  id?: string
  from?: Date
  until?: Date | null
  changes?: string[]
  more?: string[]
}

/** `migration-week` of payments-production, unless it is said otherwise. */
export function amendmentPath(id = 'migration-week'): string {
  return `amendments/payments-production/${id}.yml`
}

/** The text of an amendment. */
export function amendmentText(
  house: House,
  { id = 'migration-week', from, until, changes, more = [] }: Amend = {}
): string {
  const now = house.clock.now().getTime()
  const begin = from ?? new Date(now + hour)
  const end = until === undefined ? new Date(begin.getTime() + 7 * day) : until
  const at = (instant: Date): string => instant.toISOString().replace(/\.\d+Z$/, 'Z')
  return [
    'apiVersion: addendum/v1',
    'kind: Amendment',
    `id: ${id}`,
    'contract: payments-production',
    end === null
      ? `effective: {from: ${at(begin)}}\npermanent: true`
      : `effective: {from: ${at(begin)}, until: ${at(end)}}`,
    'reason: Migration week',
    'changes:',
    ...(changes ?? ['{amend: C-read, set: {duration: {default: 4h, max: 12h}}}']).map(change => `  - ${change}`),
    ...more,
    ''
  ].join('\n')
}

/** Opens a pull request that adds an amendment, and lets the app look. */
export async function amend(house: House, amendment: Amend = {}, by: PersonName = 'octocat'): Promise<number> {
  const pull = await propose(house, by, { [amendmentPath(amendment.id)]: amendmentText(house, amendment) })
  await house.settle()
  return pull
}

/** Amendment files on main, without their folder. */
export function amendmentsOnMain(house: House): string[] {
  return pathsOn(house.git, 'main', 'amendments/').map(path => path.split('/').slice(1).join('/'))
}

/** The types of the records about what is agreed, in order, from the first amendment on. */
export function agreementRecords(house: House): string[] {
  const types = house.records().map(({ type }) => type)
  const first = types.indexOf('amendment.decided')
  return types.slice(first).filter(type => /^(amendment|contract)\./.test(type) || type === 'grant.rebound')
}
