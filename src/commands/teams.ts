// Beside `who`, `what` and `impact`: who is in which team, told by a file, since only GitHub knows and it is not asked.
import { readFileSync } from 'node:fs'
import type { Directory } from '../model/directory.ts'
import type { Account, Known } from '../model/facts.ts'
import { parsePrincipal, principalKey } from '../model/principal.ts'
import { readYaml } from '../model/yaml.ts'
import { UsageError } from './output.ts'

/** Names as facts resolve them: teams by the file, logins by the directory. `notes`: logins that it does not name. */
export interface Names {
  teams: Record<string, Known<Account[]>>
  users: Record<string, Known<Account>>
  notes: string[]
}

const largestBytes = 1_024 * 1_024

/**
 * Reads `--teams FILE`: `"@acme/payments": [octocat, mona]`. A login counts by the numeric id that the directory gives
 * it. Without a file no team is known. A file that is not of this form is a `UsageError`.
 */
export function readTeams(file: string | undefined, directory: Directory): Names {
  const accounts = directory.people.flatMap(person => person.github)
  const users: Names['users'] = {}
  for (const account of accounts) {
    users[`@${account.login.toLowerCase()}`] = { known: true, value: { ...account, type: 'User' } }
  }
  const teams: Names['teams'] = {}
  const notes: string[] = []
  for (const [name, logins] of file === undefined ? [] : listsIn(file)) {
    const members = logins.flatMap(login => {
      const user = Object.hasOwn(users, `@${login.toLowerCase()}`) ? users[`@${login.toLowerCase()}`] : undefined
      if (user?.known === true) return [user.value]
      notes.push(`${name}: the directory names nobody with the login "${login}".`)
      return []
    })
    teams[name] = { known: true, value: members }
  }
  return { teams, users, notes }
}

function listsIn(file: string): [string, string[]][] {
  const wrong = (because: string): UsageError => new UsageError(`${file}: ${because} Write "@org/team": [login, …].`)
  const bytes = readFileSync(file)
  const read = readYaml(file, bytes, largestBytes)
  if (!read.ok) throw wrong(read.problems[0]?.message ?? 'It cannot be read.')
  const { value } = read
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('It is no map of teams.')
  return Object.entries(value).map(([name, logins]) => {
    const team = parsePrincipal(name)
    if (team?.kind !== 'team') throw wrong(`"${name}" is no team.`)
    if (!Array.isArray(logins)) throw wrong(`The members of ${name} are no list.`)
    const texts = logins.filter(login => typeof login === 'string')
    if (texts.length < logins.length) throw wrong(`A member of ${name} is no login.`)
    return [principalKey(team), texts.map(login => login.replace(/^@/, ''))]
  })
}
