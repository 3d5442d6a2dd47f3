// The facts of one pull request that change while it is open: itself, its files, commits and reviews.
import type { Account, Change, Commit, Known, PullFacts, Review } from '../model/facts.ts'
import type { GitHub } from './github.ts'
import { at, rememberCommit } from './repository.ts'
import type { Repository } from './repository.ts'

/** A pull request with what the walk needs beside the facts. */
export interface Pull extends PullFacts {
  title: string
  merged: boolean
  /** GitHub's word; the walk of main is what is believed. */
  mergeCommit: string | null
  /** Null before the merge, and in a walk that has merged it itself. */
  mergedAt: Date | null
  comments: number
  commitCount: number
  changedFiles: number
  requested: { users: string[]; teams: string[] }
}

type User = { id: number | bigint; login: string; type: string } | null | undefined

/** A GitHub account by its numeric id; null where GitHub names nobody. */
export function accountOf(user: User): Account | null {
  return user === null || user === undefined ? null : { id: Number(user.id), login: user.login, type: user.type }
}

/** The pull request as it is now. */
export async function readPull(repository: Repository, number: number): Promise<Pull> {
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...at(repository),
    pull_number: number
  })
  return {
    number: data.number,
    title: data.title,
    state: data.state === 'open' ? 'open' : 'closed',
    draft: data.draft === true,
    author: accountOf(data.user) ?? { id: 0, login: 'ghost', type: 'User' },
    createdAt: new Date(data.created_at),
    head: {
      sha: data.head.sha,
      ref: data.head.ref,
      // By numeric id: a fork may carry the same name (attack #61).
      sameRepository: data.head.repo?.id === repository.id
    },
    base: { ref: data.base.ref, sha: data.base.sha },
    merged: data.merged,
    mergeCommit: data.merge_commit_sha,
    mergedAt: data.merged_at === null ? null : new Date(data.merged_at),
    comments: data.comments,
    commitCount: data.commits,
    changedFiles: data.changed_files,
    requested: {
      users: (data.requested_reviewers ?? []).flatMap(user => ('login' in user ? [user.login] : [])),
      teams: (data.requested_teams ?? []).map(team => team.slug)
    }
  }
}

const statuses: Record<string, Change['status']> = {
  added: 'added',
  modified: 'modified',
  removed: 'removed',
  renamed: 'renamed'
}

/** The changed paths. More than the first page cannot be one document, so it is not asked for (attack #45). */
export async function readChanges(repository: Repository, pull: Pull): Promise<Known<Change[]>> {
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', {
    ...at(repository),
    pull_number: pull.number,
    per_page: 100
  })
  if (data.length !== pull.changedFiles) {
    return { known: false, because: `GitHub names ${pull.changedFiles} changed files and lists ${data.length}.` }
  }
  const changes = data.map(file => ({
    path: file.filename,
    previousPath: file.previous_filename ?? null,
    status: statuses[file.status] ?? ('other' as const),
    ...(file.sha === null ? {} : { sha: file.sha })
  }))
  return { known: true, value: changes }
}

/** Every commit of the pull request, with all parents. GitHub lists 250 at most, so more are not known (attack #47). */
export async function readCommits(repository: Repository, pull: Pull): Promise<Known<Commit[]>> {
  if (pull.commitCount > 250)
    return { known: false, because: `It has ${pull.commitCount} commits; GitHub lists 250 at most.` }
  const listed = await pages(
    repository.github,
    'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits',
    repository,
    pull.number
  )
  for (const { sha, parents, commit } of listed as PullCommit[]) {
    rememberCommit(repository, { sha, tree: commit.tree.sha, parents: parents.map(parent => parent.sha) })
  }
  const commits = (listed as PullCommit[]).map(commitFacts)
  if (commits.length !== pull.commitCount) {
    return { known: false, because: `GitHub names ${pull.commitCount} commits and lists ${commits.length}.` }
  }
  // A head that is not among them means that the branch moved while it was read (attack #22).
  if (!commits.some(commit => commit.sha === pull.head.sha))
    return { known: false, because: 'The branch moved while it was read.' }
  return { known: true, value: commits }
}

interface PullCommit {
  sha: string
  parents: { sha: string }[]
  author: User
  committer: User
  commit: { message: string; tree: { sha: string } }
}

function commitFacts(listed: PullCommit): Commit {
  const trailers = coAuthors(listed.commit.message)
  const author = accountOf(listed.author)
  const committer = accountOf(listed.committer)
  const known = trailers.flatMap(address => accountOfNoReply(address))
  return {
    sha: listed.sha,
    parents: listed.parents.map(parent => parent.sha),
    author,
    // GitHub's own key: a commit made on the web is committed by `web-flow`, who is nobody.
    committer: committer?.login === 'web-flow' ? author : committer,
    coAuthors: known,
    unknownCoAuthors: trailers.length - known.length
  }
}

/** E-mail addresses of `Co-authored-by` trailers (GitHub docs: creating a commit with multiple authors; attack #7). */
function coAuthors(message: string): string[] {
  return message.split('\n').flatMap(line => {
    const [name, rest] = [line.slice(0, 15).toLowerCase(), line.slice(15)]
    const open = rest.lastIndexOf('<')
    const close = rest.lastIndexOf('>')
    return name === 'co-authored-by:' && open >= 0 && close > open ? [rest.slice(open + 1, close).trim()] : []
  })
}

/** The account in GitHub's `ID+login@users.noreply.github.com`; other addresses cannot be mapped over REST. */
function accountOfNoReply(address: string): Account[] {
  const found = /^(\d{1,15})\+([A-Za-z0-9-]{1,39})@users\.noreply\.github\.com$/.exec(address)
  return found?.[1] === undefined || found[2] === undefined
    ? []
    : [{ id: Number(found[1]), login: found[2], type: 'User' }]
}

const states = new Set(['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED', 'COMMENTED', 'PENDING'])

/** Every review, whole. A state that is not known is unknown and counts as nothing. */
export async function readReviews(repository: Repository, pull: Pull): Promise<Known<Review[]>> {
  const listed = await pages(
    repository.github,
    'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    repository,
    pull.number
  )
  const reviews = (listed as ListedReview[]).map(review => ({
    id: review.id,
    user: accountOf(review.user),
    state: (states.has(review.state) ? review.state : 'COMMENTED') as Review['state'],
    commit: review.commit_id ?? null,
    submittedAt: review.submitted_at ?? null
  }))
  return { known: true, value: reviews }
}

interface ListedReview {
  id: number
  user: User
  state: string
  commit_id?: string | null
  submitted_at?: string
}

type Listing =
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits' | 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews'

async function pages(github: GitHub, route: Listing, repository: Repository, number: number): Promise<unknown[]> {
  const all: unknown[] = []
  for (let page = 1; ; page += 1) {
    const { data } = await github.request(route, { ...at(repository), pull_number: number, per_page: 100, page })
    all.push(...data)
    if (data.length < 100) return all
  }
}
