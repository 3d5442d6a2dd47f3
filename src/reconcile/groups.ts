// The walk of main's merge groups: each member is decided again, as if the group were main, before the queue may merge it.
import { check } from '../act/checks.ts'
import { performCheck } from '../act/check.ts'
import { groupChecks } from '../act/merge-group.ts'
import type { JudgedMember } from '../act/merge-group.ts'
import { decideMember, decideRevert, strayGroup, unnamedMember } from '../decide/member.ts'
import type { CheckAction } from '../model/action.ts'
import type { Reason } from '../model/decision.ts'
import { Fault } from '../model/fault.ts'
import { statusOf } from '../read/github.ts'
import { changedBetween, readGroups, readOpenHeads, stepsOfGroup } from '../read/merge-queue.ts'
import type { GroupStep, MergeGroup } from '../read/merge-queue.ts'
import { readChanges, readPull } from '../read/pull.ts'
import type { Pull } from '../read/pull.ts'
import { commitAt, treeAt } from '../read/repository.ts'
import type { Tree } from '../read/repository.ts'
import { readSettings } from '../read/rules.ts'
import { allEnded } from './end.ts'
import { viewMain } from './main.ts'
import type { MainView } from './main.ts'
import { judgeAmendment } from './pull/amendment.ts'
import { judgeDocuments } from './pull/documents.ts'
import { kindOf } from './pull/kind.ts'
import { judgeRemoval } from './pull/removal.ts'
import { judgeRequest } from './pull/request.ts'
import type { Judgement, PromisedGrant, Walk } from './pull/walk.ts'
import { groupsLook } from './world.ts'
import type { AccessRepository, Home, Look, Outcome, World } from './world.ts'

/** Looks at the merge groups, where there are any: whatever changes for a member changes for its groups (attack #60). */
export async function groupLooks({ repository, home }: AccessRepository): Promise<Look[]> {
  return (await readGroups(repository)).length === 0 ? [] : [groupsLook(home)]
}

/** Makes both checks of every group say what holds now. A group that main has already is left as it is. */
export async function reconcileGroups(world: World, home: Home): Promise<Outcome> {
  if (!world.serves(home)) return {}
  const access = await world.open(home)
  const groups = await readGroups(access.repository)
  const view = groups.length === 0 ? null : await viewMain(world, access)
  if (view === null) return {}
  const judged = new Map<string, Judged>()
  const faults: Fault[] = []
  for (const { head, steps } of await inOrder(access, groups, view)) {
    try {
      const members = steps === null ? [strayMember(head)] : await judgeSteps({ world, access, view }, steps, judged)
      for (const action of groupChecks(head, members)) {
        await performCheck(access.repository, access.written, action, false)
      }
    } catch (error) {
      // One that cannot be read keeps no other waiting; it has no success until it can be (S6).
      if (!(error instanceof Fault)) throw error
      faults.push(error)
    }
  }
  const [first] = faults
  if (first !== undefined) throw first
  return {}
}

/** What is said of one step, and what the members up to it would be granted. */
type Judged = JudgedMember & { grants: PromisedGrant[] }

type Group = Pick<MergeGroup, 'head'> & { steps: GroupStep[] | null }

/** Those with fewer members first, so that the first that fails is told first and thrown out alone. */
async function inOrder(access: AccessRepository, groups: MergeGroup[], { tip }: MainView): Promise<Group[]> {
  const all: Group[] = []
  const own = await readOpenHeads(access.repository)
  for (const head of new Set(groups.map(group => group.head))) {
    if (own.has(head)) continue
    const steps = await stepsOfGroup(access.repository, head, { groups, tip })
    if (steps?.length !== 0) all.push({ head, steps })
  }
  return all.sort((a, b) => (a.steps?.length ?? 0) - (b.steps?.length ?? 0))
}

