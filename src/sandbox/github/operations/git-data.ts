// Local GitHub, operations: the git database (blobs, trees, commits, refs); refs move by compare-and-swap.
import { conflict, created, notFound, ok, unprocessable } from '../answer.ts'
import { repo, who } from '../call.ts'
import type { Handler } from '../call.ts'
import { gitCommitJson } from '../commit-json.ts'
import { typeOfMode } from '../git/repository.ts'
import type { GitRepository, Signature } from '../git/repository.ts'
import { editTree, entryAt, walk } from '../git/trees.ts'
import type { Edit } from '../git/trees.ts'
import { nodeId, repositoryUrl } from '../render.ts'
import type { Json } from '../render.ts'
import type { Repository } from '../store.ts'
import { account, noReply } from '../world.ts'
import type { World } from '../world.ts'

/** Trees longer than this are cut off and marked `truncated` (GitHub: 100,000 entries). */
const MAX_TREE_ENTRIES = 100_000

const getBlob: Handler = call => {
  const r = repo(call)
  const sha = call.params['file_sha'] ?? ''
  const data = call.world.git(r).blob(sha)
  if (data === undefined) throw notFound()
  const url = repositoryUrl(call.world, r, `/git/blobs/${sha}`)
  return ok({
    sha,
    node_id: `${nodeId('B', r.id)}${sha}`,
    size: data.length,
    url,
    content: base64Lines(data),
    encoding: 'base64'
  })
}

/** Base64 in lines of 60 characters, as GitHub answers it. */
export const base64Lines = (data: Buffer): string => data.toString('base64').replace(/.{60}/g, '$&\n')

