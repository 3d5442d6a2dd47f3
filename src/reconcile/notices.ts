// The walk of issues: opens those that the ledger owes, closes those that are settled, and records the reviews of break-glass.
import { editIssue, makeLabels, noticeBody, openIssue } from '../act/issue.ts'
import type { Notice } from '../act/issue.ts'
import { exceptionNotice, reviewKey, reviewNotice } from '../act/notice.ts'
import { statusOf } from '../read/github.ts'
import { judgeReview, reviewLabels } from '../decide/review.ts'
import type { ReviewJudgement } from '../decide/review.ts'
import type { RequestState } from '../ledger/request-state.ts'
import { openReviews } from '../ledger/state.ts'
import type { LedgerState } from '../ledger/state.ts'
import { placeOf } from '../model/place.ts'
import { personRef } from '../model/record.ts'
import { settingsOrDefault } from '../model/settings.ts'
import { ownIssues, readIssue } from '../read/issues.ts'
import type { Issue, OwnIssues } from '../read/issues.ts'
import { ownersNamed, readNamed } from '../read/named.ts'
import { readPermission } from '../read/people.ts'
import { commitAt, treeAt } from '../read/repository.ts'
import { readRules } from '../read/rules.ts'
import type { Rules } from '../read/rules.ts'
import { exceptionsPresent, exceptionsToTell, isException, isExceptional } from './exceptions.ts'
import { loginsAt } from './holdings.ts'
import { viewMain } from './main.ts'
import type { MainView } from './main.ts'
import { openPulls } from './open-pulls.ts'
import { pullLook } from './world.ts'
import type { AccessRepository, Home, Look, Outcome, World } from './world.ts'

/** Repositories in which every exception is known to be told: without it a start looks once, where there are any. */
const told = new WeakSet<AccessRepository>()

/** Whether the sweep must look: a review is open, or an exception may not have been told, or its issue is open. */
export function owesNotices(access: AccessRepository, state: LedgerState): boolean {
  if (openReviews(state).length > 0) return true
  return told.has(access) ? openExceptions(state).length > 0 : isExceptional(state)
}

function openExceptions({ notices }: LedgerState): { key: string; issue: number }[] {
  return [...notices].flatMap(([key, { issue, open }]) => (open && isException(key) ? [{ key, issue }] : []))
}

/** Brings the issues to where the ledger says they should be. Safe at any time, any number of times. */
export async function reconcileNotices(world: World, home: Home): Promise<Outcome> {
  const access = await world.open(home)
  const state = access.ledger.state()
  const reviews = openReviews(state)
  if (reviews.length === 0 && !isExceptional(state)) return {}
  const view = await viewMain(world, access)
  if (view === null) return {}
  const rules = await readRules(access.repository, view.tip, '')
  const walk: Walk = { world, access, view, rules, left: new Map() }
  const look: Look[] = []
  for (const { request, dueAt } of reviews) look.push(...(await review(walk, request, dueAt)))
  if (isExceptional(state)) await tellExceptions(walk)
  const now = world.clock.now()
  const due = reviews.flatMap(({ dueAt }) => (dueAt > now ? [dueAt.getTime()] : []))
  return { look, ...(due.length === 0 ? {} : { wakeAt: new Date(Math.min(...due)) }) }
}

interface Walk {
  world: World
  access: AccessRepository
  view: MainView
  rules: Rules
  /** Issues by their label, looked for once in a walk that is about to open one. */
  left: Map<string, OwnIssues>
}

