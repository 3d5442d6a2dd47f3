// Local GitHub, operations: merging, always against the present base branch; GitHub itself writes and signs the commit.
import { ApiRefusal, conflict, created, notFound, nothing, ok, unprocessable } from '../answer.ts'
import { repo, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { isAncestor } from '../git/history.ts'
import type { GitRepository } from '../git/repository.ts'
import { completeMerge, mergedTree, mergerSignature, writeMerge } from '../merge-writers.ts'
import type { MergeMethod } from '../merge-writers.ts'
import { moveRef } from '../movement.ts'
import { issueOf } from '../pull-json.ts'
import { repositoryUrl } from '../render.ts'
import { commitJson } from '../commit-json.ts'
import { mergeBlockers, passer, pushRefusal, queueOf } from '../rules.ts'
import { resolveCommit, webFlow } from './git-data.ts'
import { pull } from './reviews.ts'

interface MergeRequest {
  sha?: string
  merge_method?: MergeMethod
  commit_title?: string
  commit_message?: string
}

const refuse = (message: string): ApiRefusal => new ApiRefusal(405, message)

const mergePull: Handler = call => {
  const { world } = call
  const [r, p] = [repo(call), pull(call)]
  const asked = call.body as MergeRequest
  const by = who(call)
  const git = world.git(r)
  if (issueOf(r, p.number).state === 'closed') throw refuse('Pull Request is not mergeable')
  if (asked.sha !== undefined && asked.sha !== p.headSha)
    throw conflict('Head branch was modified. Review and try the merge again.')
  if (p.draft) throw refuse('Pull Request is still a draft')
  if (queueOf(world, r, p.baseRef, passer(call)) !== undefined)
    throw refuse('Changes must be made through the merge queue')
  const blocked = mergeBlockers(world, r, p, passer(call))
  if (blocked.length > 0) throw refuse(`Repository rule violations found\n\n${blocked.join('\n\n')}`)
  const tip = git.refs.get(`refs/heads/${p.baseRef}`)
  if (tip === undefined) throw refuse('Pull Request is not mergeable')
  const words = { title: asked.commit_title, message: asked.commit_message }
  const sha = writeMerge(asked.merge_method ?? 'merge', { world, by, repository: r, pull: p, tip, ...words })
  if (sha === undefined) throw refuse('Pull Request is not mergeable')
  completeMerge(world, r, p, { by, tip, sha })
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' })
}

/** `POST /repos/{o}/{r}/merges`: merges one branch or commit into another without a pull request. */
const mergeBranch: Handler = call => {
  const { world } = call
  const r = repo(call)
  const { base, head, commit_message } = call.body as { base: string; head: string; commit_message?: string }
  const git = world.git(r)
  const tip = git.refs.get(`refs/heads/${base}`)
  const sha = resolveCommit(git, r, head)
  if (tip === undefined || sha === undefined) throw notFound()
  if (isAncestor(git, sha, tip)) return nothing()
  const refusal = pushRefusal(world, r, base, { before: tip, after: sha, rewrite: false }, passer(call))
  if (refusal !== undefined) throw conflict(`Repository rule violations found\n\n${refusal}`)
  const made = mergeInto(call, git, tip, sha, commit_message ?? `Merge ${head} into ${base}`)
  moveRef(world, r, { ref: `refs/heads/${base}`, after: made, actor: who(call) })
  const commit = git.commit(made)
  if (commit === undefined) throw notFound()
  return created(commitJson(world, r, commit))
}

function mergeInto(call: Call, git: GitRepository, tip: string, sha: string, message: string): string {
  const tree = mergedTree(git, tip, sha)
  if (tree === undefined) throw conflict('Merge conflict')
  const { world } = call
  return git.writeCommit({
    tree,
    parents: [tip, sha],
    message,
    author: mergerSignature(world, who(call)),
    committer: webFlow(world),
    sign: world.signCommit
  })
}

/** The "Update branch" button: merges the base branch into the head. */
const updateBranch: Handler = call => {
  const { world } = call
  const [r, p] = [repo(call), pull(call)]
  const { expected_head_sha } = call.body as { expected_head_sha?: string }
  const git = world.git(r)
  const tip = git.refs.get(`refs/heads/${p.baseRef}`) ?? ''
  if (expected_head_sha !== undefined && expected_head_sha !== p.headSha)
    throw unprocessable('expected head sha didn’t match current head ref.')
  if (p.headRepositoryId !== r.id || isAncestor(git, tip, p.headSha))
    throw unprocessable('There are no new commits on the base branch.')
  const made = mergeInto(call, git, p.headSha, tip, `Merge branch '${p.baseRef}' into ${p.headRef}`)
  moveRef(world, r, { ref: `refs/heads/${p.headRef}`, after: made, actor: who(call) })
  return {
    status: 202,
    body: { message: 'Updating pull request branch.', url: repositoryUrl(world, r, `/pulls/${p.number}`) }
  }
}

/** Handlers by operation id. */
export const merge: Record<string, Handler> = {
  'pulls/merge': mergePull,
  'repos/merge': mergeBranch,
  'pulls/update-branch': updateBranch
}
