// Local GitHub, JSON: commits, their verification, and changes of refs, as the API and webhooks write them.
import type { Commit, GitRepository, Signature } from './git/repository.ts'
import { nodeId, userJson, pageUrl, repositoryUrl } from './render.ts'
import type { Json } from './render.ts'
import { stamp } from './store.ts'
import type { Activity, Repository } from './store.ts'
import { account, accountByEmail } from './world.ts'
import type { World } from './world.ts'

const signatureJson = (s: Signature): Json => ({ name: s.name, email: s.email, date: stamp(s.at) })

/** Whether GitHub vouches for a commit; only what it wrote itself is verified here. */
export function verificationJson(world: World, c: Commit): Json {
  const verified = world.signedByGitHub(c)
  return {
    verified,
    reason: verified ? 'valid' : c.signature === undefined ? 'unsigned' : 'unknown_key',
    signature: c.signature ?? null,
    payload: c.signature === undefined ? null : c.payload,
    verified_at: verified ? stamp(c.committer.at) : null
  }
}

/** A commit of the git database API. */
export const gitCommitJson = (world: World, r: Repository, c: Commit): Json => ({
  sha: c.sha,
  node_id: nodeId('C', r.id) + c.sha,
  url: repositoryUrl(world, r, `/git/commits/${c.sha}`),
  html_url: pageUrl(world, r, `/commit/${c.sha}`),
  author: signatureJson(c.author),
  committer: signatureJson(c.committer),
  message: c.message,
  tree: { sha: c.tree, url: repositoryUrl(world, r, `/git/trees/${c.tree}`) },
  verification: verificationJson(world, c),
  parents: c.parents.map(sha => ({
    sha,
    url: repositoryUrl(world, r, `/git/commits/${sha}`),
    html_url: pageUrl(world, r, `/commit/${sha}`)
  }))
})

/** A commit with the accounts that its addresses belong to (null when nobody's). */
export function commitJson(world: World, r: Repository, c: Commit): Json {
  const person = (s: Signature): Json | null => {
    const found = accountByEmail(world, s.email)
    return found === undefined ? null : userJson(world, found)
  }
  return {
    sha: c.sha,
    node_id: nodeId('C', r.id) + c.sha,
    url: repositoryUrl(world, r, `/commits/${c.sha}`),
    html_url: pageUrl(world, r, `/commit/${c.sha}`),
    comments_url: repositoryUrl(world, r, `/commits/${c.sha}/comments`),
    commit: {
      url: repositoryUrl(world, r, `/git/commits/${c.sha}`),
      author: signatureJson(c.author),
      committer: signatureJson(c.committer),
      message: c.message,
      tree: { sha: c.tree, url: repositoryUrl(world, r, `/git/trees/${c.tree}`) },
      comment_count: 0,
      verification: verificationJson(world, c)
    },
    author: person(c.author),
    committer: person(c.committer),
    parents: c.parents.map(sha => ({
      sha,
      url: repositoryUrl(world, r, `/commits/${sha}`),
      html_url: pageUrl(world, r, `/commit/${sha}`)
    }))
  }
}

/** A commit as webhooks write it. */
export function pushedCommitJson(world: World, r: Repository, git: GitRepository, sha: string): Json {
  const c = git.commit(sha)
  if (c === undefined) return {}
  const person = (s: Signature): Json => {
    const username = accountByEmail(world, s.email)?.login
    return { name: s.name, email: s.email, ...(username === undefined ? {} : { username }) }
  }
  return {
    id: sha,
    tree_id: c.tree,
    distinct: true,
    message: c.message,
    timestamp: stamp(c.author.at),
    url: pageUrl(world, r, `/commit/${sha}`),
    author: person(c.author),
    committer: person(c.committer),
    added: [],
    removed: [],
    modified: []
  }
}

/** One change of a ref. */
export const activityJson = (world: World, a: Activity): Json => ({
  id: a.id,
  node_id: nodeId('PSH', a.id),
  before: a.before,
  after: a.after,
  ref: a.ref,
  timestamp: a.timestamp,
  activity_type: a.type,
  actor: userJson(world, account(world, a.actorId))
})
