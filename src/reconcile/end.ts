// The walk of ended requests: whatever is over, or was never right, and still lies on main, goes out by one pull request.
import { performCheck } from '../act/check.ts'
import { addToQueue } from '../act/checks.ts'
import { isOver } from '../act/life.ts'
import { code } from '../act/markdown.ts'
import { performMerge } from '../act/merge.ts'
import { deleteBranch, endBranch, openRevert } from '../act/revert.ts'
import type { OpenRevert, Revert } from '../act/revert.ts'
import { instant } from '../act/summary.ts'
import { keep } from '../act/written.ts'
import type { AmendmentState } from '../ledger/amendment-state.ts'
import type { RequestState } from '../ledger/request-state.ts'
import type { CheckAction, CheckName } from '../model/action.ts'
import { Fault } from '../model/fault.ts'
import { placeOf } from '../model/place.ts'
import { mustQueue } from '../model/protection.ts'
import { settingsOrDefault } from '../model/settings.ts'
import { readBranchProtection } from '../read/branch-protection.ts'
import type { Eyes } from '../read/branch-protection.ts'
import { readGroups } from '../read/merge-queue.ts'
import { openReverts } from '../read/reverts.ts'
import { explain, isPast, livingFiles, settleMain, viewMain } from './main.ts'
import type { LivingFile, MainView } from './main.ts'
import { noticeLook, pullLook } from './world.ts'
import type { AccessRepository, Home, Outcome, World } from './world.ts'

const againMs = 60_000
/** So that one pull request stays readable; the rest goes with the next. */
const mostPaths = 200

/** Takes what has ended out of main. What was granted has been revoked long before: nothing here prolongs anything. */
export async function reconcileEnd(world: World, home: Home): Promise<Outcome> {
  const access = await world.open(home)
  const view = await viewMain(world, access)
  if (view === null) return {}
  const group = await ended(world, access, view)
  if (group.length === 0) return {}
  const pulls = group.flatMap(file => (file.known === null ? [] : [pullLook(home, file.known.pr)]))
  const settings = settingsOrDefault(view.settings)
  const queued = mustQueue(await readBranchProtection(access.repository, eyesOf(access), { now: world.clock.now() }))
  const revert = await describe(access, group, { zone: settings.zone, queued })
  // A push to its branch would throw it out of the queue.
  if (queued && (await isInQueue(access, revert.branch))) return { look: pulls }
  const open = await opened(access, view, revert, queued)
  if (settings.revert.merge === 'manual' || queued) return { look: pulls }
  const merged = await performMerge(access.repository, {
    kind: 'merge',
    pull: open.pull,
    head: open.head,
    title: `${revert.title} (#${open.pull})`,
    message: revert.trailers
  })
  if (!merged.merged) {
    // Somebody may have pushed to our branch: what stands there is looked up again, and made ours again.
    if (merged.because === 'moved') {
      access.reverts = null
      throw new Fault('github.moved', 'A revert moved while it was merged')
    }
    world.log.warn({ pull: open.pull }, 'GitHub does not let the revert be merged yet')
    return { wakeAt: new Date(world.clock.now().getTime() + againMs), look: pulls }
  }
  access.merges.set(merged.commit, open.pull)
  access.reverts?.delete(revert.branch)
  await deleteBranch(access.repository, revert.branch)
  const after = await viewMain(world, access)
  const looks = after === null ? [] : await settleMain(world, access, after)
  keep(access.written.reverts, open.pull, true)
  const told = group.some(({ known }) => known === null || known.outcome === 'refuse') ? [noticeLook(home)] : []
  return { look: [...looks.filter(look => !look.key.startsWith('end/')), ...pulls, ...told] }
}

function eyesOf({ repository }: AccessRepository): Eyes {
  return { as: 'app', app: repository.app }
}

async function isInQueue(access: AccessRepository, branch: string): Promise<boolean> {
  const pull = access.reverts?.get(branch)?.pull
  return pull !== undefined && (await readGroups(access.repository)).some(group => group.pull === pull)
}

/**
 * The revert pull request for exactly this; what stands already, on this tip, is left as it is. Where people merge it, by a
 * queue, an older tip does as well.
 */
async function opened(access: AccessRepository, view: MainView, revert: Revert, queued: boolean): Promise<OpenRevert> {
  const known = access.reverts?.get(revert.branch)
  const paths = revert.paths.join('\n')
  if (known?.made?.paths === paths && (queued || known.made.tip === view.tip.sha))
    return { pull: known.pull, head: known.made.head }
  const open = await openRevert(access.repository, view.tip, revert)
  access.reverts?.set(revert.branch, { pull: open.pull, made: { head: open.head, tip: view.tip.sha, paths } })
  for (const check of checksOf(open, revert)) await performCheck(access.repository, access.written, check, true)
  return open
}

