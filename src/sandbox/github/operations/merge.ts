// Local GitHub, operations: merging, always against the present base branch; GitHub itself writes and signs the commit.
import { ApiRefusal, conflict, created, notFound, nothing, ok, unprocessable } from '../answer.ts'
import { repo, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { between, isAncestor, mergeBase } from '../git/history.ts'
import type { GitRepository } from '../git/repository.ts'
import { mergeTrees } from '../git/trees.ts'
import { markMerged, moveRef } from '../movement.ts'
import { issueOf } from '../pull-json.ts'
import { repositoryUrl } from '../render.ts'
import { commitJson } from '../commit-json.ts'
import { mergeBlockers, passer, pushRefusal } from '../rules.ts'
import type { Pull, Repository } from '../store.ts'
import { account, noReply } from '../world.ts'
import { resolveCommit, signatureOf, webFlow } from './git-data.ts'
import { pull } from './reviews.ts'

interface MergeRequest {
  sha?: string
  merge_method?: 'merge' | 'squash' | 'rebase'
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
  const blocked = mergeBlockers(world, r, p, passer(call))
  if (blocked.length > 0) throw refuse(`Repository rule violations found\n\n${blocked.join('\n\n')}`)
  const tip = git.refs.get(`refs/heads/${p.baseRef}`)
  const sha = tip === undefined ? undefined : WRITERS[asked.merge_method ?? 'merge'](call, git, r, p, tip, asked)
  if (sha === undefined) throw refuse('Pull Request is not mergeable')
  p.baseSha = tip ?? p.baseSha // what it was merged onto: its files and commits stay as they were
  const headRepository = world.state.repositories[p.headRepositoryId]
  markMerged(world, r, p, by, sha)
  moveRef(world, r, { ref: `refs/heads/${p.baseRef}`, after: sha, actor: by, merge: { retarget: undefined } })
  if (r.deleteBranchOnMerge && headRepository?.id === r.id && p.headRef !== r.defaultBranch) {
    moveRef(world, r, { ref: `refs/heads/${p.headRef}`, after: undefined, actor: by, merge: { retarget: p.baseRef } })
  }
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' })
}

type Writer = (
  call: Call,
  git: GitRepository,
  r: Repository,
  p: Pull,
  tip: string,
  asked: MergeRequest
) => string | undefined

const WRITERS: Record<'merge' | 'squash' | 'rebase', Writer> = {
  merge: writeMerge,
  squash: writeSquash,
  rebase: writeRebase
}

/** The tree of `head` merged into `tip`; undefined on a conflict. */
function mergedTree(git: GitRepository, tip: string, head: string): string | undefined {
  const [ours, theirs] = [git.commit(tip), git.commit(head)]
  if (ours === undefined || theirs === undefined) return undefined
  const base = git.commit(mergeBase(git, tip, head) ?? '')
  return mergeTrees(git, base?.tree, ours.tree, theirs.tree).tree
}

function writeMerge(
  call: Call,
  git: GitRepository,
  r: Repository,
  p: Pull,
  tip: string,
  asked: MergeRequest
): string | undefined {
  const { world } = call
  const tree = mergedTree(git, tip, p.headSha)
  if (tree === undefined) return undefined
  const head = world.state.repositories[p.headRepositoryId] ?? r
  const title =
    asked.commit_title ?? `Merge pull request #${p.number} from ${account(world, head.ownerId).login}/${p.headRef}`
  const message = `${title}\n\n${asked.commit_message ?? issueOf(r, p.number).title}`
  return git.writeCommit({
    tree,
    parents: [tip, p.headSha],
    message,
    author: mergerSignature(call),
    committer: webFlow(world),
    sign: world.signCommit
  })
}

function mergerSignature(call: Call): ReturnType<typeof signatureOf> {
  const by = who(call)
  return { ...signatureOf(call.world, by.id, call.world.now()), email: by.email ?? noReply(by) }
}

function writeSquash(
  call: Call,
  git: GitRepository,
  r: Repository,
  p: Pull,
  tip: string,
  asked: MergeRequest
): string | undefined {
  const { world } = call
  const tree = mergedTree(git, tip, p.headSha)
  if (tree === undefined) return undefined
  const issue = issueOf(r, p.number)
  const title = asked.commit_title ?? `${issue.title} (#${p.number})`
  const body =
    asked.commit_message ??
    between(git, tip, p.headSha)
      .map(c => `* ${c.message}`)
      .join('\n\n')
  return git.writeCommit({
    tree,
    parents: [tip],
    message: `${title}\n\n${body}`,
    author: signatureOf(world, issue.userId, world.now()),
    committer: webFlow(world),
    sign: world.signCommit
  })
}

/** Replays each commit on the tip; the copies are not GitHub's own writing, so they are not signed. */
function writeRebase(call: Call, git: GitRepository, _r: Repository, p: Pull, tip: string): string | undefined {
  let onto = tip
  for (const commit of between(git, tip, p.headSha)) {
    if (commit.parents.length > 1) return undefined
    const parent = git.commit(commit.parents[0] ?? '')
    const { tree } = mergeTrees(git, parent?.tree, git.commit(onto)?.tree ?? '', commit.tree)
    if (tree === undefined) return undefined
    onto = git.writeCommit({
      tree,
      parents: [onto],
      message: commit.message,
      author: commit.author,
      committer: mergerSignature(call)
    })
  }
  return onto
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
    author: mergerSignature(call),
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
