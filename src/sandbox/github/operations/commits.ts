// Local GitHub, operations: branches, commits, comparisons and the record of pushes.
import { notFound, ok, paged } from '../answer.ts'
import type { Answer } from '../answer.ts'
import { repo } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { changedFiles } from '../git/diff.ts'
import { between, isAncestor, mergeBase, reachable } from '../git/history.ts'
import type { Commit, GitRepository } from '../git/repository.ts'
import { entryAt } from '../git/trees.ts'
import { pullContent, pullJson } from '../pull-json.ts'
import { pageUrl, repositoryUrl } from '../render.ts'
import { activityJson, commitJson } from '../commit-json.ts'
import type { Json } from '../render.ts'
import { gates } from '../rules.ts'
import type { Activity, Repository } from '../store.ts'
import { accountByEmail, accountByLogin } from '../world.ts'
import type { World } from '../world.ts'
import { resolveCommit } from './git-data.ts'
import { fileJson } from './pulls.ts'

/** A comparison lists so many files and commits, and no more. */
const MAX_COMPARED_FILES = 300
const MAX_COMPARED_COMMITS = 250

const getBranch: Handler = call => {
  const r = repo(call)
  const name = call.params['branch'] ?? ''
  const git = call.world.git(r)
  const commit = git.commit(git.refs.get(`refs/heads/${name}`) ?? '')
  if (commit === undefined) throw notFound()
  return ok(branchJson(call.world, r, name, commitJson(call.world, r, commit)))
}

function branchJson(world: World, r: Repository, name: string, commit: Json): Json {
  const checks = gates(world, r, name).flatMap(gate => gate.checks)
  const url = repositoryUrl(world, r, `/branches/${encodeURIComponent(name)}`)
  return {
    name,
    commit,
    protected: gates(world, r, name).length > 0,
    _links: { self: url, html: pageUrl(world, r, `/tree/${name}`) },
    protection: {
      enabled: gates(world, r, name).length > 0,
      required_status_checks: {
        enforcement_level: checks.length > 0 ? 'non_admins' : 'off',
        contexts: checks.map(c => c.context),
        checks: checks.map(c => ({ context: c.context, app_id: c.appId }))
      }
    },
    protection_url: `${url}/protection`
  }
}

const listBranches: Handler = call => {
  const r = repo(call)
  const wanted = call.query.get('protected')
  const all = call.world
    .git(r)
    .refs.list('refs/heads/')
    .map(([ref, sha]) =>
      branchJson(call.world, r, ref.slice('refs/heads/'.length), {
        sha,
        url: repositoryUrl(call.world, r, `/commits/${sha}`)
      })
    )
  return paged(all.filter(b => wanted === null || String(b['protected']) === wanted))
}

const listCommits: Handler = call => {
  const r = repo(call)
  const git = call.world.git(r)
  const { query } = call
  const start = resolveCommit(git, r, query.get('sha'))
  if (start === undefined) throw notFound()
  const path = (query.get('path') ?? '').replace(/^\/|\/$/g, '')
  const author = query.get('author')
  const person =
    author === null ? undefined : (accountByLogin(call.world, author) ?? accountByEmail(call.world, author))
  const [since, until] = [query.get('since'), query.get('until')]
  const found = reachable(git, [start]).filter(
    c =>
      (path === '' || touches(git, c, path)) &&
      (author === null || (person !== undefined && accountByEmail(call.world, c.author.email)?.id === person.id)) &&
      (since === null || c.committer.at >= new Date(since)) &&
      (until === null || c.committer.at <= new Date(until))
  )
  return paged(found.map(c => commitJson(call.world, r, c)))
}

/** Whether a commit differs at a path from all its parents (git's own simplification). */
function touches(git: GitRepository, c: Commit, path: string): boolean {
  const at = (tree: string | undefined): string => {
    const entry = tree === undefined ? undefined : entryAt(git, tree, path)
    return entry === undefined ? '' : `${entry.mode} ${entry.sha}`
  }
  const here = at(c.tree)
  return c.parents.length === 0 ? here !== '' : c.parents.every(p => at(git.commit(p)?.tree) !== here)
}

