// Judges everything that protects an access repository: its branches first, then the app, the webhook and CODEOWNERS.
import { ownersOf } from '../../model/codeowners.ts'
import { appEvents, appPermissions, owningTeams } from '../../model/protection.ts'
import type { Finding, FindingCode, ProtectionFacts } from '../../model/protection.ts'
import { judgeBranches } from './branch-protection.ts'
import { list, plain, quoted } from '../wording.ts'

/**
 * Every finding, what stops new grants first; empty: the repository is protected as it should be. Only the branches
 * stop, since they are read at each decision; all else warns. What is not known is a finding too. Pure and total.
 */
export function judgeProtection(facts: ProtectionFacts): Finding[] {
  const found = [...judgeBranches(facts.branches), ...judgeRepository(facts), ...judgeApp(facts), ...judgeOwners(facts)]
  return [...found.filter(one => one.severity === 'stop'), ...found.filter(one => one.severity === 'warn')]
}

function judgeRepository({ classic, repository, saysWho }: ProtectionFacts): Finding[] {
  const found: Finding[] = []
  if (classic === 'unknown') {
    const because = 'Whether main has branch protection of the older kind is shown to administrators only.'
    found.push(warn('classic-unreadable', because, 'Run `addendum doctor` with the token of an administrator.'))
  } else if (classic !== 'none' && classic.stopsApp) {
    const because = 'The older branch protection of main keeps the app from removing what has ended.'
    found.push(warn('reverts-blocked', because, 'Delete it under Settings, Branches: the rulesets take its place.'))
  }
  if (!saysWho) {
    const because =
      'This server says neither who pushed to a branch nor who dismissed a review: only authors and committers are ' +
      'kept from approving, and whoever may dismiss a review can take an objection away.'
    found.push(warn('pushers-unknown', because, 'Let as few people as you can dismiss reviews.'))
  }
  if (repository.isPublic) {
    const because = 'The repository is public: everybody can read who gets which access, and why.'
    found.push(warn('repository-public', because, 'Make it private under Settings, General.'))
  }
  if (repository.mergeable === false) {
    const because = 'Neither merge commits nor squashing are allowed, so the app cannot merge.'
    found.push(warn('merge-method', because, 'Allow merge commits under Settings, General.'))
  }
  return found
}

function judgeApp({ app }: ProtectionFacts): Finding[] {
  if (app === null) {
    const because = "The app's permissions, events and webhook are not known."
    return [warn('app-unreadable', because, 'Set APP_ID and PRIVATE_KEY as for `npm start`, beside the token.')]
  }
  const found: Finding[] = []
  const held = new Map(Object.entries(app.permissions))
  const missing = Object.entries(appPermissions).filter(([name, level]) => {
    return held.get(name) !== level && held.get(name) !== 'write' && held.get(name) !== 'admin'
  })
  if (missing.length > 0) {
    const names = list(missing.map(([name, level]) => `${name}: ${level}`))
    const mend = 'Give it that in its settings, and accept it.'
    found.push(warn('permission-missing', `The app does not hold ${names}.`, mend))
  }
  const excess = [...held].filter(([name, level]) => {
    const needed = Object.hasOwn(appPermissions, name) ? appPermissions[name] : undefined
    return needed === undefined || (needed === 'read' && level !== 'read')
  })
  if (excess.length > 0) {
    const names = list(excess.map(([name, level]) => `${name}: ${level}`).sort())
    const because = `The app holds what it does not need, and so does whoever steals its key: ${names}.`
    found.push(warn('permission-excess', because, 'Take it away in the settings of the app.'))
  }
  const unheard = appEvents.filter(event => !app.events.includes(event))
  if (unheard.length > 0) {
    const because = `The app does not hear of ${list(unheard)}, and finds it minutes later.`
    found.push(warn('event-missing', because, 'Subscribe to it in the settings of the app.'))
  }
  return [...found, ...judgeWebhook(app.webhook)]
}

function judgeWebhook(webhook: NonNullable<ProtectionFacts['app']>['webhook']): Finding[] {
  const mend = 'Set it in the settings of the app, under Webhook.'
  if (webhook === null) return [warn('webhook-unreadable', 'The webhook of the app cannot be read.', mend)]
  const found: Finding[] = []
  if (webhook.url === null) found.push(warn('webhook-url', 'The webhook of the app has no URL.', mend))
  if (!webhook.secret) found.push(warn('webhook-secret', 'The webhook has no secret: every delivery is refused.', mend))
  if (webhook.contentType !== 'json') {
    const because = `The webhook sends ${quoted(webhook.contentType)} and not application/json.`
    found.push(warn('webhook-content-type', because, mend))
  }
  if (!webhook.verifiesTls || (webhook.url !== null && !isGuarded(webhook.url))) {
    found.push(warn('webhook-tls', 'Deliveries go out without TLS, or do not check whom they reach.', mend))
  }
  return found
}

// Plain HTTP is for this machine alone, as in the sandbox.
function isGuarded(url: string): boolean {
  return url.startsWith('https://') || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(url)
}

function judgeOwners({ codeowners, guarded, teams }: ProtectionFacts): Finding[] {
  const { parsed, path } = codeowners
  const edit = 'Add a line to CODEOWNERS, as in the starter repository.'
  if (parsed === null || path === null) {
    const because = 'There is no CODEOWNERS: every request is refused, and nothing else is guarded.'
    return [warn('owners-missing', because, edit)]
  }
  const found: Finding[] = parsed.problems.slice(0, 8).map(problem => {
    const because = `GitHub skips line ${problem.line} of ${quoted(path)}: ${problem.because}`
    return warn('owners-skipped', because, problem.mend)
  })
  const unowned = guarded.filter(one => ownersOf(parsed, one).owners.length === 0)
  if (unowned.length > 0) {
    found.push(warn('path-unowned', `Nobody owns ${list(unowned.map(quoted))}.`, edit))
  }
  for (const [code, wrong, because] of [
    ['team-powerless', false, 'may not write here, so GitHub does not count it as an owner'],
    ['team-unreadable', null, 'is not shown, so that it is not known whether it may write here']
  ] as const) {
    const names = owningTeams(parsed, guarded).filter(name => (teams[name] ?? null) === wrong)
    const mend = 'Give the team write access, or name another one in CODEOWNERS.'
    if (names.length > 0) found.push(warn(code, `${list(names.map(name => plain(name)))} ${because}.`, mend))
  }
  return found
}

function warn(code: FindingCode, because: string, mend: string): Finding {
  return { code, severity: 'warn', because: plain(because), mend }
}
