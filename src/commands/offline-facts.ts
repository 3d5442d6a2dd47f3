// Beside `explain`: the facts of a request as far as a working tree knows them; what only GitHub knows is unknown.
import { resolve } from 'node:path'
import { actionName } from '../model/clause.ts'
import { ownersOf } from '../model/codeowners.ts'
import type { Contract } from '../model/contract.ts'
import { parseContract } from '../model/contract.ts'
import type { RuleId } from '../model/decision.ts'
import { gitBlobSha } from '../model/digest.ts'
import { parseDirectory } from '../model/directory.ts'
import { accessName } from '../model/entitlement.ts'
import type { Account, Read, RequestFacts } from '../model/facts.ts'
import { pathOf, placeOf } from '../model/place.ts'
import type { Parsed, Source } from '../model/problem.ts'
import type { AccessRequest } from '../model/request.ts'
import { parseRequest } from '../model/request.ts'
import { parseSettings } from '../model/settings.ts'
import { UsageError } from './output.ts'
import { readOwners } from './owners.ts'
import { policiesIn } from './policies.ts'
import { locate, readTree } from './working-tree.ts'

const asksGitHub: readonly RuleId[] = [
  'one-document',
  'id-unused',
  'subject-eligible',
  'provider-ready',
  'protected',
  'people-known',
  'ready-for-review',
  'same-repository',
  'approved',
  'not-blocked',
  'duties-separated',
  'content-bound',
  'merged-rightly'
]

/** `now`: the instant to judge at. `subject`: judge as if the request were for this login. */
export interface OfflineOptions {
  file: string
  directory?: string
  now: Date
  subject?: string
}

const nowhere = '0'.repeat(40)
const offline = { known: false, because: 'GitHub was not asked.' } as const

/** Reads the request and the rules that lie beside it. A file that is not there or is no request is a `UsageError`. */
export function offlineFacts(options: OfflineOptions): RequestFacts {
  const { root, path } = locate(options.file, options.directory)
  const place = placeOf(path)
  if (place?.kind !== 'request') throw new UsageError(`${path} is no request: requests/<contract>/<id>.yml is.`)
  const bytes = readTree(root, path)
  if (bytes === undefined) throw new UsageError(`${options.file} is not there.`)
  const parsed = forSubject(parseRequest(path, bytes), options.subject)
  const directory = readParsed(root, 'directory.yml', parseDirectory)
  const contract = readParsed(root, pathOf({ kind: 'contract', id: place.contract }), parseContract)
  const login = parsed.ok ? parsed.value.subject : 'unknown'
  const owners = readOwners(resolve(root))
  return {
    now: options.now,
    repository: { id: 0, owner: 'unknown', name: 'unknown', defaultBranch: 'main' },
    pull: {
      number: 0,
      state: 'open',
      draft: false,
      author: accountOf(directory, login),
      createdAt: options.now,
      head: { sha: nowhere, ref: 'working-tree', sameRepository: true },
      base: { ref: 'main', sha: nowhere }
    },
    changes: { known: true, value: [{ path, previousPath: null, status: 'added' }] },
    file: { path, mode: '100644', sha: gitBlobSha(bytes), text: new TextDecoder().decode(bytes), parsed },
    commits: { known: true, value: [] },
    pushers: [],
    unknownPushes: 0,
    dismissals: { known: true, value: [] },
    reviews: offline,
    reviewed: {},
    statements: {},
    rules: {
      commit: nowhere,
      contract,
      directory,
      settings: readParsed(root, '.github/addendum.yml', parseSettings),
      codeowners: {
        path: owners?.path ?? null,
        blob: owners === undefined ? null : gitBlobSha(owners.text),
        parsed: owners?.codeowners ?? null
      }
    },
    amendments: { known: true, value: [] },
    teams: {},
    users: {},
    permissions: {},
    idUsed: false,
    policies: policiesIn(root),
    providers: providersOf(contract, parsed),
    protection: { app: 0, main: null, ledger: null },
    // Nor the ledger: nothing is held, and nothing was granted before.
    holdings: [],
    recentGrants: [],
    openReviews: [],
    // As far as a working tree knows, there is this one; the app counts the others.
    openRequests: { known: true, value: 1 },
    merge: null
  }
}

/**
 * Rules whose answer depends on GitHub, the providers or the ledger: offline they are neither held nor broken. Whether the
 * owners can be read is among them only where CODEOWNERS itself is fine and names somebody for the file.
 */
export function needsGitHub(facts: RequestFacts): ReadonlySet<RuleId> {
  const { parsed } = facts.rules.codeowners
  const fine = parsed !== null && parsed.problems.length === 0
  const owned = fine && ownersOf(parsed, facts.file?.path ?? '').owners.length > 0
  return new Set(owned ? [...asksGitHub, 'owners-readable'] : asksGitHub)
}

function forSubject(parsed: Parsed<AccessRequest>, subject: string | undefined): Parsed<AccessRequest> {
  return parsed.ok && subject !== undefined ? { ...parsed, value: { ...parsed.value, subject } } : parsed
}

function readParsed<T>(root: string, path: string, parse: (file: string, text: Source) => Parsed<T>): Read<T> {
  const bytes = readTree(root, path)
  if (bytes === undefined) return { path, blob: null, parsed: null }
  return { path, blob: gitBlobSha(bytes), parsed: parse(path, bytes) }
}

function accountOf({ parsed }: RequestFacts['rules']['directory'], login: string): Account {
  const people = parsed?.ok === true ? parsed.value.people : []
  const accounts = people.flatMap(person => person.github)
  const id = accounts.find(account => account.login.toLowerCase() === login.toLowerCase())?.id ?? 0
  return { id, login, type: 'User' }
}

function providersOf(contract: Read<Contract>, request: Parsed<AccessRequest>): Record<string, null> {
  if (contract.parsed?.ok !== true || !request.ok) return {}
  const clause = contract.parsed.value.clauses[request.value.clause]
  const names = [...(clause?.access ?? []).map(accessName), ...(clause?.action ? [actionName(clause.action)] : [])]
  return Object.fromEntries(names.map(name => [name, null]))
}
