// Local GitHub, operations: refs, which move by compare-and-swap and within the rules of their branch.
import { created, notFound, nothing, ok, paged, unprocessable } from '../answer.ts'
import { repo, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { isAncestor } from '../git/history.ts'
import { validRefName } from '../git/refs.ts'
import { moveRef, refUrl } from '../movement.ts'
import { nodeId, repositoryUrl } from '../render.ts'
import type { Json } from '../render.ts'
import { passer, pushRefusal } from '../rules.ts'
import type { Repository } from '../store.ts'
import type { World } from '../world.ts'

const refJson = (world: World, r: Repository, ref: string, sha: string): Json => ({
  ref,
  node_id: `${nodeId('REF', r.id)}${Buffer.from(ref).toString('base64url')}`,
  url: refUrl(world, r, ref),
  object: {
    type: world.git(r).objects.read(sha)?.type ?? 'commit',
    sha,
    url: repositoryUrl(world, r, `/git/commits/${sha}`)
  }
})

const getRef: Handler = call => {
  const r = repo(call)
  const ref = `refs/${call.params['ref']}`
  const sha = call.world.git(r).refs.get(ref)
  if (sha === undefined) throw notFound()
  return ok(refJson(call.world, r, ref, sha))
}

const listMatchingRefs: Handler = call => {
  const r = repo(call)
  return paged(
    call.world
      .git(r)
      .refs.list(`refs/${call.params['ref']}`)
      .map(([ref, sha]) => refJson(call.world, r, ref, sha))
  )
}

const createRef: Handler = call => {
  const r = repo(call)
  const { ref, sha } = call.body as { ref: string; sha: string }
  const git = call.world.git(r)
  if (!validRefName(ref)) throw unprocessable(`${ref} is not a valid ref name.`)
  if (git.objects.read(sha) === undefined) throw unprocessable('Object does not exist')
  if (git.refs.get(ref) !== undefined) throw unprocessable('Reference already exists')
  if (ref.startsWith('refs/pull/')) throw unprocessable('Reference is read-only')
  const parts = ref.split('/')
  const inTheWay =
    git.refs.list(`${ref}/`).length > 0 ||
    parts.some((_, i) => i > 1 && i < parts.length - 1 && git.refs.get(parts.slice(0, i + 1).join('/')) !== undefined)
  if (inTheWay) throw unprocessable('Reference update failed')
  if (ref.startsWith('refs/heads/') && git.commit(sha) === undefined) throw unprocessable('Object is not a commit')
  refuseByRules(call, r, ref, undefined, sha, false)
  moveRef(call.world, r, { ref, after: sha, actor: who(call) })
  return { ...created(refJson(call.world, r, ref, sha)), headers: { location: refUrl(call.world, r, ref) } }
}

const updateRef: Handler = call => {
  const r = repo(call)
  const { sha, force } = call.body as { sha: string; force?: boolean }
  const ref = `refs/${call.params['ref']}`
  const git = call.world.git(r)
  const before = git.refs.get(ref)
  if (before === undefined) throw unprocessable('Reference does not exist')
  if (git.commit(sha) === undefined) throw unprocessable('Object does not exist')
  const rewrite = !isAncestor(git, before, sha)
  if (rewrite && force !== true) throw unprocessable('Update is not a fast forward')
  refuseByRules(call, r, ref, before, sha, rewrite)
  moveRef(call.world, r, { ref, after: sha, actor: who(call) })
  return ok(refJson(call.world, r, ref, sha))
}

const deleteRef: Handler = call => {
  const r = repo(call)
  const ref = `refs/${call.params['ref']}`
  const before = call.world.git(r).refs.get(ref)
  if (before === undefined) throw unprocessable('Reference does not exist')
  if (ref === `refs/heads/${r.defaultBranch}`) throw unprocessable('Cannot delete the default branch')
  refuseByRules(call, r, ref, before, null, false)
  moveRef(call.world, r, { ref, after: undefined, actor: who(call) })
  return nothing()
}

function refuseByRules(
  call: Call,
  r: Repository,
  ref: string,
  before: string | undefined,
  after: string | null,
  rewrite: boolean
): void {
  if (!ref.startsWith('refs/heads/')) return
  const refusal = pushRefusal(call.world, r, ref.slice('refs/heads/'.length), { before, after, rewrite }, passer(call))
  if (refusal !== undefined) throw unprocessable(`Repository rule violations found\n\n${refusal}`)
}

/** Handlers by operation id. */
export const gitRefs: Record<string, Handler> = {
  'git/get-ref': getRef,
  'git/list-matching-refs': listMatchingRefs,
  'git/create-ref': createRef,
  'git/update-ref': updateRef,
  'git/delete-ref': deleteRef
}
