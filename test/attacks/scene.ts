// What attackers do in these tests beside what people do in the stories, and what must hold whatever they did.
import { Octokit } from '@octokit/rest'
import { expect } from 'vitest'
import type { RuleId } from '../../src/model/decision.ts'
import { at } from '../house.ts'
import type { House, HouseOptions, PersonName } from '../house.ts'
import { checks, comments, fate, mergePast, works } from '../stories/company.ts'

/** A house where people press the merge button, so that there is time between an approval and the merge. */
export function manual(files: Record<string, string | null> = {}, settings = ''): HouseOptions {
  const text = `apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n${settings}`
  return { files: { '.github/addendum.yml': text, ...files } }
}

/** A house where an approval is bound to the file's bytes and not to the commit. */
export function byContent(): HouseOptions {
  return manual({}, 'approvals: {binding: content}\n')
}

/** The head of a pull request, as GitHub names it now. */
export async function headOf(house: House, pull: number): Promise<{ sha: string; ref: string }> {
  const { data } = await house.as.lisa.rest.pulls.get({ ...at, pull_number: pull })
  return { sha: data.head.sha, ref: data.head.ref }
}

/** Makes somebody a member of a team of acme, as an owner of the organisation would. */
export async function join(house: House, team: string, who: string): Promise<void> {
  await house.as.lisa.rest.teams.addOrUpdateMembershipForUserInOrg({ org: at.owner, team_slug: team, username: who })
  await house.settle()
}

/** Takes somebody out of a team. */
export async function leave(house: House, team: string, who: string): Promise<void> {
  await house.as.lisa.rest.teams.removeMembershipForUserInOrg({ org: at.owner, team_slug: team, username: who })
  await house.settle()
}

/** GitHub by any account's own token. */
export function asLogin(house: House, login: string): Octokit {
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  return new Octokit({
    auth: house.github.seed.tokenOf(login),
    baseUrl: 'http://github.local/api/v3',
    request: { fetch: (url: string, init: RequestInit) => house.github.fetch(new Request(url, init)) },
    log: quiet
  })
}

/** A review, of whatever kind. */
export async function review(
  house: House,
  pull: number,
  by: PersonName,
  event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT',
  more: { body?: string; commit_id?: string } = {}
): Promise<number> {
  house.clock.forward(1000)
  const words = { event, body: 'See the ticket', ...more }
  const { data } = await house.as[by].rest.pulls.createReview({ ...at, pull_number: pull, ...words })
  await house.settle()
  return data.id
}

/** A review that GitHub itself would refuse: written into its store, so that only Addendum stands in the way. */
export async function forceReview(house: House, pull: number, userId: number): Promise<void> {
  house.clock.forward(1000)
  const found = house.repository.pulls[pull]
  if (found === undefined) throw new Error(`no pull request ${pull}`)
  const submittedAt = house.clock.now().toISOString()
  const id = 900_000 + found.reviews.length
  found.reviews.push({ id, userId, state: 'APPROVED', body: '', commitId: found.headSha, submittedAt })
  await house.sweep()
}

/** What a check of the head says: conclusion (or status), title and summary. */
export async function said(
  house: House,
  pull: number,
  name: 'terms' | 'approvals'
): Promise<{ conclusion: string; text: string }> {
  const { sha } = await headOf(house, pull)
  const named = { ref: sha, check_name: `Addendum: ${name}`, filter: 'latest' } as const
  const { data } = await house.as.lisa.rest.checks.listForRef({ ...at, ...named })
  const run = data.check_runs[0]
  const text = `${run?.output.title ?? ''}\n${run?.output.summary ?? ''}`
  return { conclusion: run?.conclusion ?? run?.status ?? 'missing', text }
}

/**
 * The pull request waits or fails, and gave nothing. Then an administrator merges it past every rule, and still it
 * gives nothing: the ledger says by which rules, the pull request says so once, and the file leaves main again.
 */
export async function refusedEvenMerged(house: House, pull: number, rule: RuleId): Promise<void> {
  const before = await checks(house, pull)
  expect([before.terms, before.approvals], 'both checks succeed').not.toEqual(['success', 'success'])
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
  await mergePast(house, pull)
  await refusedOnceMerged(house, pull, rule)
}

/** What `refusedEvenMerged` holds after the merge. */
export async function refusedOnceMerged(house: House, pull: number, rule: RuleId): Promise<void> {
  const request = (await house.ledger()).requests.get(`R-${pull}`)
  expect(request?.outcome).toBe('refuse')
  expect(request?.failed).toContain(rule)
  expect(house.payments.calls.filter(call => call.operation === 'grant')).toEqual([])
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
  const told = await comments(house, pull)
  expect(told).toHaveLength(1)
  expect(told[0]).toContain(`\`${rule}\``)
}

let branches = 0

/** Pushes a branch as one person and opens the pull request as another. Nothing is settled yet. */
export async function openFor(
  house: House,
  opener: PersonName,
  files: Record<string, string | null>,
  commit: { by: PersonName; message?: string; author?: { name: string; email: string } }
): Promise<number> {
  branches += 1
  const head = `attack-${branches}`
  house.clock.forward(1000)
  house.github.seed.commit('acme/access', head, files, commit)
  const { data } = await house.as[opener].rest.pulls.create({ ...at, title: `Attack ${branches}`, head, base: 'main' })
  await house.settle()
  return data.number
}

/** One more commit on the branch of a pull request. */
export async function pushTo(
  house: House,
  pull: number,
  files: Record<string, string | null>,
  commit: { by: PersonName; message?: string; author?: { name: string; email: string }; parents?: string[] }
): Promise<string> {
  const { ref } = await headOf(house, pull)
  house.clock.forward(1000)
  const sha = house.github.seed.commit('acme/access', ref, files, commit)
  await house.settle()
  return sha
}

/** GitHub's own dismissal of stale approvals is off, as in a repository that never turned it on. */
export function keepStaleReviews(house: House): void {
  for (const { rules } of house.repository.rulesets) {
    for (const rule of rules) {
      if (rule.type === 'pull_request') rule.parameters = { ...rule.parameters, dismiss_stale_reviews_on_push: false }
    }
  }
}

/** Somebody with the right to switches a ruleset off; gives the way back. */
export function lift(house: House, name: string): () => void {
  const found = house.repository.rulesets.find(ruleset => ruleset.name === name)
  if (found === undefined) throw new Error(`no ruleset ${name}`)
  found.enforcement = 'disabled'
  return () => (found.enforcement = 'active')
}

/** GitHub by the app's own installation token, as somebody who stole its key would have it. */
export async function appAlone(house: House): Promise<Octokit> {
  const installation = Object.values(house.github.world.state.installations)[0]?.id ?? 0
  const github = await house.running().world.installation(installation)
  return github as unknown as Octokit
}