const createBlob: Handler = call => {
  const r = repo(call)
  const { content, encoding } = call.body as { content: string; encoding?: string }
  const sha = call.world.git(r).writeBlob(Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'))
  return created({ sha, url: repositoryUrl(call.world, r, `/git/blobs/${sha}`) })
}

const getTree: Handler = call => {
  const r = repo(call)
  const git = call.world.git(r)
  const asked = call.params['tree_sha'] ?? ''
  const sha = treeOf(git, r, asked)
  if (sha === undefined) throw notFound()
  return ok(treeJson(call.world, r, sha, call.query.has('recursive')))
}

/** A tree from its own SHA, a commit's, a branch or a tag. */
function treeOf(git: GitRepository, r: Repository, name: string): string | undefined {
  const sha = resolveCommit(git, r, name) ?? name
  return git.tree(sha) === undefined ? git.commit(sha)?.tree : sha
}

/** A commit from a SHA, a branch, a tag or a full ref; without a name, the default branch. */
export function resolveCommit(git: GitRepository, r: Repository, name: string | undefined | null): string | undefined {
  const asked = name === undefined || name === null || name === '' || name === 'HEAD' ? r.defaultBranch : name
  if (git.commit(asked) !== undefined) return asked
  for (const ref of [`refs/heads/${asked}`, `refs/tags/${asked}`, asked, `refs/${asked}`]) {
    const sha = git.refs.get(ref)
    if (sha !== undefined && git.commit(sha) !== undefined) return sha
  }
  return undefined
}

function treeJson(world: World, r: Repository, sha: string, recursive: boolean): Json {
  const git = world.git(r)
  const all = recursive ? [...walk(git, sha)] : (git.tree(sha) ?? []).map(({ name, ...e }) => ({ ...e, path: name }))
  const tree = all.slice(0, MAX_TREE_ENTRIES).map(e => ({
    path: e.path,
    mode: e.mode,
    type: e.type,
    sha: e.sha,
    ...(e.type === 'blob' ? { size: git.blob(e.sha)?.length ?? 0 } : {}),
    ...(e.type === 'commit' ? {} : { url: repositoryUrl(world, r, `/git/${e.type}s/${e.sha}`) })
  }))
  return { sha, url: repositoryUrl(world, r, `/git/trees/${sha}`), tree, truncated: all.length > MAX_TREE_ENTRIES }
}

interface NewEntry {
  path: string
  mode: string
  type?: string
  sha?: string | null
  content?: string
}

const createTree: Handler = call => {
  const r = repo(call)
  const git = call.world.git(r)
  const { tree, base_tree } = call.body as { tree: NewEntry[]; base_tree?: string }
  const base = base_tree === undefined ? undefined : treeOf(git, r, base_tree)
  if (base_tree !== undefined && base === undefined) throw notFound()
  const edits = new Map<string, Edit>()
  for (const entry of tree) {
    const path = entry.path.replace(/^\//, '')
    if (path === '' || path.split('/').some(part => ['', '.', '..', '.git'].includes(part.toLowerCase()))) {
      throw unprocessable('tree.path contains a malformed path component')
    }
    if (entry.content === undefined && entry.sha === undefined)
      throw unprocessable('Must supply either tree.sha or tree.content')
    if (entry.sha === null) {
      if (base === undefined || entryAt(git, base, path) === undefined) throw unprocessable('GitRPC::BadObjectState')
      edits.set(path, null)
      continue
    }
    const sha = entry.sha ?? git.writeBlob(Buffer.from(entry.content ?? ''))
    if (entry.mode !== '160000' && git.objects.read(sha)?.type !== typeOfMode(entry.mode)) {
      throw unprocessable(`tree.sha ${sha} is not a valid ${typeOfMode(entry.mode)}`)
    }
    edits.set(path, { mode: entry.mode, sha })
  }
  return created(treeJson(call.world, r, editTree(git, base, edits), false))
}

const getCommit: Handler = call => {
  const r = repo(call)
  const commit = call.world.git(r).commit(call.params['commit_sha'] ?? '')
  if (commit === undefined) throw notFound()
  return ok(gitCommitJson(call.world, r, commit))
}

interface Person {
  name?: string
  email?: string
  date?: string
}

/** Who a commit is by when nobody says: the account that writes it. */
export function signatureOf(world: World, id: number, at: Date): Signature {
  const a = account(world, id)
  return { name: a.name ?? a.login, email: a.email ?? noReply(a), at, zone: '+0000' }
}

/** GitHub itself, as the committer of what it writes in its pages and merges. */
export const webFlow = (world: World): Signature => ({
  name: 'GitHub',
  email: 'noreply@github.com',
  at: world.now(),
  zone: '+0000'
})

const createCommit: Handler = call => {
  const { world } = call
  const r = repo(call)
  const git = world.git(r)
  const {
    message,
    tree,
    parents = [],
    author,
    committer
  } = call.body as { message: string; tree: string; parents?: string[]; author?: Person; committer?: Person }
  if (git.tree(tree) === undefined) throw unprocessable('Tree SHA does not exist')
  if (parents.some(sha => git.commit(sha) === undefined))
    throw unprocessable('Parent SHA does not exist or is not a commit object')
  const self = signatureOf(world, who(call).id, world.now())
  const given = (p: Person | undefined, otherwise: Signature): Signature =>
    p === undefined
      ? otherwise
      : {
          name: p.name ?? otherwise.name,
          email: p.email ?? otherwise.email,
          at: p.date === undefined ? otherwise.at : new Date(p.date),
          zone: '+0000'
        }
  const by = given(author, self)
  // GitHub signs for an app only when nobody else's name is claimed.
  const sign =
    call.actor.kind === 'installation' && author === undefined && committer === undefined ? world.signCommit : undefined
  const sha = git.writeCommit({
    tree,
    parents,
    message,
    author: by,
    committer: given(committer, author === undefined ? self : by),
    sign
  })
  const commit = git.commit(sha)
  if (commit === undefined) throw conflict('Git Repository is empty.')
  return created(gitCommitJson(world, r, commit))
}

/** Handlers by operation id. */
export const gitData: Record<string, Handler> = {
  'git/get-blob': getBlob,
  'git/create-blob': createBlob,
  'git/get-tree': getTree,
  'git/create-tree': createTree,
  'git/get-commit': getCommit,
  'git/create-commit': createCommit
}
