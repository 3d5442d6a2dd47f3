// Local GitHub, operations: reviews and requests for them; a review keeps the commit it was made on.
import { created, forbidden, invalid, notFound, ok, paged, unprocessable } from '../answer.ts'
import { repo, roleIn, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { noteDismissal } from '../dismissals.ts'
import { between } from '../git/history.ts'
import { raisePull, requestReviews } from '../movement.ts'
import { issueOf, pullJson, reviewJson } from '../pull-json.ts'
import { teamJson, userJson } from '../render.ts'
import { protectionOf } from '../rules.ts'
import type { Pull, Repository, Review } from '../store.ts'
import { account, accountByLogin, atLeast, inTeam, roleOf, teamBySlug, teamRole } from '../world.ts'

/** The pull request of the path. */
export function pull(call: Call): Pull {
  const found = repo(call).pulls[Number(call.params['pull_number'])]
  if (found === undefined) throw notFound()
  return found
}

function review(call: Call): Review {
  const found = pull(call).reviews.find(v => v.id === Number(call.params['review_id']))
  if (found === undefined || !visible(call, found)) throw notFound()
  return found
}

/** A pending review is its author's secret. */
const visible = (call: Call, v: Review): boolean => v.state !== 'PENDING' || v.userId === who(call).id

const EVENTS = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const
type ReviewEvent = keyof typeof EVENTS

const createReview: Handler = call => {
  const { world } = call
  const [r, p] = [repo(call), pull(call)]
  const { event, body = '', commit_id } = call.body as { event?: ReviewEvent; body?: string; commit_id?: string }
  const by = who(call)
  if (event !== undefined) refuseReview(r, p, by.id, event, body)
  if (p.reviews.some(v => v.userId === by.id && v.state === 'PENDING')) {
    throw unprocessable('Unprocessable Entity', [
      { code: 'custom', message: 'User can only have one pending review per pull request' }
    ])
  }
  const git = world.git(r)
  const commitId = commit_id ?? p.headSha
  const known =
    commitId === p.headSha ||
    between(git, p.baseSha, p.headSha).some(c => c.sha === commitId) ||
    p.reviews.some(v => v.commitId === commitId)
  if (!known)
    throw unprocessable('Unprocessable Entity', [
      { code: 'custom', message: 'commit_id is not part of the pull request' }
    ])
  const made: Review = { id: world.id(), userId: by.id, state: 'PENDING', body, commitId, submittedAt: null }
  p.reviews.push(made)
  if (event !== undefined) submit(call, r, p, made, event)
  return ok(reviewJson(world, r, p, made))
}

function refuseReview(r: Repository, p: Pull, by: number, event: ReviewEvent, body: string): void {
  const own = issueOf(r, p.number).userId === by
  if (own && event === 'APPROVE')
    throw unprocessable('Unprocessable Entity', [{ code: 'custom', message: 'Can not approve your own pull request' }])
  if (own && event === 'REQUEST_CHANGES') {
    throw unprocessable('Unprocessable Entity', [
      { code: 'custom', message: 'Can not request changes on your own pull request' }
    ])
  }
  if (event !== 'APPROVE' && body.trim() === '') {
    throw unprocessable('Unprocessable Entity', [{ code: 'custom', message: 'Review body is required' }])
  }
}

function submit(call: Call, r: Repository, p: Pull, v: Review, event: ReviewEvent): void {
  const { world } = call
  v.state = EVENTS[event]
  v.submittedAt = world.stamp()
  p.requestedReviewers = p.requestedReviewers.filter(id => id !== v.userId)
  p.requestedTeams = p.requestedTeams.filter(id => {
    const team = world.state.teams[id]
    return team !== undefined && !inTeam(world, team, v.userId)
  })
  issueOf(r, p.number).updatedAt = world.stamp()
  raiseReview(call, r, p, v, 'submitted')
}

function raiseReview(
  call: Call,
  r: Repository,
  p: Pull,
  v: Review,
  action: string,
  more: Record<string, unknown> = {}
): void {
  const { world } = call
  world.raise({
    event: 'pull_request_review',
    action,
    repository: r,
    sender: who(call),
    payload: { review: reviewJson(world, r, p, v, true), pull_request: pullJson(world, r, p, false), ...more }
  })
}

const submitReview: Handler = call => {
  const [r, p, v] = [repo(call), pull(call), review(call)]
  const { event, body = v.body } = call.body as { event: ReviewEvent; body?: string }
  if (v.userId !== who(call).id || v.state !== 'PENDING') throw unprocessable('Could not submit the review')
  refuseReview(r, p, v.userId, event, body)
  v.body = body
  submit(call, r, p, v, event)
  return ok(reviewJson(call.world, r, p, v))
}

const updateReview: Handler = call => {
  const [r, p, v] = [repo(call), pull(call), review(call)]
  if (v.userId !== who(call).id) throw forbidden('Must be the author of the review')
  const from = v.body
  v.body = (call.body as { body: string }).body
  if (v.state !== 'PENDING') raiseReview(call, r, p, v, 'edited', { changes: { body: { from } } })
  return ok(reviewJson(call.world, r, p, v))
}

const dismissReview: Handler = call => {
  const [r, p, v] = [repo(call), pull(call), review(call)]
  // On a protected branch only administrators (and those listed) dismiss; elsewhere any writer.
  if (protectionOf(r, p.baseRef)?.reviews != null && call.actor.kind === 'user' && !atLeast(roleIn(call, r), 'admin')) {
    throw forbidden('Must have admin rights to dismiss reviews on this branch')
  }
  const { state } = v
  if (state !== 'APPROVED' && state !== 'CHANGES_REQUESTED') {
    throw unprocessable('Unprocessable Entity', [
      { code: 'custom', message: 'Can not dismiss a commented pull request review' }
    ])
  }
  const { message } = call.body as { message: string }
  noteDismissal(call.world, p, { reviewId: v.id, state, actorId: who(call).id, message, commitId: null })
  v.state = 'DISMISSED'
  issueOf(r, p.number).updatedAt = call.world.stamp()
  raiseReview(call, r, p, v, 'dismissed')
  return ok(reviewJson(call.world, r, p, v))
}

const requestReviewers: Handler = call => {
  const { world } = call
  const [r, p] = [repo(call), pull(call)]
  const { reviewers = [], team_reviewers = [] } = call.body as {
    reviewers?: string[]
    team_reviewers?: string[]
  }
  const users = reviewers.map(login => {
    const found = accountByLogin(world, login)
    if (found === undefined || roleOf(world, r, found.id) === 'none' || !isCollaborator(call, r, found.id)) {
      throw unprocessable(
        'Reviews may only be requested from collaborators. One or more of the users or teams you specified is ' +
          `not a collaborator of the ${account(world, r.ownerId).login}/${r.name} repository.`
      )
    }
    if (found.id === issueOf(r, p.number).userId)
      throw unprocessable('Review cannot be requested from pull request author.')
    return found.id
  })
  const teams = team_reviewers.map(slug => {
    const team = teamBySlug(world, account(world, r.ownerId).login, slug)
    if (team === undefined || teamRole(world, team, r) === 'none')
      throw unprocessable('Reviews may only be requested from collaborators.')
    return team.id
  })
  requestReviews(world, r, p, users, teams, who(call))
  return created(pullJson(world, r, p, false))
}

/** On a public repository everybody reads, but only people with a role of their own can be asked. */
function isCollaborator(call: Call, r: Repository, id: number): boolean {
  return roleOf(call.world, { ...r, private: true }, id) !== 'none'
}

const removeRequestedReviewers: Handler = call => {
  const { world } = call
  const [r, p] = [repo(call), pull(call)]
  const { reviewers = [], team_reviewers = [] } = call.body as { reviewers?: string[]; team_reviewers?: string[] }
  const owner = account(world, r.ownerId).login
  for (const login of reviewers) {
    const id = accountByLogin(world, login)?.id
    if (id === undefined || !p.requestedReviewers.includes(id))
      throw invalid('PullRequestReview', `${login} was not asked`)
    p.requestedReviewers = p.requestedReviewers.filter(one => one !== id)
    raisePull(world, r, p, 'review_request_removed', who(call), {
      requested_reviewer: userJson(world, account(world, id))
    })
  }
  for (const slug of team_reviewers) {
    const team = teamBySlug(world, owner, slug)
    if (team === undefined || !p.requestedTeams.includes(team.id))
      throw invalid('PullRequestReview', `${slug} was not asked`)
    p.requestedTeams = p.requestedTeams.filter(one => one !== team.id)
    raisePull(world, r, p, 'review_request_removed', who(call), { requested_team: teamJson(world, team) })
  }
  return ok(pullJson(world, r, p, false))
}

/** Handlers by operation id. */
export const reviews: Record<string, Handler> = {
  'pulls/list-reviews': call =>
    paged(
      pull(call)
        .reviews.filter(v => visible(call, v))
        .map(v => reviewJson(call.world, repo(call), pull(call), v))
    ),
  'pulls/get-review': call => ok(reviewJson(call.world, repo(call), pull(call), review(call))),
  'pulls/create-review': createReview,
  'pulls/submit-review': submitReview,
  'pulls/update-review': updateReview,
  'pulls/dismiss-review': dismissReview,
  'pulls/request-reviewers': requestReviewers,
  'pulls/remove-requested-reviewers': removeRequestedReviewers,
  'pulls/list-review-comments': call => (pull(call), paged([])),
  'pulls/list-requested-reviewers': call =>
    ok({
      users: pull(call).requestedReviewers.map(id => userJson(call.world, account(call.world, id))),
      teams: pull(call)
        .requestedTeams.flatMap(id => call.world.state.teams[id] ?? [])
        .map(t => teamJson(call.world, t))
    })
}
