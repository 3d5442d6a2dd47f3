// Judges the rules over main and the ledger's branch: what stops new grants, and what only weakens (attacks #63–67).
import type { BranchProtection, Finding, FindingCode, Guard, GuardRule } from '../../model/protection.ts'
import { queuesInTheWay, requiredChecks } from '../../model/protection.ts'
import { list, plain, quoted } from '../wording.ts'

const fix = 'Run `addendum doctor --fix` as an administrator of the repository.'

/**
 * What is wrong with the rules over the branches. Stops: where a file can come to main without the checks, or the
 * ledger can be rewritten, since then neither what was agreed nor what happened can be believed. Warns: of people who
 * may pass the rules on main, since what they bring is refused at grant time, recorded and reverted (attacks #55–58);
 * and of what cannot be read, which is never silently fine. Pure and total.
 */
export function judgeBranches({ app, main, ledger }: BranchProtection): Finding[] {
  return [
    ...(main === null
      ? [stop('main-unreadable', 'The rules over main cannot be read.', readable)]
      : judgeMain(main, app)),
    ...(ledger === null
      ? [stop('ledger-unreadable', 'The rules over the ledger cannot be read.', readable)]
      : judgeLedger(ledger, app))
  ]
}

const readable =
  'Rulesets need a plan, or a GitHub Enterprise Server, that has them; see that the app is installed here.'

function judgeMain(guards: Guard[], app: number): Finding[] {
  const pulls = having(guards, rule => rule.type === 'pull_request')
  const rewrites = having(guards, rule => rule.type === 'non_fast_forward')
  const deletions = having(guards, rule => rule.type === 'deletion')
  const checks = requiredChecks.map(context => {
    return { context, guards: having(guards, rule => requires(rule, context, app)) }
  })
  const kept = [pulls, rewrites, deletions, ...checks.map(check => check.guards)]
  return [
    ...when(pulls.length === 0, stop('main-pushable', 'main can be pushed to without a pull request.', fix)),
    ...checks.flatMap(check => (check.guards.length === 0 ? [unrequired(guards, check.context)] : [])),
    ...when(rewrites.length === 0, stop('main-rewritable', 'The history of main can be rewritten.', fix)),
    ...when(deletions.length === 0, stop('main-deletable', 'main can be deleted.', fix)),
    ...judgePassers(kept, guards, app),
    ...judgeReviews(guards),
    ...judgeQueue(guards)
  ]
}

function judgePassers(kept: Guard[][], guards: Guard[], app: number): Finding[] {
  const { open, unseen } = passersOf(kept)
  const reviews = having(guards, rule => {
    return rule.type === 'pull_request' && (rule.codeOwners || rule.dismissStale || rule.lastPush)
  })
  const known = named([...open, ...reviews.filter(guard => sharedWith(guard, app))])
  const unknown = named([...unseen, ...reviews.filter(guard => guard.bypass === null)])
  const because = `Somebody may pass ${known}; what comes that way is refused a grant, recorded and reverted.`
  return [
    ...when(known !== '', warn('main-bypass', because, empty)),
    ...when(unknown !== '', warn('main-bypass-unknown', `Who may pass ${unknown} is ${hidden}.`, ask))
  ]
}

const hidden = 'shown only to who may change it'

const empty = 'Empty the bypass list of the ruleset.'
const ask = 'Run `addendum doctor` with the token of an administrator.'

function unrequired(guards: Guard[], context: string): Finding {
  const required = having(guards, rule => requires(rule, context, undefined)).length > 0
  if (!required) return stop('check-missing', `The check ${quoted(context)} is not required on main.`, fix)
  const because = `The check ${quoted(context)} is required on main from anybody, so that anybody can report it.`
  return stop('check-unpinned', because, fix)
}

// `app` undefined: whoever reports it.
function requires(rule: GuardRule, context: string, app: number | undefined): boolean {
  if (rule.type !== 'required_status_checks') return false
  return rule.checks.some(check => check.context === context && (app === undefined || check.app === app))
}

function judgeReviews(guards: Guard[]): Finding[] {
  const on = (test: (rule: GuardRule & { type: 'pull_request' }) => boolean): Guard[] =>
    having(guards, rule => rule.type === 'pull_request' && test(rule))
  const has = (test: Parameters<typeof on>[0]): boolean => on(test).length > 0
  const because = 'GitHub does not ask the code owners, so whoever may write may change contracts and CODEOWNERS.'
  const asking = [...on(rule => rule.codeOwners || rule.lastPush || rule.approvals > 0), ...updating(guards)]
  const blocked = named(asking.filter(guard => guard.app === 'never'))
  const unknown = named(asking.filter(guard => guard.app === 'unknown'))
  const apart =
    'Move it to a ruleset of its own that the app may pass for pull requests, as `addendum doctor --fix` does.'
  return [
    ...when(!has(rule => rule.codeOwners), warn('reviews-by-owners', because, fix)),
    ...when(!has(rule => rule.dismissStale), warn('reviews-stale', 'On main, approvals outlive a later push.', fix)),
    ...when(!has(rule => rule.lastPush), warn('reviews-last-push', 'On main, who pushed last may approve it.', fix)),
    ...when(blocked !== '', warn('reverts-blocked', `${blocked} keeps the app from removing what has ended.`, apart)),
    ...when(unknown !== '', warn('reverts-unknown', `Whether the app may pass ${unknown} is ${hidden}.`, ask))
  ]
}

