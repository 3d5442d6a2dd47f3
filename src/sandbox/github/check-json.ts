// Local GitHub, JSON: check runs and suites as the API and webhooks write them.
import { pushedCommitJson } from './commit-json.ts'
import { issueOf } from './pull-json.ts'
import { appJson, nodeId, pageUrl, repositoryJson, repositoryUrl } from './render.ts'
import type { Json } from './render.ts'
import type { CheckRun, Repository } from './store.ts'
import type { World } from './world.ts'

/** A check run. */
export function checkJson(world: World, r: Repository, c: CheckRun): Json {
  const url = repositoryUrl(world, r, `/check-runs/${c.id}`)
  return {
    id: c.id,
    node_id: nodeId('CR', c.id),
    name: c.name,
    head_sha: c.headSha,
    external_id: c.externalId,
    url,
    html_url: pageUrl(world, r, `/runs/${c.id}`),
    details_url: c.detailsUrl ?? `${world.origin}/apps/${world.app.slug}`,
    status: c.status,
    conclusion: c.conclusion,
    started_at: c.startedAt,
    completed_at: c.completedAt,
    check_suite: { id: c.suiteId },
    output: {
      title: c.title,
      summary: c.summary,
      text: c.text,
      annotations_count: c.annotations.length,
      annotations_url: `${url}/annotations`
    },
    app: c.appId === world.app.id ? appJson(world) : otherApp(world, c.appId),
    pull_requests: Object.values(r.pulls)
      .filter(p => p.headSha === c.headSha && issueOf(r, p.number).state === 'open')
      .map(p => ({
        id: p.id,
        number: p.number,
        url: repositoryUrl(world, r, `/pulls/${p.number}`),
        head: {
          ref: p.headRef,
          sha: p.headSha,
          repo: { id: p.headRepositoryId, name: r.name, url: repositoryUrl(world, r) }
        },
        base: { ref: p.baseRef, sha: p.baseSha, repo: { id: r.id, name: r.name, url: repositoryUrl(world, r) } }
      }))
  }
}

/** An app that is not ours, such as GitHub Actions: it can write a check of the same name. */
const otherApp = (world: World, id: number): Json => ({
  ...appJson(world),
  id,
  slug: `app-${id}`,
  name: `App ${id}`,
  client_id: `Iv1.${id}`,
  node_id: nodeId('A', id),
  permissions: { checks: 'write' },
  events: []
})

/** A check suite: the checks of one app on one commit, taken together. */
export function suiteJson(world: World, r: Repository, runs: CheckRun[]): Json {
  const [first] = runs
  if (first === undefined) return {}
  const completed = runs.every(c => c.status === 'completed')
  const order = ['failure', 'cancelled', 'timed_out', 'action_required', 'success', 'neutral', 'skipped']
  const conclusion = completed ? (order.find(word => runs.some(c => c.conclusion === word)) ?? 'neutral') : null
  return {
    id: first.suiteId,
    node_id: nodeId('CS', first.suiteId),
    head_branch: null,
    head_sha: first.headSha,
    head_commit: headCommitJson(world, r, first.headSha),
    status: completed ? 'completed' : 'queued',
    conclusion,
    url: repositoryUrl(world, r, `/check-suites/${first.suiteId}`),
    before: null,
    after: first.headSha,
    pull_requests: [],
    app: checkJson(world, r, first)['app'],
    repository: repositoryJson(world, r),
    latest_check_runs_count: runs.length,
    check_runs_url: repositoryUrl(world, r, `/check-suites/${first.suiteId}/check-runs`),
    created_at: first.startedAt ?? r.createdAt,
    updated_at: first.startedAt ?? r.createdAt
  }
}

function headCommitJson(world: World, r: Repository, sha: string): Json {
  const { id, tree_id, message, timestamp, author, committer } = pushedCommitJson(world, r, world.git(r), sha)
  return { id, tree_id, message, timestamp, author, committer }
}