async function ended(world: World, access: AccessRepository, view: MainView): Promise<LivingFile[]> {
  return (await allEnded(world, access, view)).slice(0, mostPaths)
}

/** Every file on main of which nothing will come any more. */
export async function allEnded(world: World, access: AccessRepository, view: MainView): Promise<LivingFile[]> {
  const state = access.ledger.state()
  const now = world.clock.now()
  const files = livingFiles(state, view.tree)
  const { strays } = await explain(
    access,
    state,
    view,
    files.filter(file => file.kind === 'unknown')
  )
  const stray = new Set(strays.map(one => one.entry.path))
  return files.filter(file => (file.kind === 'unknown' ? stray.has(file.entry.path) : isPast(file, now)))
}

async function describe(
  access: AccessRepository,
  group: LivingFile[],
  { zone, queued }: { zone: string; queued: boolean }
): Promise<Revert> {
  access.reverts ??= new Map(
    [...(await openReverts(access.repository, endBranch))].map(([name, pull]) => [name, { pull, made: null }])
  )
  const branch = access.reverts.keys().next().value ?? `${endBranch}${idOf(group[0])}`
  // Ids come from `placeOf`, so they hold nothing but letters, digits and hyphens.
  const ids = group.map(idOf)
  const title = `End ${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ` and ${ids.length - 3} more` : ''}`
  const trailers = group.flatMap(file => {
    if (file.kind === 'unknown') return []
    return [file.kind === 'request' ? `Request: ${file.known.request}` : `Amendment: ${file.known.amendment}`]
  })
  const body = [
    openingOf(group),
    '',
    ...group.map(file => `- ${code(file.entry.path)}: ${fate(file, zone)}`),
    '',
    ...(queued ? [`\`main\` has a merge queue that Addendum may not pass: **${addToQueue}**.`, ''] : []),
    '<sub>Closing this pull request prolongs nothing: what is over is over already.</sub>'
  ]
  return {
    branch,
    paths: group.map(file => file.entry.path),
    title,
    body: body.join('\n'),
    trailers: [...trailers, `Ledger-Anchor: ${access.ledger.anchor()}`].join('\n')
  }
}

function openingOf(group: LivingFile[]): string {
  const what = group.every(file => file.kind === 'amendment') ? 'amendment' : 'request'
  if (group.length === 1) return `This ${what} is over. Its file leaves \`main\`, and its id is never used again.`
  const whats = group.every(file => file.kind === group[0]?.kind) ? `${what}s` : 'documents'
  return `These ${whats} are over. Their files leave \`main\`, and their ids are never used again.`
}

function idOf(file: LivingFile | undefined): string {
  const place = file === undefined ? undefined : placeOf(file.entry.path)
  return place?.kind === 'request' || place?.kind === 'amendment' ? place.id : 'unrequested'
}

function fate(file: LivingFile, zone: string): string {
  if (file.kind === 'unknown') return 'came to main without a pull request that was approved, so nothing came of it'
  return file.kind === 'request' ? fateOfRequest(file.known, zone) : fateOfAmendment(file.known, zone)
}

function fateOfAmendment({ pr, window }: AmendmentState, zone: string): string {
  if (window === null) return `#${pr} did not qualify when it was merged, so it changed nothing`
  const end = window.untilAt === null ? 'the removal of its file' : instant(window.untilAt, zone)
  return `#${pr} lapsed at ${end}; its clauses are as if it had never been`
}

function fateOfRequest(request: RequestState, zone: string): string {
  const from = `#${request.pr}`
  if (request.outcome === 'refuse') return `${from} did not qualify when it was merged, so nothing was granted`
  if (!isOver(request)) return `${from} was over before it began, so nothing was granted`
  const last = Math.max(...request.holdings.map(holding => holding.ended?.at.getTime() ?? 0))
  return `${from} ended, revoked and read back at ${instant(new Date(last), zone)}`
}

function checksOf(open: OpenRevert, revert: Revert): CheckAction[] {
  const files = revert.paths.length === 1 ? 'one file' : `${revert.paths.length} files`
  const check = (name: CheckName, title: string): CheckAction => ({
    kind: 'check',
    head: open.head,
    name,
    conclusion: 'success',
    title,
    summary: `This pull request removes ${files} of what is over, and nothing else.`,
    annotations: []
  })
  return [
    check('Addendum: terms', 'Everything that it removes is over'),
    check('Addendum: approvals', 'An end needs no approval')
  ]
}
