// Local GitHub, operations: files by path, and what GitHub thinks of CODEOWNERS.
import { conflict, notFound, ok, unprocessable } from '../answer.ts'
import { repo, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { readCodeowners } from '../codeowners.ts'
import type { GitRepository, Signature } from '../git/repository.ts'
import { editTree, entryAt } from '../git/trees.ts'
import type { Edit, PathEntry } from '../git/trees.ts'
import { moveRef } from '../movement.ts'
import { pageUrl, repositoryUrl } from '../render.ts'
import { gitCommitJson } from '../commit-json.ts'
import type { Json } from '../render.ts'
import { passer, pushRefusal } from '../rules.ts'
import type { Repository } from '../store.ts'
import type { World } from '../world.ts'
import { base64Lines, resolveCommit, signatureOf, webFlow } from './git-data.ts'

/** Files above this have no content in the answer, but encoding `none`. */
const MAX_INLINE_BYTES = 1_000_000

const cleaned = (path: string | undefined): string =>
  (path ?? '')
    .split('/')
    .filter(part => part !== '')
    .join('/')

const getContent: Handler = call => {
  const r = repo(call)
  const git = call.world.git(r)
  const path = cleaned(call.params['path'])
  const ref = call.query.get('ref') ?? r.defaultBranch
  const commit = git.commit(resolveCommit(git, r, ref) ?? '')
  const entry = commit === undefined ? undefined : entryAt(git, commit.tree, path)
  if (entry === undefined || commit === undefined) throw notFound()
  if (entry.type === 'tree') {
    const prefix = path === '' ? '' : `${path}/`
    return ok(
      (git.tree(entry.sha) ?? []).map(({ name, ...e }) =>
        itemJson(call.world, r, git, ref, { ...e, path: prefix + name })
      )
    )
  }
  return ok(fileWithContent(call.world, r, git, ref, entry))
}

function itemJson(world: World, r: Repository, git: GitRepository, ref: string, entry: PathEntry): Json {
  const path = entry.path.split('/').map(encodeURIComponent).join('/')
  const type =
    entry.type === 'tree' ? 'dir' : entry.mode === '120000' ? 'symlink' : entry.type === 'commit' ? 'submodule' : 'file'
  const url = `${repositoryUrl(world, r, `/contents/${path}`)}?ref=${encodeURIComponent(ref)}`
  const gitUrl = repositoryUrl(world, r, `/git/${entry.type === 'tree' ? 'trees' : 'blobs'}/${entry.sha}`)
  const html = pageUrl(world, r, `/${entry.type === 'tree' ? 'tree' : 'blob'}/${ref}/${path}`)
  return {
    type,
    size: entry.type === 'blob' ? (git.blob(entry.sha)?.length ?? 0) : 0,
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.sha,
    url,
    git_url: gitUrl,
    html_url: html,
    download_url: type === 'file' ? pageUrl(world, r, `/raw/${ref}/${path}`) : null,
    _links: { self: url, git: gitUrl, html }
  }
}

function fileWithContent(world: World, r: Repository, git: GitRepository, ref: string, entry: PathEntry): Json {
  const item = itemJson(world, r, git, ref, entry)
  const data = git.blob(entry.sha)
  if (data === undefined) return { ...item, submodule_git_url: null }
  if (item['type'] === 'symlink') return { ...item, target: data.toString('utf8') }
  const inline = data.length <= MAX_INLINE_BYTES
  return { ...item, content: inline ? base64Lines(data) : '', encoding: inline ? 'base64' : 'none' }
}

interface Person {
  name: string
  email: string
  date?: string
}
interface FileWrite {
  message: string
  content: string
  sha?: string
  branch?: string
  author?: Person
  committer?: Person
}

const putContent: Handler = call => {
  const r = repo(call)
  const git = call.world.git(r)
  const asked = call.body as FileWrite
  const path = cleaned(call.params['path'])
  const held = present(call, r, path, asked.branch)
  if (held !== undefined && asked.sha === undefined) {
    throw unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.')
  }
  if (asked.sha !== undefined && held?.sha !== asked.sha) throw conflict(`${path} does not match ${asked.sha}`)
  const content = Buffer.from(asked.content, 'base64')
  const sha = git.writeBlob(content)
  const commit = commitFile(call, r, asked, path, { mode: held?.mode ?? '100644', sha })
  const ref = asked.branch ?? r.defaultBranch
  return {
    status: held === undefined ? 201 : 200,
    body: {
      content: itemJson(call.world, r, git, ref, { path, mode: held?.mode ?? '100644', sha, type: 'blob' }),
      commit
    }
  }
}

const deleteFile: Handler = call => {
  const r = repo(call)
  const asked = call.body as Omit<FileWrite, 'content'>
  const path = cleaned(call.params['path'])
  const held = present(call, r, path, asked.branch)
  if (held === undefined) throw notFound()
  if (held.sha !== asked.sha) throw conflict(`${path} does not match ${asked.sha}`)
  return ok({ content: null, commit: commitFile(call, r, asked, path, null) })
}

function present(call: Call, r: Repository, path: string, branch: string | undefined): PathEntry | undefined {
  const git = call.world.git(r)
  const tip = git.refs.get(`refs/heads/${branch ?? r.defaultBranch}`)
  if (tip === undefined && (branch !== undefined || git.refs.list('refs/heads/').length > 0)) throw notFound()
  if (path === '' || path.split('/').some(part => ['.', '..', '.git'].includes(part.toLowerCase()))) {
    throw unprocessable('path contains a malformed path component')
  }
  return tip === undefined ? undefined : entryAt(git, git.commit(tip)?.tree ?? '', path)
}

function commitFile(call: Call, r: Repository, asked: Omit<FileWrite, 'content'>, path: string, edit: Edit): Json {
  const { world } = call
  const git = world.git(r)
  const branch = asked.branch ?? r.defaultBranch
  const ref = `refs/heads/${branch}`
  const tip = git.refs.get(ref)
  const tree = editTree(git, git.commit(tip ?? '')?.tree, new Map([[path, edit]]))
  const given = (p: Person | undefined): Signature | undefined =>
    p === undefined
      ? undefined
      : { name: p.name, email: p.email, at: p.date === undefined ? world.now() : new Date(p.date), zone: '+0000' }
  const author = given(asked.author) ?? given(asked.committer) ?? signatureOf(world, who(call).id, world.now())
  const sign = asked.author === undefined && asked.committer === undefined ? world.signCommit : undefined
  const sha = git.writeCommit({
    tree,
    parents: tip === undefined ? [] : [tip],
    message: asked.message,
    author,
    committer: given(asked.committer) ?? webFlow(world),
    sign
  })
  const refusal = pushRefusal(world, r, branch, { before: tip, after: sha, rewrite: false }, passer(call))
  if (refusal !== undefined) throw conflict(`Repository rule violations found\n\n${refusal}`)
  moveRef(world, r, { ref, after: sha, actor: who(call) })
  const commit = git.commit(sha)
  return commit === undefined ? {} : gitCommitJson(world, r, commit)
}

const codeownersErrors: Handler = call => {
  const r = repo(call)
  const git = call.world.git(r)
  const commit = git.commit(resolveCommit(git, r, call.query.get('ref')) ?? '')
  const codeowners = commit === undefined ? undefined : readCodeowners(call.world, r, git, commit.tree)
  if (codeowners === undefined) throw notFound()
  return ok({ errors: codeowners.errors })
}

/** Handlers by operation id. */
export const contents: Record<string, Handler> = {
  'repos/get-content': getContent,
  'repos/create-or-update-file-contents': putContent,
  'repos/delete-file': deleteFile,
  'repos/codeowners-errors': codeownersErrors
}