const getCommit: Handler = call => {
  const r = repo(call)
  const git = call.world.git(r)
  const commit = git.commit(resolveCommit(git, r, call.params['ref']) ?? '')
  if (commit === undefined) throw notFound()
  const files = changedFiles(git, git.commit(commit.parents[0] ?? '')?.tree, commit.tree)
  const [additions, deletions] = [
    files.reduce((n, f) => n + f.additions, 0),
    files.reduce((n, f) => n + f.deletions, 0)
  ]
  return ok({
    ...commitJson(call.world, r, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files.slice(0, 3000).map(f => fileJson(call.world, r, commit.sha, f))
  })
}

const compare: Handler = call => {
  const r = repo(call)
  const git = call.world.git(r)
  const [left, right] = (call.params['basehead'] ?? '').split('...')
  const [base, head] = [git.commit(resolveCommit(git, r, left) ?? ''), git.commit(resolveCommit(git, r, right) ?? '')]
  if (left === undefined || right === undefined || base === undefined || head === undefined) throw notFound()
  const common = git.commit(mergeBase(git, base.sha, head.sha) ?? '')
  if (common === undefined) throw notFound()
  const [ahead, behind] = [between(git, base.sha, head.sha), between(git, head.sha, base.sha)]
  const url = repositoryUrl(call.world, r, `/compare/${left}...${right}`)
  const html = pageUrl(call.world, r, `/compare/${left}...${right}`)
  const status =
    base.sha === head.sha ? 'identical' : ahead.length === 0 ? 'behind' : behind.length === 0 ? 'ahead' : 'diverged'
  return ok({
    url,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    base_commit: commitJson(call.world, r, base),
    merge_base_commit: commitJson(call.world, r, common),
    commits: ahead.slice(0, MAX_COMPARED_COMMITS).map(c => commitJson(call.world, r, c)),
    files: changedFiles(git, common.tree, head.tree)
      .slice(0, MAX_COMPARED_FILES)
      .map(f => fileJson(call.world, r, head.sha, f))
  })
}

/**
 * Pull requests that brought a commit, or would: merged ones whose commits or merge hold it, open ones that contain
 * it.
 */
const pullsOfCommit: Handler = call => {
  const r = repo(call)
  const git = call.world.git(r)
  const sha = git.commit(call.params['commit_sha'] ?? '')?.sha
  if (sha === undefined) throw notFound()
  const found = Object.values(r.pulls).filter(
    p =>
      p.mergeCommitSha === sha ||
      p.headSha === sha ||
      (isAncestor(git, sha, p.headSha) && pullContent(call.world, r, p).commits.some(c => c.sha === sha))
  )
  return paged(found.map(p => pullJson(call.world, r, p, false)))
}

const listActivities: Handler = call => {
  const r = repo(call)
  const { query, world } = call
  const [ref, actor, type] = [query.get('ref'), query.get('actor'), query.get('activity_type')]
  const full = ref === null || ref.startsWith('refs/') ? ref : `refs/heads/${ref}`
  const actorId = actor === null ? undefined : (accountByLogin(world, actor)?.id ?? -1)
  const found = r.activities.filter(
    a => (full ?? a.ref) === a.ref && (actorId ?? a.actorId) === a.actorId && (type ?? a.type) === a.type
  )
  return onePage(query.get('direction') === 'asc' ? found : found.toReversed(), call)
}

/** One page, as GitHub cuts this list: forward by cursors that only its Link header names, and not by numbers. */
function onePage(all: Activity[], { world, query, repository }: Call): Answer {
  const size = Math.min(Number(query.get('per_page') ?? 30), 100)
  const start = all.findIndex(a => String(a.id) === query.get('after')) + 1
  const list = all.slice(start, start + size)
  const body = list.map(a => activityJson(world, a))
  const last = list.at(-1)
  if (repository === undefined || last === undefined || start + size >= all.length) return ok(body)
  const next = new URLSearchParams({ ...Object.fromEntries(query), after: String(last.id) })
  const headers = { link: `<${repositoryUrl(world, repository, '/activity')}?${next.toString()}>; rel="next"` }
  return { ...ok(body), headers }
}

/** Handlers by operation id. */
export const commits: Record<string, Handler> = {
  'repos/get-branch': getBranch,
  'repos/list-branches': listBranches,
  'repos/list-commits': listCommits,
  'repos/get-commit': getCommit,
  'repos/compare-commits-with-basehead': compare,
  'repos/list-pull-requests-associated-with-commit': pullsOfCommit,
  'repos/list-activities': listActivities
}
