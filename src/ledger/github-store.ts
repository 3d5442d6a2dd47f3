// The ledger's branches on GitHub: three calls a commit, so that GitHub signs it too and refuses to lose a race.
import type { Octokit } from '@octokit/rest'
import { LRUCache } from 'lru-cache'
import { Fault } from '../model/fault.ts'
import type { LedgerBranch, LedgerCommit, LedgerStore } from './store.ts'

/** Which repository, and through whose credentials. */
export interface GitHubStoreOptions {
  octokit: Pick<Octokit, 'request'>
  owner: string
  repo: string
  /** Bytes of blobs that are kept; they never change. 64 MiB unless said. */
  cacheBytes?: number
}

interface File {
  path: string
  blob: string
}

/**
 * The store over GitHub's REST API (https://docs.github.com/rest/git). A commit carries no author, committer or date of
 * ours: GitHub then signs it as the app's, by its own clock. `force: false` makes the update of the ref the
 * compare-and-swap.
 */
export function gitHubStore(options: GitHubStoreOptions): LedgerStore {
  const { octokit, owner, repo } = options
  const blobs = new LRUCache<string, string>({
    maxSize: options.cacheBytes ?? 64 * 1024 * 1024,
    sizeCalculation: text => text.length + 1
  })
  /** Trees of commits, so that a writer that has just committed needs no look at its own commit. */
  const trees = new LRUCache<string, string>({ max: 16 })
  /** Directories that were listed one by one; a tree never changes either. */
  const listings = new LRUCache<string, { path: string; type: string; sha: string }[]>({ max: 4096 })

  async function treeOf(commit: string): Promise<string> {
    const known = trees.get(commit)
    if (known !== undefined) return known
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
      owner,
      repo,
      commit_sha: commit
    })
    trees.set(commit, data.tree.sha)
    return data.tree.sha
  }

  async function tipOf(branch: string): Promise<string> {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      owner,
      repo,
      ref: `heads/${branch}`
    })
    return data.object.sha
  }

  async function list(tree: string, recursive: boolean): Promise<{ entries: Entry[]; truncated: boolean }> {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
      owner,
      repo,
      tree_sha: tree,
      ...(recursive ? { recursive: '1' } : {})
    })
    return { entries: data.tree as Entry[], truncated: data.truncated }
  }

  /** A directory at a time: what GitHub cuts off in one answer (100,000 entries) is still read whole. */
  async function walk(tree: string, prefix: string): Promise<File[]> {
    let entries = listings.get(tree)
    if (entries === undefined) {
      const answer = await list(tree, false)
      if (answer.truncated) throw new Fault('github.truncated', 'GitHub lists a directory of the ledger in part only.')
      entries = answer.entries
      listings.set(tree, entries)
    }
    const files: File[] = []
    for (const entry of entries) {
      const path = prefix + entry.path
      if (entry.type === 'tree') files.push(...(await walk(entry.sha, `${path}/`)))
      else files.push({ path, blob: entry.sha })
    }
    return files
  }

  return {
    branches: () =>
      told(async () => {
        const found: LedgerBranch[] = []
        for (let page = 1; ; page++) {
          const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', {
            owner,
            repo,
            ref: 'heads/ledger/',
            per_page: 100,
            page
          })
          found.push(
            ...data.map(({ ref, object }) => ({ name: ref.replace(/^refs\/heads\//, ''), commit: object.sha }))
          )
          if (data.length < 100) break
        }
        return found.sort((a, b) => (a.name < b.name ? -1 : 1))
      }),

    segments: commit =>
      told(async () => {
        const tree = await treeOf(commit)
        const { entries, truncated } = await list(tree, true)
        if (truncated) return walk(tree, '')
        return entries.flatMap(({ path, type, sha }) => (type === 'tree' ? [] : [{ path, blob: sha }]))
      }),

    read: blob =>
      told(async () => {
        const known = blobs.get(blob)
        if (known !== undefined) return known
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
          owner,
          repo,
          file_sha: blob
        })
        const text = Buffer.from(data.content, 'base64').toString('utf8')
        blobs.set(blob, text)
        return text
      }),

    commit: ({ branch, parent, files, message }: LedgerCommit) =>
      told(async () => {
        const tree = await octokit.request('POST /repos/{owner}/{repo}/git/trees', {
          owner,
          repo,
          tree: files.map(({ path, content }) => ({ path, mode: '100644' as const, type: 'blob' as const, content })),
          ...(parent === null ? {} : { base_tree: await treeOf(parent) })
        })
        const commit = await octokit.request('POST /repos/{owner}/{repo}/git/commits', {
          owner,
          repo,
          message,
          tree: tree.data.sha,
          parents: parent === null ? [] : [parent]
        })
        try {
          if (parent === null) {
            await octokit.request('POST /repos/{owner}/{repo}/git/refs', {
              owner,
              repo,
              ref: `refs/heads/${branch}`,
              sha: commit.data.sha
            })
          } else {
            await octokit.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
              owner,
              repo,
              ref: `heads/${branch}`,
              sha: commit.data.sha,
              force: false
            })
          }
        } catch (error) {
          // 422: "Update is not a fast forward", or "Reference already exists": someone else was first. A ruleset that
          // shuts us out answers 422 as well, and no second try will mend that.
          if (statusOf(error) !== 422) throw error
          if (/rule violation|protected/i.test(String((error as Error).message))) {
            throw new Fault('github.forbidden', `A ruleset keeps us from writing ${branch}.`, {
              retry: false,
              cause: error
            })
          }
          // A first try of this very call may have landed without an answer.
          if (parent === null && (await tipOf(branch)) === commit.data.sha) return commit.data.sha
          throw new Fault('ledger.moved', `${branch} moved while a commit for it was made.`, { cause: error })
        }
        trees.set(commit.data.sha, tree.data.sha)
        return commit.data.sha
      })
  }
}