/** One review: its issue says what is owed, and an issue that somebody closed is judged. */
async function review(walk: Walk, request: RequestState, dueAt: Date): Promise<Look[]> {
  const { world, access, rules } = walk
  const overdue = dueAt <= world.clock.now()
  const where = { request: request.request, due: dueAt.toISOString() }
  if (overdue)
    world.log.error(where, 'The review of break-glass is overdue, and its clause grants no more until it is done')
  const path = await pathOf(access, request)
  const of = (refused: ReviewJudgement | null): Notice =>
    reviewNotice({
      request,
      dueAt,
      overdue,
      path,
      owners: ownersNamed(rules.codeowners, [path]),
      login: logins.get(request.subject ?? 0) ?? request.request,
      zone: settingsOrDefault(rules.settings).zone,
      labels: reviewLabels,
      refused: refused?.reviewed === false ? refused : null
    })
  const logins = await loginsAt(access.repository, request.directoryBlob)
  const number = access.ledger.state().notices.get(reviewKey(request))?.issue
  const issue = number === undefined ? null : await readIssue(access.repository, number)
  if (issue === null) {
    await makeLabels(access.repository, labelsMeaning)
    await open(walk, of(null))
    return []
  }
  if (issue.open) {
    // A refused closing stays said until the next one; what somebody wrote over it does not.
    const bodies = [issue.body.replaceAll('\r\n', '\n'), noticeBody(of(null))]
    const [is, should] = bodies.map(body => body.replace(/^- \*\*Not a review yet\*\*.*\n/m, ''))
    if (is !== should) await editIssue(access.repository, issue.number, { body: noticeBody(of(null)) })
    return []
  }
  const judged = await judge(walk, { request, path, issue })
  if (!judged.reviewed) {
    await editIssue(access.repository, issue.number, { state: 'open', body: noticeBody(of(judged)) })
    return []
  }
  const { by, verdict } = judged
  const reviewed = { request: request.request, by: personRef(by.id), verdict, issue: issue.number }
  await access.ledger.append(now =>
    now.reviews.get(request.request)?.reviewed === undefined
      ? [{ type: 'breakglass.reviewed', occurredAt: world.clock.now(), ...reviewed }]
      : []
  )
  // Whoever waits with break-glass under the clause may go on.
  return [...(await openPulls(access)), pullLook(access.home, request.pr)]
}

const labelsMeaning = {
  'break-glass': 'Emergency access that must be reviewed',
  [reviewLabels.ok]: 'Break-glass was reviewed, and is as it should be',
  [reviewLabels.finding]: 'Break-glass was reviewed, and something must be done about it'
}

async function judge(
  { world, access, rules }: Walk,
  { request, path, issue }: { request: RequestState; path: string; issue: Issue }
): Promise<ReviewJudgement> {
  const { repository } = access
  const { closedBy, labels } = issue
  const named = await readNamed(repository, ownersNamed(rules.codeowners, [path]), rules.directory)
  const permissions = closedBy === null ? {} : { [closedBy.id]: await readPermission(repository, closedBy) }
  const { subject, author } = request
  return judgeReview({ now: world.clock.now(), ...named, permissions, rules, path, subject, author, closedBy, labels })
}

/** Where the request lay, by the merge that brought it: the ledger names no path. */
async function pathOf({ repository }: AccessRepository, { merge, blob }: RequestState): Promise<string> {
  const tree = await treeAt(repository, (await commitAt(repository, merge)).tree)
  const entry = [...tree.values()].find(({ path, sha }) => sha === blob && placeOf(path)?.kind === 'request')
  return entry?.path ?? 'requests/'
}

/** Each exception once: told, and closed when nothing of it is on main any more. */
async function tellExceptions(walk: Walk): Promise<void> {
  const { access, view, rules } = walk
  told.delete(access)
  for (const found of await exceptionsToTell(access, view, key => access.ledger.state().notices.has(key))) {
    await open(walk, exceptionNotice({ ...found, owners: ownersNamed(rules.codeowners, found.paths) }))
  }
  const still = openExceptions(access.ledger.state())
  const present = still.length === 0 ? null : await exceptionsPresent(access, view)
  for (const { key, issue } of still) {
    if (present?.has(key) === true) continue
    await editIssue(access.repository, issue, { state: 'closed' })
    await closed(walk, key)
  }
  told.add(access)
}

/** Opens the issue, or takes up the one that a crash left without its record. */
async function open(walk: Walk, notice: Notice): Promise<void> {
  const { world, access, left } = walk
  const { key, label } = notice
  if (!left.has(label)) left.set(label, await ownIssues(access.repository, label))
  const found = left.get(label)?.get(key)
  try {
    const issue = found?.number ?? (await openIssue(access.repository, notice))
    await access.ledger.append(state =>
      state.notices.get(key)?.issue === issue
        ? []
        : [{ type: 'notice.opened', occurredAt: world.clock.now(), notice: key, issue }]
    )
    // Somebody closed it before it was on record: that is as good as later.
    if (found?.open === false && isException(key)) await closed(walk, key)
  } catch (error) {
    if (statusOf(error) !== 410) throw error
    world.log.error({ notice: key }, 'Issues are turned off in the access repository: nobody is told')
  }
}

async function closed({ world, access }: Walk, notice: string): Promise<void> {
  await access.ledger.append(state =>
    state.notices.get(notice)?.open === true ? [{ type: 'notice.closed', occurredAt: world.clock.now(), notice }] : []
  )
}
