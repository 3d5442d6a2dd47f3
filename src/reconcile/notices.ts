// The walk of issues: opens those that the ledger owes, closes those that are settled, and records the reviews of break-glass.
import { editIssue, makeLabels, noticeBody, openIssue } from '../act/issue.ts'
import type { Notice } from '../act/issue.ts'
import { exceptionNotice, reviewKey, reviewNotice } from '../act/notice.ts'
import { statusOf } from '../read/github.ts'
import { judgeReview, reviewLabels } from '../decide/review.ts'
import type { ReviewJudgement } from '../decide/review.ts'
import { openReviews } from '../ledger/state.ts'
import type { LedgerState, RequestState } from '../ledger/state.ts'
import { placeOf } from '../model/place.ts'
import { personRef } from '../model/record.ts'
import { defaultSettings } from '../model/settings.ts'
import { ownIssues, readIssue } from '../read/issues.ts'
import type { Issue } from '../read/issues.ts'
import { ownersNamed, readNamed } from '../read/named.ts'
import { readPermission } from '../read/people.ts'
import { commitAt, treeAt } from '../read/repository.ts'
import { readRules } from '../read/rules.ts'
import type { Rules } from '../read/rules.ts'
import { exceptionsPresent, exceptionsToTell, isExceptional } from './exceptions.ts'
import { loginsAt } from './holdings.ts'
import { viewMain } from './main.ts'
import type { MainView } from './main.ts'
import { openPulls } from './open-pulls.ts'
import { pullLook } from './world.ts'
import type { AccessRepository, Home, Look, Outcome, World } from './world.ts'

type Known = Map<string, { number: number; open: boolean }>

/** Issues that we know of; lost with the process, and then they are looked for once, where any is owed. */
const known = new WeakMap<AccessRepository, { reviews?: Known; exceptions?: Known }>()

/** Whether the sweep must look: a review is open, or an exception may not have been told, or its issue is open. */
export function owesNotices(access: AccessRepository, state: LedgerState): boolean {
  if (openReviews(state).length > 0) return true
  const exceptions = known.get(access)?.exceptions
  if (exceptions === undefined) return isExceptional(state)
  return [...exceptions.values()].some(({ open }) => open)
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
  const walk: Walk = { world, access, view, rules }
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
}

async function issuesOf(access: AccessRepository, kind: 'reviews' | 'exceptions'): Promise<Known> {
  const all = known.get(access) ?? {}
  all[kind] ??= await ownIssues(access.repository, kind === 'reviews' ? 'break-glass' : 'exception')
  known.set(access, all)
  return all[kind]
}

/** One review: its issue says what is owed, and an issue that somebody closed is judged. */
async function review(walk: Walk, request: RequestState, dueAt: Date): Promise<Look[]> {
  const { world, access, rules } = walk
  const issues = await issuesOf(access, 'reviews')
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
      zone: rules.settings.parsed?.ok === true ? rules.settings.parsed.value.zone : defaultSettings.zone,
      labels: reviewLabels,
      refused: refused?.reviewed === false ? refused : null
    })
  const logins = await loginsAt(access.repository, request.directoryBlob)
  const number = issues.get(reviewKey(request))?.number
  const issue = number === undefined ? null : await readIssue(access.repository, number)
  if (issue === null) {
    await makeLabels(access.repository, labelsMeaning)
    await open(walk, issues, of(null))
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
  const told = { request: request.request, by: personRef(by.id), verdict, issue: issue.number }
  await access.ledger.append(now =>
    now.reviews.get(request.request)?.reviewed === undefined
      ? [{ type: 'breakglass.reviewed', occurredAt: world.clock.now(), ...told }]
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
  const issues = await issuesOf(access, 'exceptions')
  for (const told of await exceptionsToTell(access, view, key => issues.has(key))) {
    await open(walk, issues, exceptionNotice({ ...told, owners: ownersNamed(rules.codeowners, told.paths) }))
  }
  const still = [...issues].filter(([, issue]) => issue.open)
  if (still.length === 0) return
  const present = await exceptionsPresent(access, view)
  for (const [key, { number }] of still) {
    if (present.has(key)) continue
    await editIssue(access.repository, number, { state: 'closed' })
    issues.set(key, { number, open: false })
  }
}

async function open({ world, access }: Walk, issues: Known, notice: Notice): Promise<void> {
  try {
    issues.set(notice.key, { number: await openIssue(access.repository, notice), open: true })
  } catch (error) {
    if (statusOf(error) !== 410) {
      // It may stand all the same: the next try looks for it.
      known.delete(access)
      throw error
    }
    world.log.error({ notice: notice.key }, 'Issues are turned off in the access repository: nobody is told')
  }
}
