// Who pushed to a pull request's branch, by GitHub's own record of it: who commits says what they like, who pushes logs in.
import { LRUCache } from 'lru-cache'
import type { Account } from '../model/facts.ts'
import { statusOf } from './github.ts'
import type { GitHub } from './github.ts'
import { offersMore } from './offers.ts'
import { accountOf } from './pull.ts'
import type { Pull } from './pull.ts'
import { at } from './repository.ts'
import type { Repository } from './repository.ts'

/** Whoever pushed, and how many pushes are by nobody knows whom: such a one costs one more approval (attack #5). */
export interface Pushers {
  pushers: Account[]
  unknownPushes: number
}

/** Nobody: where it was not asked, or a server does not say. */
export const nobody: Pushers = { pushers: [], unknownPushes: 0 }

/** A thousand pushes; of whoever pushed before that nothing is known. */
const mostPages = 10

const remembered = new WeakMap<GitHub, LRUCache<string, Pushers>>()

/**
 * Who pushed to the branch from when it was made until the merge; deleting it is no push. Who has brought the head to
 * where it is does not change any more, so that this is asked for once for each head. A list that does not name the
 * head, or does not reach back to the making of the branch, hides a push (S6).
 */
export async function readPushers(repository: Repository, pull: Pull): Promise<Pushers> {
  if (!offersMore(repository.github) || !pull.head.sameRepository) return nobody
  const known = remembered.get(repository.github) ?? new LRUCache<string, Pushers>({ max: 10_000 })
  remembered.set(repository.github, known)
  const key = `${repository.id}/${pull.number}/${pull.head.sha}`
  const before = known.get(key)
  if (before !== undefined) return before
  const found = pushersOf(pull, await readActivity(repository, pull))
  if (found.unknownPushes === 0) known.set(key, found)
  return found
}

/** One change of the branch, as far as it matters here. */
interface Push {
  after: string
  at: Date
  kind: string
  actor: Account | null
}

function pushersOf({ head, mergedAt }: Pull, { pushes, whole }: { pushes: Push[]; whole: boolean }): Pushers {
  const counted = pushes.filter(({ at: when, kind }) => {
    return kind !== 'branch_deletion' && (mergedAt === null || when <= mergedAt)
  })
  const accounts = counted.flatMap(({ actor }) => actor ?? [])
  const hidden = whole && counted.some(({ after }) => after === head.sha) ? 0 : 1
  return {
    pushers: [...new Map(accounts.map(account => [account.id, account])).values()],
    unknownPushes: counted.length - accounts.length + hidden
  }
}

/**
 * Every change of the branch, newest first, back to its making: another one that had the same name before the pull
 * request was opened is none of its business. By GitHub's clock on both sides.
 */
async function readActivity(repository: Repository, pull: Pull): Promise<{ pushes: Push[]; whole: boolean }> {
  const pushes: Push[] = []
  let after: string | undefined
  for (let page = 1; page <= mostPages; page += 1) {
    const { list, next } = await activityAfter(repository, pull.head.ref, after)
    for (const push of list) {
      pushes.push(push)
      if (push.kind === 'branch_creation' && push.at <= pull.createdAt) return { pushes, whole: true }
    }
    if (next === undefined) return { pushes, whole: pushes.at(-1)?.kind === 'branch_creation' }
    after = next
  }
  return { pushes, whole: false }
}

async function activityAfter(
  repository: Repository,
  branch: string,
  after: string | undefined
): Promise<{ list: Push[]; next: string | undefined }> {
  try {
    const { data, headers } = await repository.github.request('GET /repos/{owner}/{repo}/activity', {
      ...at(repository),
      ref: `refs/heads/${branch}`,
      per_page: 100,
      ...(after === undefined ? {} : { after })
    })
    const list = data.map(({ after: sha, timestamp, activity_type: kind, actor }) => {
      return { after: sha, at: new Date(timestamp), kind, actor: accountOf(actor) }
    })
    return { list, next: cursorIn(headers.link) }
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 422) return { list: [], next: undefined }
    throw error
  }
}

/** This list is paged by a cursor that only its Link header tells (docs: REST, repository activities). */
function cursorIn(link: string | undefined): string | undefined {
  const url = /<([^>]+)>; rel="next"/.exec(link ?? '')?.[1]
  return url === undefined ? undefined : (new URL(url).searchParams.get('after') ?? undefined)
}
