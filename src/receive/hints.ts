// Beneath receive.ts: which keys an event asks us to look at. Pure, and no judgement: a hint is only a hint.
import type { Json } from '../model/ports.ts'
import type { Job } from '../queue/queue.ts'

type Fields = { [name: string]: Json }

/** Events about one pull request, which they carry under `pull_request`. */
const PULL = new Set([
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request_review_thread',
  'pull_request_target'
])
/** Events that may change who may approve, or what we may see. Rare; the whole installation is looked at. */
const SWEEP = new Set([
  'branch_protection_configuration',
  'branch_protection_rule',
  'installation',
  'installation_repositories',
  'installation_target',
  'member',
  'membership',
  'organization',
  'repository',
  'repository_ruleset',
  'team',
  'team_add'
])
const CLOSING = new Set(['closed', 'deleted', 'transferred'])
const RERUN = new Set(['rerequested', 'requested_action'])
const LEDGER = 'refs/heads/ledger/'

/**
 * The jobs that an event asks for: `pull/<repository>/<number>`, `main/<repository>`, `groups/<repository>`,
 * `notice/<repository>` or `sweep/<installation>`, by GitHub's numeric ids. Their data is `{installation, repository:
 * {id, owner, name}, number?, reason, delivery}`, and nothing else of the payload is kept. Never throws, whatever the
 * payload; what it does not understand asks for nothing (reliability.md §2, 10), for the sweep finds it within minutes.
 */
export function hintsOf(event: string, payload: Json, delivery: string): Job[] {
  const facts = fields(payload)
  const installation = id(fields(facts['installation'])['id'])
  if (!installation) return []
  const action = plain(facts['action'])
  const repository = repositoryOf(facts['repository'])
  const data: Fields = { installation, reason: action ? `${event}.${action}` : event, delivery }
  if (repository) data['repository'] = repository
  const sweep: Job = { lane: 'walk', key: `sweep/${installation}`, data }
  const pulls = (numbers: Json[]): Job[] => {
    const known = numbers.map(id).filter(number => number !== undefined)
    if (!repository) return []
    return known.map(number => ({
      lane: 'walk',
      key: `pull/${repository['id']}/${number}`,
      data: { ...data, number }
    }))
  }

  if (SWEEP.has(event)) return [sweep]
  if (event === 'issues' && repository) {
    // Ours or not, what matters is read again; open issues change nothing.
    const closing = action !== undefined && CLOSING.has(action)
    return closing ? [{ lane: 'walk', key: `notice/${repository['id']}`, data }] : []
  }
  if (PULL.has(event)) return pulls([fields(facts['pull_request'])['number'] ?? null])
  if (event === 'issue_comment') {
    const issue = fields(facts['issue'])
    return issue['pull_request'] ? pulls([issue['number'] ?? null]) : []
  }
  if ((event === 'check_run' || event === 'check_suite') && action && RERUN.has(action)) {
    const list = fields(facts[event])['pull_requests']
    const found = pulls(Array.isArray(list) ? list.slice(0, 100).map(pull => fields(pull)['number'] ?? null) : [])
    // GitHub leaves the list empty for pull requests from forks: then all are looked at.
    return found.length > 0 ? found : [sweep]
  }
  if (event === 'merge_group' && repository) {
    // A group that is gone asks for nothing: what it merged is told by its push.
    return action === 'destroyed' ? [] : [{ lane: 'walk', key: `groups/${repository['id']}`, data }]
  }
  if (event === 'push' && repository) {
    const ref = facts['ref']
    const tip = fields(facts['repository'])['default_branch']
    const ours = typeof ref === 'string' && (ref === `refs/heads/${String(tip)}` || ref.startsWith(LEDGER))
    return ours ? [{ lane: 'walk', key: `main/${repository['id']}`, data }] : []
  }
  return []
}

function repositoryOf(value: Json | undefined): Fields | undefined {
  const given = fields(value)
  const owner = fields(given['owner'])
  const found = { id: id(given['id']), owner: plain(owner['login'] ?? owner['name']), name: plain(given['name']) }
  return found.id && found.owner && found.name ? { id: found.id, owner: found.owner, name: found.name } : undefined
}

/** Own fields only: a payload may name `__proto__` or `constructor`, and JSON.parse makes those own fields as well. */
function fields(value: Json | undefined): Fields {
  const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  return Object.assign(Object.create(null) as Fields, given)
}

function id(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
}

/** GitHub's logins, repository names and actions have these characters and no others. */
function plain(value: Json | undefined): string | undefined {
  return typeof value === 'string' && /^[\w.-]{1,100}$/.test(value) ? value : undefined
}
