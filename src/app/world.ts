// Wiring: the world that every walk is given, with its access repositories and their ledgers.
import type { Probot } from 'probot'
import type { Logger } from 'pino'
import about from '../../package.json' with { type: 'json' }
import { nothingWritten } from '../act/written.ts'
import { gitHubStore } from '../ledger/github-store.ts'
import type { Signer } from '../ledger/keys.ts'
import { openLedger } from '../ledger/ledger.ts'
import { Fault } from '../model/fault.ts'
import type { Clock } from '../model/ports.ts'
import type { Provider } from '../providers/provider.ts'
import type { Limits } from '../read/budget.ts'
import { openInstallation } from '../read/github.ts'
import type { GitHub } from '../read/github.ts'
import type { Repository } from '../read/repository.ts'
import { openTurns } from '../reconcile/turns.ts'
import type { AccessRepository, Home, World } from '../reconcile/world.ts'

/** What the world is built from. Everything impure comes in here. */
export interface Ports {
  clock: Clock
  log: Logger
  probot: Probot
  providers: ReadonlyMap<string, Provider>
  signer: Signer
  /** The access repositories, by numeric id or `owner/name`; the operator's word, out of reach of any pull request. */
  repositories: readonly string[]
  /** What GitHub allows; null only for one without limits of its own, such as the local one. */
  limits: Limits | null
}

/** The world that every walk is given. Access repositories are opened on first sight and kept. */
export function createWorld({ clock, log, probot, providers, signer, repositories: named, limits }: Ports): World {
  const installations = new Map<number, Promise<GitHub>>()
  const repositories = new Map<number, Promise<AccessRepository>>()
  const opened = { installations: new Map<number, GitHub>(), repositories: new Map<number, AccessRepository>() }
  let self: Promise<Pick<Repository, 'app' | 'bot'>> | undefined

  const installation = (id: number): Promise<GitHub> =>
    once(installations, id, async () => {
      const github = openInstallation(await probot.auth(), id, { clock, log, limits })
      opened.installations.set(id, github)
      return github
    })

  async function whoWeAre(github: GitHub): Promise<Pick<Repository, 'app' | 'bot'>> {
    const app = await probot.auth()
    const { data } = await app.request('GET /app')
    const login = `${data?.slug ?? ''}[bot]`
    const { data: user } = await github.request('GET /users/{username}', { username: login })
    return { app: Number(data?.id), bot: { id: Number(user.id), login } }
  }

  async function openRepository(home: Home): Promise<AccessRepository> {
    const github = await installation(home.installation)
    self ??= whoWeAre(github)
    self.catch(() => (self = undefined))
    const { owner, name } = home.repository
    const { data } = await github.request('GET /repos/{owner}/{repo}', { owner, repo: name })
    // Another one may have taken the name since: its empty ledger would end nothing of what this one granted (attack #86).
    if (Number(data.id) !== home.repository.id) {
      throw new Fault('github.missing', `${owner}/${name} is another repository now`)
    }
    const repository: Repository = {
      github,
      installation: home.installation,
      id: Number(data.id),
      owner: data.owner.login,
      name: data.name,
      defaultBranch: data.default_branch,
      deletesMergedBranches: data.delete_branch_on_merge === true,
      ...(await self)
    }
    const ledger = await openLedger({
      store: gitHubStore({ octokit: github, owner: repository.owner, repo: repository.name }),
      signer,
      clock,
      app: about.version,
      repository: repository.id,
      mainTip: async () => {
        const branch = await github.request('GET /repos/{owner}/{repo}/branches/{branch}', {
          owner,
          repo: name,
          branch: repository.defaultBranch
        })
        return branch.data.commit.sha
      }
    })
    return {
      home,
      log: log.child({ repository: repository.id }),
      repository,
      ledger,
      written: nothingWritten(),
      turns: openTurns(limits !== null),
      merges: new Map(),
      reverts: null,
      seen: { sweptAt: null, protection: null }
    }
  }

  return {
    clock,
    log,
    providers,
    installation,
    asApp: () => probot.auth(),
    serves: ({ repository: { id, owner, name } }) =>
      named.includes(String(id)) || named.includes(`${owner}/${name}`.toLowerCase()),
    open: home =>
      once(repositories, home.repository.id, async () => {
        const access = await openRepository(home)
        opened.repositories.set(home.repository.id, access)
        return access
      }),
    opened: () => ({ installations: opened.installations, repositories: [...opened.repositories.values()] }),
    installations: async () => {
      const app = await probot.auth()
      const ids: number[] = []
      for (let page = 1; ; page += 1) {
        const { data } = await app.request('GET /app/installations', { per_page: 100, page })
        ids.push(...data.filter(one => one.suspended_at === null).map(one => Number(one.id)))
        if (data.length < 100) return ids
      }
    }
  }
}

/** One opening at a time for each id; one that failed is tried again. */
function once<T>(known: Map<number, Promise<T>>, id: number, open: () => Promise<T>): Promise<T> {
  const found = known.get(id)
  if (found !== undefined) return found
  const opening = open()
  known.set(id, opening)
  opening.catch(() => known.delete(id))
  return opening
}
