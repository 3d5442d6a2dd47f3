// Local GitHub, effects: how a pull request comes to its base branch: the commits of a merge, and what follows them.
import { between, mergeBase } from './git/history.ts'
import type { GitRepository } from './git/repository.ts'
import { mergeTrees } from './git/trees.ts'
import { signatureOf, webFlow } from './operations/git-data.ts'
import { markMerged, moveRef } from './movement.ts'
import { issueOf } from './pull-json.ts'
import type { Account, Pull, Repository } from './store.ts'
import { account, noReply } from './world.ts'
import type { World } from './world.ts'

/** What is merged onto which commit, by whom, and in which words where they are not GitHub's own. */
export interface Merging {
  world: World
  by: Account
  repository: Repository
  pull: Pull
  tip: string
  title?: string | undefined
  message?: string | undefined
}

/** How a merge comes to the base branch, in the words of `PUT …/merge`. */
export type MergeMethod = 'merge' | 'squash' | 'rebase'

/** Writes the commits of one merge and gives the last one; undefined where it conflicts. Moves no branch. */
export function writeMerge(method: MergeMethod, merging: Merging): string | undefined {
  return writers[method](merging)
}

const writers: Record<MergeMethod, (merging: Merging) => string | undefined> = {
  merge: mergeCommit,
  squash: squashCommit,
  rebase: rebasedCommits
}

/** Everything that follows a merge whose commits are written: the base branch moves, and the merged branch may go. */
export function completeMerge(
  world: World,
  r: Repository,
  p: Pull,
  { by, tip, sha }: { by: Account; tip: string; sha: string }
): void {
  p.baseSha = tip // what it was merged onto: its files and commits stay as they were
  markMerged(world, r, p, by, sha)
  moveRef(world, r, { ref: `refs/heads/${p.baseRef}`, after: sha, actor: by, merge: { retarget: undefined } })
  if (r.deleteBranchOnMerge && p.headRepositoryId === r.id && p.headRef !== r.defaultBranch) {
    moveRef(world, r, { ref: `refs/heads/${p.headRef}`, after: undefined, actor: by, merge: { retarget: p.baseRef } })
  }
}

/** The tree of `head` merged into `tip`; undefined on a conflict. */
export function mergedTree(git: GitRepository, tip: string, head: string): string | undefined {
  const [ours, theirs] = [git.commit(tip), git.commit(head)]
  if (ours === undefined || theirs === undefined) return undefined
  const base = git.commit(mergeBase(git, tip, head) ?? '')
  return mergeTrees(git, base?.tree, ours.tree, theirs.tree).tree
}

function mergeCommit({ world, by, repository: r, pull: p, tip, ...asked }: Merging): string | undefined {
  const git = world.git(r)
  const tree = mergedTree(git, tip, p.headSha)
  if (tree === undefined) return undefined
  const head = world.state.repositories[p.headRepositoryId] ?? r
  const title = asked.title ?? `Merge pull request #${p.number} from ${account(world, head.ownerId).login}/${p.headRef}`
  return git.writeCommit({
    tree,
    parents: [tip, p.headSha],
    message: `${title}\n\n${asked.message ?? issueOf(r, p.number).title}`,
    author: mergerSignature(world, by),
    committer: webFlow(world),
    sign: world.signCommit
  })
}

/** As the author of a merge, whoever merged has the address that GitHub writes for them. */
export function mergerSignature(world: World, by: Account): ReturnType<typeof signatureOf> {
  return { ...signatureOf(world, by.id, world.now()), email: by.email ?? noReply(by) }
}

function squashCommit({ world, repository: r, pull: p, tip, ...asked }: Merging): string | undefined {
  const git = world.git(r)
  const tree = mergedTree(git, tip, p.headSha)
  if (tree === undefined) return undefined
  const issue = issueOf(r, p.number)
  const each = between(git, tip, p.headSha).map(c => `* ${c.message}`)
  return git.writeCommit({
    tree,
    parents: [tip],
    message: `${asked.title ?? `${issue.title} (#${p.number})`}\n\n${asked.message ?? each.join('\n\n')}`,
    author: signatureOf(world, issue.userId, world.now()),
    committer: webFlow(world),
    sign: world.signCommit
  })
}

/** Replays each commit on the tip; the copies are not GitHub's own writing, so they are not signed. */
function rebasedCommits({ world, by, repository, pull, tip }: Merging): string | undefined {
  const git = world.git(repository)
  let onto = tip
  for (const commit of between(git, tip, pull.headSha)) {
    if (commit.parents.length > 1) return undefined
    const parent = git.commit(commit.parents[0] ?? '')
    const { tree } = mergeTrees(git, parent?.tree, git.commit(onto)?.tree ?? '', commit.tree)
    if (tree === undefined) return undefined
    onto = git.writeCommit({
      tree,
      parents: [onto],
      message: commit.message,
      author: commit.author,
      committer: mergerSignature(world, by)
    })
  }
  return onto
}
