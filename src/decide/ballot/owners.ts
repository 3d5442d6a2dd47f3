// Who owns a path by CODEOWNERS, or why that is not known (approvals.md §1; attacks #14, #36, #38).
import { ownersOf } from '../../model/codeowners.ts'
import type { Owner } from '../../model/codeowners.ts'
import type { RequestFacts } from '../../model/facts.ts'
import { principalKey } from '../../model/principal.ts'
import { ownKnown } from '../own.ts'
import { list, plain, quoted } from '../wording.ts'

/** The owners of a path by the last matching line, as CODEOWNERS names them; else what is wrong and how to mend it. */
export type Owned = { known: true; names: string[]; line: number } | { known: false; because: string; todo: string }

type Rules = Pick<RequestFacts, 'teams' | 'users'> & { codeowners: RequestFacts['rules']['codeowners'] }

/**
 * The owners of `path`. Refuses when the file is absent or not loaded, when a line that GitHub skips stands after the
 * one that matched (it may have been the last match), and when the line names nobody, an e-mail address, or an owner
 * who is not there.
 */
export function ownedBy(rules: Rules, path: string): Owned {
  const { parsed } = rules.codeowners
  if (parsed === null) {
    return unowned('The repository has no CODEOWNERS file.', 'Ask an administrator to add .github/CODEOWNERS.')
  }
  const { rule, owners } = ownersOf(parsed, path)
  const skipped = parsed.problems.find(problem => problem.line > (rule?.line ?? 0))
  if (skipped !== undefined) {
    const because = `Line ${skipped.line} of CODEOWNERS is skipped, and may name this file: ${plain(skipped.because)}`
    return unowned(because, `Mend line ${skipped.line} of CODEOWNERS on the base branch.`)
  }
  if (rule === undefined) return unowned(`No line of CODEOWNERS matches ${quoted(path)}.`, 'Give the path an owner.')
  const todo = `Mend line ${rule.line} of CODEOWNERS on the base branch.`
  if (owners.length === 0) return unowned(`Line ${rule.line} of CODEOWNERS gives this file no owner.`, todo)
  const names = owners.map(ownerName)
  const missing = owners.flatMap(owner => {
    if (owner.kind === 'email') return [`${ownerName(owner)} (an e-mail address; name the account)`]
    const key = principalKey(owner)
    const known = ownKnown<unknown>(owner.kind === 'team' ? rules.teams : rules.users, key)
    return known.known ? [] : [`${ownerName(owner)} (${plain(known.because)})`]
  })
  if (missing.length > 0) {
    return unowned(`Line ${rule.line} of CODEOWNERS names who is not known: ${list(missing)}.`, todo)
  }
  return { known: true, names, line: rule.line }
}

function unowned(because: string, todo: string): Owned {
  return { known: false, because, todo }
}

function ownerName(owner: Owner): string {
  if (owner.kind === 'email') return plain(owner.email)
  return plain(owner.kind === 'team' ? `@${owner.org}/${owner.slug}` : `@${owner.login}`)
}
