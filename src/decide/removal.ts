// Decides a pull request that takes request files out: who may end a request (DESIGN §3; attack #43).
import type { Reason, RemovalDecision } from '../model/decision.ts'
import type { RemovalFacts } from '../model/facts.ts'
import { placeOf } from '../model/place.ts'
import { countBallot, mayWrite } from './ballot/ballot.ts'
import type { Ballot } from './ballot/ballot.ts'
import { outcomeOf } from './decide.ts'
import { electorateOf } from './ballot/electorate.ts'
import type { Electorate } from './ballot/electorate.ts'
import { latestOpinions } from './ballot/opinions.ts'
import { ownedBy } from './ballot/owners.ts'
import { personKeys } from './ballot/persons.ts'
import { readyForReview } from './rules/ready-for-review.ts'
import { fails, holds, unjudged, waits } from './reason.ts'
import { sameRepository } from './rules/same-repository.ts'
import { counted, list, mention, plain, quoted } from './wording.ts'

/**
 * Whether this pull request may take these request files out. One file, unless the app itself takes out what has ended.
 * No approval where the author is who asked, who got the access, an owner of the file, or the app for ended requests;
 * else an owner's approval on the head. Ending access early is easy on purpose; ending another's is not.
 */
export function decideRemoval(facts: RemovalFacts): RemovalDecision {
  const documents = removedDocuments(facts)
  const { reason, ballot } = mayRemove(facts, documents.holds)
  const ready = readyForReview({ facts: { pull: facts.pull, merge: null } })
  const reasons = [sameRepository({ facts }), documents, ready, reason]
  return { outcome: outcomeOf(reasons, false), reasons, stages: ballot?.stages ?? [] }
}

function removedDocuments({ changes, removals, pull, app }: RemovalFacts): Reason {
  const rule = 'one-document'
  if (!changes.known) {
    const because = `The list of changed files is not complete: ${plain(changes.because)}`
    return fails(rule, because, 'Make the pull request remove one request file and nothing else.')
  }
  const paths = changes.value.map(change => change.path)
  const other = changes.value.find(({ status, previousPath, path }) => {
    return status !== 'removed' || previousPath !== null || placeOf(path)?.kind !== 'request'
  })
  if (other !== undefined) {
    return fails(rule, `${quoted(other.path)} is not a request file that is removed.`, 'Move it to another one.')
  }
  if (paths.length === 0) return fails(rule, 'The pull request removes nothing.', 'Remove one request file.')
  if (paths.length > 1 && pull.author.id !== app) {
    const because = `The pull request removes ${paths.length} request files.`
    return fails(rule, because, 'Remove one request in each pull request.')
  }
  const known = new Set(removals.map(removal => removal.path))
  const unread = paths
    .filter(path => !known.has(path))
    .map(quoted)
    .sort()
  if (unread.length > 0 || known.size !== new Set(paths).size) {
    return fails(rule, `It is not known what is removed: ${list(unread)}.`, 'Run the check again.')
  }
  return holds(rule, `The pull request removes ${counted(paths.length, 'request file')} and nothing else.`)
}

function mayRemove(facts: RemovalFacts, whole: boolean): { reason: Reason; ballot?: Ballot } {
  const rule = 'may-remove'
  const { removals, pull, app, permissions } = facts
  if (!whole) return { reason: unjudged(rule, 'one-document') }
  const author = pull.author.id
  if (author === app && removals.every(({ request }) => request?.ended === true)) {
    return { reason: holds(rule, 'Addendum takes out what has ended.') }
  }
  const [removal, ...more] = removals
  if (removal === undefined || more.length > 0) {
    const because = 'Some of these requests have not ended.'
    return { reason: fails(rule, because, 'Remove each of them in a pull request of its own.') }
  }
  if (author === removal.request?.author) return { reason: holds(rule, `${mention(pull.author)} opened this request.`) }
  if (author === removal.request?.subject) return { reason: holds(rule, `${mention(pull.author)} has this access.`) }
  const owned = ownedBy(facts, removal.path)
  if (!owned.known) return { reason: fails(rule, owned.because, owned.todo) }
  const owners = electorateOf(['codeowners'], owned, facts)
  if (owners.members.has(author) && pull.author.type === 'User' && mayWrite(permissions, author) === true) {
    return { reason: holds(rule, `${mention(pull.author)} owns this file.`) }
  }
  return byApproval(facts, owners)
}

function byApproval(facts: RemovalFacts, electorate: Electorate): { reason: Reason; ballot: Ballot } {
  const { reviews, permissions, pull } = facts
  const ballot = countBallot({
    opinions: reviews.known ? latestOpinions(reviews.value) : [],
    vetoes: [],
    stages: [{ count: 1, gate: 0, electorate }],
    personOf: personKeys(null),
    unfit: () => undefined,
    involved: new Map([[`gh:${pull.author.id}`, { parts: ['author'] }]]),
    permissions,
    isBound: review => review.commit === pull.head.sha
  })
  return { reason: approvalOf(facts, ballot, electorate), ballot }
}

function approvalOf({ reviews, pull }: RemovalFacts, ballot: Ballot, electorate: Electorate): Reason {
  const rule = 'may-remove'
  if (!reviews.known) {
    return fails(rule, `The reviews are not all known: ${plain(reviews.because)}`, 'Run the check again.')
  }
  const approvers = ballot.stages.flatMap(stage => stage.approvedBy.map(mention))
  if (approvers.length > 0) return holds(rule, `${list(approvers)} approved as owner.`)
  const because = `${mention(pull.author)} neither opened this request, nor has its access, nor owns the file.`
  return waits(rule, because, `Ask ${list(electorate.from, 'or')} to approve.`)
}
