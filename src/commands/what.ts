// `addendum what SUBJECT`: which clauses a person could ask for, what they give, and with whose approval.
import { clauseGives } from './relation.ts'
import { formatInstant } from '../model/instant.ts'
import { visible } from '../model/problem.ts'
import { suggest } from '../model/suggest.ts'
import { instantOf, openAgreements } from './agreement.ts'
import { loginOf, offersAt, personWith } from './offers.ts'
import type { Offer } from './offers.ts'
import type { Output } from './output.ts'
import { UsageError, writeJson } from './output.ts'
import { readTeams } from './teams.ts'

/** `subject`: a login. `teams`: a file that says who is in which team. */
export interface WhatOptions {
  subject: string
  at?: string
  teams?: string
  directory?: string
  json?: boolean
  /** When it is called; the wall clock where absent. */
  now?: Date
}

/** 0 where there is a clause for them, certain or by a team that is not known here; else 1. */
export async function whatCommand(options: WhatOptions, out: Output): Promise<number> {
  const now = options.now ?? new Date()
  const at = instantOf(options.at, now)
  const agreements = await openAgreements({ directory: options.directory, now })
  try {
    const { offers, directory, notes } = await offersAt(agreements, at, people => readTeams(options.teams, people))
    const person = personWith(directory, options.subject)
    if (person === undefined) {
      const logins = directory.people.flatMap(({ github }) => github.map(({ login }) => login))
      const nearest = suggest(options.subject, logins)
      const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`
      throw new UsageError(`The directory names no one person with the login "${options.subject}".${meant}`)
    }
    const clauses = offers.filter(({ perhaps }) => perhaps.has(person.id)).map(offer => chanceOf(offer, person.id))
    if (options.json === true) {
      writeJson(out, { ok: clauses.length > 0, person: person.id, at: formatInstant(at), clauses, notes })
    } else {
      const rows = [`${loginOf(person)} at ${formatInstant(at)}`, ...clauses.flatMap(rowsOf)]
      if (clauses.length === 0) rows.push('', 'No clause in effect is for them.')
      out.write([...rows, ...notes.map(note => `note  ${note}`), ''].map(visible).join('\n'))
    }
    return clauses.length > 0 ? 0 : 1
  } finally {
    agreements.close()
  }
}

/** One clause for this person. `certain` false: only as a member of one of `teams`, which is not known here. */
interface Chance {
  contract: string
  clause: string
  title: string
  gives: string
  amendedBy: string | null
  certain: boolean
  teams: string[]
  needs: Offer['needs']
}

function chanceOf(offer: Offer, person: string): Chance {
  const { contract, id, clause, amendedBy, unknown, needs } = offer
  const certain = offer.people.has(person)
  const teams = certain ? [] : unknown
  return { contract, clause: id, title: clause.title, gives: clauseGives(clause), amendedBy, certain, teams, needs }
}

function rowsOf({ contract, clause, title, gives, amendedBy, certain, teams, needs }: Chance): string[] {
  const from = amendedBy === null ? '' : `  (as amended by ${amendedBy})`
  return [
    '',
    `${contract} ${clause}: ${title}${from}`,
    `  ${gives}`,
    ...(certain ? [] : [`  for members of ${teams.join(' or ')}; --teams FILE can say who that is`]),
    ...needs.map(({ label, text }) => `  ${label}: ${text}`)
  ]
}