interface Entry {
  path: string
  type: string
  sha: string
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw faultOf(error)
  }
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null)?.status
  return typeof status === 'number' ? status : undefined
}

/**
 * What GitHub's answer means (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api). An error
 * without a status of GitHub's is a bug and stays what it is, unless the network made it (Octokit says 500 for those).
 */
function faultOf(error: unknown): unknown {
  if (error instanceof Fault) return error
  const status = statusOf(error)
  if (status === undefined) return error
  if (status >= 500) {
    return new Fault('github.unavailable', `GitHub answered ${status} for the ledger.`, { cause: error })
  }
  const headers =
    (error as { response?: { headers?: Record<string, string | number | undefined> } }).response?.headers ?? {}
  if (
    status === 429 ||
    (status === 403 && (headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0'))
  ) {
    const retryAt = retryAtOf(headers)
    return new Fault('github.limited', 'GitHub asks us to wait before we write to the ledger.', {
      cause: error,
      ...(retryAt === undefined ? {} : { retryAt })
    })
  }
  if (status === 404) return new Fault('github.missing', 'GitHub does not show the ledger to us.', { cause: error })
  if (status === 401 || status === 403) {
    return new Fault('github.forbidden', 'GitHub refuses us the ledger.', { cause: error })
  }
  if (status === 409) {
    return new Fault('github.unavailable', 'GitHub cannot serve the repository just now.', { cause: error })
  }
  return error
}

/** By GitHub's clock: `retry-after` counts from the answer's own date. */
function retryAtOf(headers: Record<string, string | number | undefined>): Date | undefined {
  const after = Number(headers['retry-after'])
  const date = Date.parse(String(headers['date']))
  if (Number.isFinite(after) && headers['retry-after'] !== undefined && !Number.isNaN(date)) {
    return new Date(date + after * 1000)
  }
  const reset = Number(headers['x-ratelimit-reset'])
  return Number.isFinite(reset) && reset > 0 ? new Date(reset * 1000) : undefined
}
