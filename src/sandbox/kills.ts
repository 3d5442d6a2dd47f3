// Ten moments at which the demo can kill the app without warning. Each meets it once, between two effects that belong together.
import type { Company } from './company.ts'

interface Moment {
  name: string
  when: 'before' | 'after'
  operation: string
  matches?: (params: Record<string, string>, body: string) => boolean
}

const ours = 'addendum/end/'

/** In the order in which the story meets them. */
export const moments: Moment[] = [
  { name: 'one of two checks is written', when: 'after', operation: 'checks/create' },
  { name: 'the comment is written', when: 'after', operation: 'issues/create-comment' },
  { name: 'all approvals are there, the merge is asked for', when: 'before', operation: 'pulls/merge' },
  { name: 'merged, and nothing recorded', when: 'after', operation: 'pulls/merge' },
  {
    name: 'the decision is committed, the ledger not moved',
    when: 'after',
    operation: 'git/create-commit',
    matches: (_, body) => body.includes('request.decided')
  },
  {
    name: 'the decision is on the ledger, nothing granted',
    when: 'after',
    operation: 'git/update-ref',
    matches: params => (params['ref'] ?? '').includes('ledger/')
  },
  {
    name: 'granted, and not recorded',
    when: 'before',
    operation: 'git/create-tree',
    matches: (_, body) => body.includes('grant.done')
  },
  {
    name: 'revoked, and not recorded',
    when: 'before',
    operation: 'git/create-tree',
    matches: (_, body) => body.includes('revoke.done')
  },
  {
    name: 'the revert has a branch, and no pull request',
    when: 'after',
    operation: 'git/create-ref',
    matches: (_, body) => body.includes(ours)
  },
  {
    name: 'the revert is open, and not merged',
    when: 'after',
    operation: 'pulls/create',
    matches: (_, body) => body.includes(ours)
  }
]

/** Arms the first `count` moments; each kills the app and starts it again. `told` hears of each. */
export function armKills(
  company: Company,
  count: number,
  options: { wipe: boolean; told: (name: string) => void }
): { met: () => string[] } {
  const met: string[] = []
  let earlier = Promise.resolve()
  for (const moment of moments.slice(0, count)) {
    let armed = true
    company.github.faults[moment.when](moment.operation, async occasion => {
      const mine = moment.matches?.(occasion.params, JSON.stringify(occasion.body ?? null)) ?? true
      // One at a time: a moment that comes while the app is down is met at the next chance.
      if (!armed || !mine || !company.app.alive()) return
      armed = false
      met.push(moment.name)
      await company.app.kill({ wipe: options.wipe })
      options.told(moment.name)
      earlier = earlier.then(() => company.app.start())
    })
  }
  return { met: () => met }
}
