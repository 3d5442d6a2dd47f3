// `addendum who --can provider/resource/role`: which people could get it, by which clause, with whose approval.
import { accessName } from '../model/entitlement.ts'
import type { Access } from '../model/entitlement.ts'
import { formatInstant } from '../model/instant.ts'
import { visible } from '../model/problem.ts'
import { suggest } from '../model/suggest.ts'
import { instantOf, openAgreements } from './agreement.ts'
import { offersAt } from './offers.ts'
import type { Offer, Offers } from './offers.ts'
import type { Output } from './output.ts'
import { UsageError, writeJson } from './output.ts'
import { readTeams } from './teams.ts'

/** `can`: `provider/resource/role`, where the resource may hold slashes. `teams`: who is in which team. */
export interface WhoOptions {
  can: string
  at?: string
  teams?: string
  directory?: string
  json?: boolean
  /** When it is called; the wall clock where absent. */
  now?: Date
}

/** 0 where a clause in effect gives it, 1 where none does. */
export async function whoCommand(options: WhoOptions, out: Output): Promise<number> {
  const now = options.now ?? new Date()
  const at = instantOf(options.at, now)
  const access = accessOf(options.can)
  const agreements = await openAgreements({ directory: options.directory, now })
  try {
    const all = await offersAt(agreements, at, directory => readTeams(options.teams, directory))
    const found = all.offers.filter(({ clause }) => (clause.access ?? []).some(line => isSame(line, access)))
    const ways = found.map(offer => wayOf(offer, all))
    if (options.json === true) {
      writeJson(out, { ok: ways.length > 0, access, at: formatInstant(at), ways, notes: all.notes })
    } else {
      const rows = [`${accessName(access)} at ${formatInstant(at)}`, ...ways.flatMap(rowsOf)]
      if (ways.length === 0) rows.push(...nobody(all, options.can))
      rows.push(...all.notes.map(note => `note  ${note}`), '')
      out.write(rows.map(visible).join('\n'))
    }
    return ways.length > 0 ? 0 : 1
  } finally {
    agreements.close()
  }
}

/** One clause by which people could get it. `teams`: named by it, and not known here. */
interface Way {
  contract: string
  clause: string
  title: string
  amendedBy: string | null
  people: { person: string; logins: string[] }[]
  teams: string[]
  needs: Offer['needs']
}

function wayOf(offer: Offer, { directory }: Offers): Way {
  const { contract, id, clause, amendedBy, unknown, needs } = offer
  const people = directory.people
    .filter(person => offer.people.has(person.id))
    .map(person => ({ person: person.id, logins: person.github.map(({ login }) => login) }))
  return { contract, clause: id, title: clause.title, amendedBy, people, teams: unknown, needs }
}

function rowsOf({ contract, clause, title, amendedBy, people, teams, needs }: Way): string[] {
  const who = [...people.map(({ logins, person }) => (logins[0] === undefined ? person : `@${logins[0]}`)), ...teams]
  const from = amendedBy === null ? '' : `  (as amended by ${amendedBy})`
  return [
    '',
    `${contract} ${clause}: ${title}${from}`,
    `  ${who.length === 0 ? 'nobody' : who.join(' ')}`,
    ...needs.map(({ label, text }) => `  ${label}: ${text}`)
  ]
}

function nobody({ offers }: Offers, can: string): string[] {
  const known = offers.flatMap(({ clause }) => clause.access ?? []).map(writtenAs)
  const nearest = suggest(can, known)
  return ['', `No clause in effect gives it.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`]
}

function accessOf(can: string): Access {
  const [provider = '', ...rest] = can.split('/')
  const role = rest.at(-1) ?? ''
  const resource = rest.slice(0, -1).join('/')
  if (provider === '' || resource === '' || role === '') {
    throw new UsageError(`--can takes provider/resource/role, as payments-db/ledger/reader, not "${can}".`)
  }
  return { provider, resource, role }
}

function isSame(a: Access, b: Access): boolean {
  return writtenAs(a) === writtenAs(b)
}

function writtenAs({ provider, resource, role }: Access): string {
  return `${provider}/${resource}/${role}`
}
