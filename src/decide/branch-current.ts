// Rule: main has not changed the documents since the branch left it; else git would merge what nobody read whole.
import type { DocumentsFacts } from '../model/facts.ts'
import type { Reason } from '../model/decision.ts'
import { fails, holds } from './reason.ts'
import { list, quoted } from './wording.ts'

const rule = 'branch-current'

/**
 * Refuses files that are others on main by now. Where both changed other lines, git merges them without a conflict, and
 * the file that comes of it was neither checked nor approved. A branch that is brought up to date is approved anew.
 */
export function branchCurrent({ overtaken }: Pick<DocumentsFacts, 'overtaken'>): Reason {
  if (overtaken.length === 0) return holds(rule, 'The branch has what main has of these files.')
  const names = [...overtaken].sort().map(quoted)
  const because = `${list(names)} changed on the base branch after this branch had left it.`
  return fails(rule, because, 'Update the branch; then it is checked and approved as it would be merged.')
}