function judgeQueue(guards: Guard[]): Finding[] {
  const queues = named(queuesInTheWay(guards))
  const because = `${queues} merges to main by a merge queue, and the app can add nothing to it: people have to.`
  const mend = 'Put the queue into a ruleset of its own that the app may pass for pull requests; or go on by hand.'
  return when(queues !== '', warn('merge-queue', because, mend))
}

function judgeLedger(guards: Guard[], app: number): Finding[] {
  const [updates, creations] = [updating(guards), having(guards, rule => rule.type === 'creation')]
  const rewrites = having(guards, rule => rule.type === 'non_fast_forward')
  const deletions = having(guards, rule => rule.type === 'deletion')
  const merges = having(guards, rule => rule.type === 'required_linear_history')
  const writing = [...updates, ...creations]
  const shut = named(writing.filter(guard => guard.app === 'never' || guard.app === 'pull_request'))
  const shared = named(writing.filter(guard => sharedWith(guard, app)))
  const kept = passersOf([rewrites, deletions])
  const [open, unseen] = [named(kept.open), named([...kept.unseen, ...writing.filter(guard => guard.bypass === null)])]
  const traceless = writing.some(guard => guard.app === 'exempt')
  const alone = 'Leave the app alone in its bypass list.'
  return [
    ...when(updates.length === 0, stop('ledger-open', 'Others than the app can write to the ledger.', fix)),
    ...when(creations.length === 0, warn('ledger-creatable', "Others than the app can begin next year's ledger.", fix)),
    ...when(shut !== '', stop('ledger-closed', `${shut} keeps the app from writing to the ledger.`, fix)),
    ...when(rewrites.length === 0, stop('ledger-rewritable', 'The ledger can be rewritten.', fix)),
    ...when(deletions.length === 0, stop('ledger-deletable', 'The ledger can be deleted.', fix)),
    ...when(merges.length === 0, warn('ledger-mergeable', 'The ledger takes merges; verify refuses them.', fix)),
    ...when(open !== '', stop('ledger-bypass', `Somebody may pass ${open}, and so rewrite the ledger.`, empty)),
    ...when(shared !== '', warn('ledger-shared', `Others than the app may pass ${shared}.`, alone)),
    ...when(traceless, warn('ledger-exempt', 'The app is exempt from the rules of the ledger: no trace.', fix)),
    ...when(unseen !== '', warn('ledger-bypass-unknown', `Who may pass ${unseen} is ${hidden}.`, ask))
  ]
}

// A rule holds for everybody where one ruleset with it can be passed by nobody; others with it only add to that. Where
// the app itself may pass, the list is not empty, though it is not shown.
function passersOf(kept: Guard[][]): { open: Guard[]; unseen: Guard[] } {
  const passable = kept.filter(guards => guards.length > 0 && !guards.some(guard => guard.bypass?.length === 0))
  const hides = (guard: Guard): boolean => guard.bypass === null && (guard.app === 'never' || guard.app === 'unknown')
  return {
    open: passable.filter(guards => !guards.some(hides)).flat(),
    unseen: passable.filter(guards => guards.some(hides)).flat()
  }
}

function sharedWith({ bypass }: Guard, app: number): boolean {
  return bypass?.some(actor => actor.type !== 'Integration' || actor.id !== app) === true
}

function updating(guards: Guard[]): Guard[] {
  return having(guards, rule => rule.type === 'update')
}

function having(guards: Guard[], test: (rule: GuardRule) => boolean): Guard[] {
  return guards.filter(guard => guard.rules.some(test))
}

function named(guards: Guard[]): string {
  return list([...new Set(guards.map(guard => quoted(guard.name)))])
}

function when(wrong: boolean, finding: Finding): Finding[] {
  return wrong ? [finding] : []
}

function stop(code: FindingCode, because: string, mend: string): Finding {
  return { code, severity: 'stop', because: plain(because), mend }
}

function warn(code: FindingCode, because: string, mend: string): Finding {
  return { code, severity: 'warn', because: plain(because), mend }
}
