// A merge queue on main, as an administrator adds it, and what people do with it.
import { at } from '../house.ts'
import type { House, PersonName } from '../house.ts'

/** Adds a merge queue to main; `app`: whether the app may pass it for pull requests. */
export function addQueue(
  house: House,
  { app = false, method = 'MERGE' }: { app?: boolean; method?: 'MERGE' | 'SQUASH' | 'REBASE' } = {}
): void {
  house.github.seed.ruleset('acme/access', {
    name: 'Merge queue',
    bypass_actors: app ? [{ actor_id: 4242, actor_type: 'Integration', bypass_mode: 'pull_request' }] : [],
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      {
        type: 'merge_queue',
        parameters: {
          check_response_timeout_minutes: 60,
          grouping_strategy: 'ALLGREEN',
          max_entries_to_build: 5,
          max_entries_to_merge: 5,
          merge_method: method,
          min_entries_to_merge: 1,
          min_entries_to_merge_wait_minutes: 5
        }
      }
    ]
  })
}

/** Another app's check, which the queue waits for as well: so a group stands until it reports. */
export function addSlowCheck(house: House): void {
  house.github.seed.ruleset('acme/access', {
    name: 'Slow',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: 'slow', integration_id: 15368 }]
        }
      }
    ]
  })
}

/** It reports success, on a group or on a pull request's head. */
export function slowCheck(house: House, sha: string): void {
  house.github.seed.check('acme/access', { appId: 15368, name: 'slow', headSha: sha, conclusion: 'success' })
}

/** "Merge when ready". Nothing is settled yet, so that several can come in at once. */
export function enqueue(house: House, pull: number, by: PersonName = 'mona'): void {
  house.clock.forward(1000)
  house.github.seed.enqueue('acme/access', pull, by)
}

/** Lets it happen while no webhook reaches the app. */
export async function unheard(house: House, act: () => Promise<unknown> | void): Promise<void> {
  house.webhooks = false
  await act()
  await house.github.outbox.settled()
  house.webhooks = true
}

/** How often the app tried to merge by itself. */
export function mergesTried(house: House): number {
  return house.asked.filter(({ operation }) => operation === 'pulls/merge').length
}

/** The groups that stand, first first. */
export function groups(house: House): { pull: number; head: string }[] {
  return (house.repository.queue ?? []).flatMap(({ number, group }) =>
    group === null ? [] : [{ pull: number, head: group.head }]
  )
}

/** Both checks on any commit, as GitHub shows them, with the title of the first. */
export async function checksOn(
  house: House,
  sha: string
): Promise<{ terms: string; approvals: string; titles: string[]; summary: string }> {
  const { data } = await house.as.lisa.rest.checks.listForRef({ ...at, ref: sha, filter: 'latest' })
  const run = (name: string) => data.check_runs.find(one => one.name === name)
  const shown = (name: string): string => run(name)?.conclusion ?? run(name)?.status ?? 'missing'
  const [terms, approvals] = ['Addendum: terms', 'Addendum: approvals']
  return {
    terms: shown(terms ?? ''),
    approvals: shown(approvals ?? ''),
    titles: [terms, approvals].map(name => run(name ?? '')?.output.title ?? ''),
    summary: [terms, approvals].map(name => run(name ?? '')?.output.summary ?? '').join('\n')
  }
}
