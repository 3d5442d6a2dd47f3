// Everything that protects an access repository, as GitHub shows it to the app or to an administrator.
import { Fault } from '../model/fault.ts'
import { isGuarded, pathOf, placeOf } from '../model/place.ts'
import { owningTeams } from '../model/protection.ts'
import type { BranchProtection, ProtectionFacts } from '../model/protection.ts'
import { readBranchProtection, shown } from './branch-protection.ts'
import type { Eyes } from './branch-protection.ts'
import { statusOf } from './github.ts'
import type { GitHub } from './github.ts'
import { offersMore } from './offers.ts'
import { at, tipOf, treeAt } from './repository.ts'
import type { Repository } from './repository.ts'
import { readCodeowners } from './rules.ts'

/** Where the reading begins. `app`: GitHub as the app itself (its JWT); null where there are no credentials of it. */
export interface ProtectionQuestion {
  eyes: Eyes
  app: GitHub | null
  now: Date
  /** The branches, where they were read just now. */
  branches?: BranchProtection
}

/** Reads it all: about a dozen requests, so for `addendum doctor` and once a day, not for each decision. */
export async function readProtection(repository: Repository, question: ProtectionQuestion): Promise<ProtectionFacts> {
  const tree = await treeAt(repository, (await tipOf(repository)).tree)
  const guarded = guardedPaths([...tree.keys()])
  const { path, parsed } = await readCodeowners(repository, tree)
  const app = question.app === null ? null : await readApp(question.app)
  const [branches, classic, about] = await Promise.all([
    question.branches ?? readBranchProtection(repository, question.eyes, { now: question.now, fresh: true }),
    readClassic(repository, app?.slug ?? null),
    repository.github.request('GET /repos/{owner}/{repo}', at(repository))
  ])
  const { private: hidden, allow_merge_commit: merge, allow_squash_merge: squash } = about.data
  const teams = parsed === null ? [] : owningTeams(parsed, guarded)
  const writes = await Promise.all(teams.map(async team => [team, await mayWrite(repository, team)] as const))
  return {
    branches,
    classic,
    saysWho: offersMore(repository.github),
    repository: {
      isPublic: !hidden,
      mergeable: merge === undefined && squash === undefined ? null : merge === true || squash === true
    },
    app: app?.registration ?? null,
    codeowners: { path, parsed },
    guarded,
    teams: Object.fromEntries(writes)
  }
}

/** One path for every place that must have an owner among `files`: where each contract's requests go, each file that rules. */
export function guardedPaths(files: readonly string[]): string[] {
  const contracts = files.flatMap(path => {
    const place = placeOf(path)
    return place?.kind === 'contract' ? [place.id] : []
  })
  const any = 'any'
  const places = contracts.flatMap(contract => [
    pathOf({ kind: 'request', contract, id: any }),
    pathOf({ kind: 'amendment', contract, id: any }),
    pathOf({ kind: 'contract', id: contract })
  ])
  const fixed = ['directory.yml', '.github/addendum.yml', '.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']
  const added = [pathOf({ kind: 'contract', id: any }), pathOf({ kind: 'policy', id: any })]
  const there = files.filter(path => isGuarded(path) && placeOf(path)?.kind === 'policy')
  return [...new Set([...places, ...added, ...there, ...fixed])]
}

interface AppSeen {
  slug: string | null
  registration: NonNullable<ProtectionFacts['app']>
}

// Whatever GitHub answers instead: then it is not known, which is a finding, and nothing else waits for it.
async function readApp(app: GitHub): Promise<AppSeen | null> {
  try {
    const { data } = await app.request('GET /app')
    return {
      slug: data?.slug ?? null,
      registration: {
        permissions: textual(data?.permissions ?? {}),
        events: [...(data?.events ?? [])],
        webhook: await readWebhook(app)
      }
    }
  } catch (error) {
    if (statusOf(error) > 0 || error instanceof Fault) return null
    throw error
  }
}

function textual(held: object): Record<string, string> {
  const entries = Object.entries(held).filter((one): one is [string, string] => typeof one[1] === 'string')
  return Object.fromEntries(entries)
}

// Only a webhook that is not there is null: what is refused is refused as a whole.
async function readWebhook(app: GitHub): Promise<NonNullable<ProtectionFacts['app']>['webhook']> {
  const hook = await shown(async () => await app.request('GET /app/hook/config'))
  if (hook === null) return null
  const { url, secret, content_type: contentType, insecure_ssl: insecure } = hook.data
  return {
    url: url === undefined || url === '' ? null : url,
    secret: secret !== undefined && secret !== '',
    // GitHub's own default (docs: REST, app webhooks).
    contentType: contentType ?? 'form',
    verifiesTls: String(insecure ?? '0') === '0'
  }
}

async function readClassic(repository: Repository, slug: string | null): Promise<ProtectionFacts['classic']> {
  try {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/branches/{branch}/protection', {
      ...at(repository),
      branch: repository.defaultBranch
    })
    const reviews = data.required_pull_request_reviews
    const asks = (reviews?.required_approving_review_count ?? 0) > 0 || reviews?.require_code_owner_reviews === true
    const has = (apps: readonly ({ slug?: string } | null)[] | undefined): boolean =>
      apps?.some(one => slug !== null && one?.slug === slug) === true
    const narrow = data.restrictions !== undefined && !has(data.restrictions.apps)
    return { stopsApp: narrow || (asks && !has(reviews?.bypass_pull_request_allowances?.apps)) }
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    if (statusOf(error) === 404 && message.includes('Branch not protected')) return 'none'
    // Any other 404 is GitHub's answer to who may not see it.
    if ((await shown(async () => await Promise.reject(error))) === null) return 'unknown'
    throw error
  }
}

// GitHub counts an owner only who may write (docs: about code owners); a team without access is 404.
async function mayWrite(repository: Repository, team: string): Promise<boolean | null> {
  const [org = '', slug = ''] = team.slice(1).split('/')
  try {
    const { data } = await repository.github.request('GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}', {
      org,
      team_slug: slug,
      ...at(repository),
      headers: { accept: 'application/vnd.github.v3.repository+json' }
    })
    const permissions = (data as { permissions?: { push?: boolean } } | undefined)?.permissions
    return permissions === undefined ? null : permissions.push === true
  } catch (error) {
    if (statusOf(error) === 404) return false
    if ((await shown(async () => await Promise.reject(error))) === null) return null
    throw error
  }
}
