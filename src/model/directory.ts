// Directory: who is who: GitHub accounts to people, people to identities at providers (DESIGN §3, attack #8, #13).
import { parseInstantOrDate } from './instant.ts'
import type { Parsed, Source } from './problem.ts'
import { largeBytes, parseAs } from './schema.ts'
import type { DocumentType } from './schema.ts'
import type { Finding } from './schema-words.ts'

/** The directory as parsed. No GitHub id and no identity at one provider belongs to two people. */
export interface Directory {
  kind: 'Directory'
  people: Person[]
}

/** One human, or one service. */
export interface Person {
  /** Opaque: `p-…`. The ledger knows people by this. */
  id: string
  /** Several accounts, one person. The numeric id counts; the login is a label. */
  github: { id: number; login: string }[]
  class: 'employee' | 'contractor' | 'service'
  company?: string
  /** From this instant on the person may hold nothing. */
  untilAt?: Date
  /** By provider name: the identity there. */
  identities: Record<string, string>
}

/** Parses the directory, or says everything that is wrong with it. */
export function parseDirectory(file: string, text: Source): Parsed<Directory> {
  return parseAs(type, file, text)
}

/** The person who has this GitHub account, by numeric id. */
export function personOf(directory: Directory, githubId: number): Person | undefined {
  return directory.people.find(p => p.github.some(account => account.id === githubId))
}

interface RawDirectory {
  people: RawPerson[]
}

type RawPerson = Omit<Person, 'untilAt' | 'identities'> & { until?: string; identities?: Record<string, string> }

const type: DocumentType<RawDirectory, Directory> = {
  kind: 'Directory',
  schema: 'directory.schema.json',
  maxBytes: largeBytes,
  check: raw => checkPeople(raw.people),
  build: raw => ({ kind: 'Directory', people: raw.people.map(buildPerson) })
}

function buildPerson({ until, identities = {}, ...person }: RawPerson): Person {
  return { ...person, ...(until === undefined ? {} : { untilAt: parseInstantOrDate(until) as Date }), identities }
}

// Whoever shared an account or an identity with another could approve, or hold, in that one's place (attack #8).
function checkPeople(people: RawPerson[]): Finding[] {
  const seen = new Set<string>()
  const findings: Finding[] = []
  const once = (key: string, pointer: string, message: string, example: string) => {
    const expected = 'each once'
    if (seen.has(key)) findings.push({ code: 'value.duplicate', pointer, on: 'value', message, expected, example })
    seen.add(key)
  }
  people.forEach((person, i) => {
    once(`person ${person.id}`, `/people/${i}/id`, 'Another person has the same id.', 'id: p-4f2a9c')
    person.github.forEach((account, j) => {
      const pointer = `/people/${i}/github/${j}`
      const example = 'github: [{id: 583231, login: octocat}]'
      once(`account ${account.id}`, `${pointer}/id`, 'This GitHub account is listed twice.', example)
      once(`login ${account.login.toLowerCase()}`, `${pointer}/login`, 'This GitHub login is listed twice.', example)
    })
    for (const [provider, identity] of Object.entries(person.identities ?? {})) {
      const pointer = `/people/${i}/identities/${provider}`
      const message = 'Another person has the same identity at this provider.'
      once(`identity ${provider} ${identity}`, pointer, message, 'identities: {payments-db: octocat}')
    }
  })
  return findings
}