/** A later group begins with the steps of those ahead of it: each is judged once. */
async function judgeSteps(
  around: Pick<Walk, 'world' | 'access' | 'view'>,
  steps: readonly GroupStep[],
  judged: Map<string, Judged>
): Promise<Judged[]> {
  const members: Judged[] = []
  for (const step of steps) {
    const promised = members.flatMap(({ grants }) => grants)
    const found = judged.get(step.to.sha) ?? (await judgeStep(around, step, promised))
    judged.set(step.to.sha, found)
    members.push(found)
  }
  return members
}

async function judgeStep(
  { world, access, view }: Pick<Walk, 'world' | 'access' | 'view'>,
  step: GroupStep,
  promised: readonly PromisedGrant[]
): Promise<Judged> {
  const { repository } = access
  const pull = step.pull === null ? null : await pullAt(access, step.pull)
  if (pull === null) return { ...failed(step.to.sha, step.pull, unnamedMember()), grants: [] }
  if (pull.merged && pull.mergeCommit === step.to.sha) {
    // It went ahead while we read: main has moved, and with it what is left of the group.
    throw new Fault('github.moved', 'A member of a merge group was merged while its group was read')
  }
  const changes = await readChanges(repository, pull)
  const [before, after] = [await treeAt(repository, step.from.tree), await treeAt(repository, step.to.tree)]
  const brought = changedBetween(before, after)
  const paths = [...Object.keys(brought), ...(changes.known ? changes.value.map(({ path }) => path) : [])]
  const head = await entriesAt(access, pull, paths)
  const { parents } = step.to
  const reason = decideMember({ repository, pull, changes, parents, brought, head })
  if (!reason.holds) return { ...failed(step.to.sha, pull.number, reason), grants: [] }
  // By the rules before the step, as after a merge. What adds a document reads them by the merge, all else by the view.
  const rules = { ...view, steps: [], settings: await readSettings(repository, before) }
  const merged = { ...pull, merged: true, mergeCommit: step.to.sha }
  const base: Walk = { world, access, pull, changes, view: { ...rules, tip: step.from, tree: before } }
  const asMerged: Walk = { ...base, pull: merged, view: { ...rules, tip: step.to, tree: after } }
  const { checks, grants } = await judge(base, asMerged, { promised, view })
  return { pull: pull.number, checks, grants }
}

async function judge(
  base: Walk,
  asMerged: Walk,
  { promised, view }: { promised: readonly PromisedGrant[]; view: MainView }
): Promise<Judgement> {
  const { world, access, pull, changes } = base
  if (pull.author.id === access.repository.bot.id) {
    const over = new Set((await allEnded(world, access, view)).map(({ entry }) => entry.path))
    return { checks: bothChecks(pull.head.sha, decideRevert(changes, over)), grants: [] }
  }
  switch (kindOf(changes)) {
    case 'request':
      return await judgeRequest(asMerged, promised)
    case 'amendment':
      return await judgeAmendment(asMerged)
    case 'removal':
      return await judgeRemoval(base)
    case 'documents':
      return await judgeDocuments(base)
  }
}

/** Null: there is no such pull request, whatever the branch is called. */
async function pullAt({ repository }: AccessRepository, number: number): Promise<Pull | null> {
  try {
    return await readPull(repository, number)
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}

async function entriesAt(
  { repository }: AccessRepository,
  pull: Pull,
  paths: readonly string[]
): Promise<ReturnType<typeof changedBetween>> {
  const tree: Tree = await treeAt(repository, (await commitAt(repository, pull.head.sha)).tree)
  return Object.fromEntries(paths.map(path => [path, tree.get(path) ?? null]))
}

function strayMember(head: string): Judged {
  return { ...failed(head, null, strayGroup()), grants: [] }
}

function failed(head: string, pull: number | null, reason: Reason): JudgedMember {
  return { pull, checks: bothChecks(head, reason) }
}

/** The same on both checks: what only the group shows is neither term nor approval. */
function bothChecks(head: string, reason: Reason): CheckAction[] {
  const facts = { pull: { head: { sha: head } } }
  return [
    check(facts, 'Addendum: terms', [reason], reason.because, []),
    check(facts, 'Addendum: approvals', [reason], 'An end needs no approval', [])
  ]
}
