// What a merge group shows: both required checks on its head, from what is said of each of its members. Pure.
import type { CheckAction } from '../model/action.ts'
import { requiredChecks } from '../model/protection.ts'
import { clipped } from './checks.ts'

/** One member of a merge group with its own two checks; `pull` null: it is not known which pull request it is. */
export interface JudgedMember {
  pull: number | null
  checks: readonly CheckAction[]
}

/** GitHub takes 65,535 bytes. */
const longest = 20_000

/**
 * Both checks on the head of a group. Each succeeds where it succeeded for every member, else it fails and names the
 * first one that it failed for: GitHub throws that out of the queue (attack #60). Nothing waits: a group without a member,
 * and a member without a check, fail as well.
 */
export function groupChecks(head: string, members: readonly JudgedMember[]): CheckAction[] {
  return requiredChecks.map(name => {
    const each = members.map(({ pull, checks }) => {
      const check = checks.find(one => one.name === name)
      const who = pull === null ? 'A part of it' : `#${pull}`
      return { who, holds: check?.conclusion === 'success', title: check?.title ?? 'not judged', check }
    })
    const failing = each.find(({ holds }) => !holds)
    const good = each.length > 0 && failing === undefined
    const many = each.length === 1 ? 'its one member' : `all ${each.length} members`
    const bad = failing === undefined ? 'It has no member' : `${failing.who}: ${failing.title}`
    const parts = each.map(({ who, holds, title, check }) => {
      return `#### ${holds ? '✅' : '❌'} ${who}\n\n${check?.summary ?? title}`
    })
    return {
      kind: 'check',
      head,
      name,
      conclusion: good ? 'success' : 'failure',
      title: clipped(good ? `It holds for ${many}` : bad, 200),
      summary: clipped(parts.join('\n\n'), longest),
      annotations: []
    }
  })
}
