// Rule: the pull request adds exactly one file and does nothing else (attacks #32, #41, #45).
import type { Reason } from '../../model/decision.ts'
import type { Proposal } from '../proposal.ts'
import { fails, holds } from '../reason.ts'
import { list, plain, quoted } from '../wording.ts'

const rule = 'one-document'

/** Refuses an incomplete list of changes, none, several, and any change but an added file. */
export function oneDocument({ kind, facts }: Pick<Proposal, 'kind' | 'facts'>): Reason {
  const { changes, file } = facts
  if (!changes.known) {
    const because = `The list of changed files is not complete: ${plain(changes.because)}`
    return fails(rule, because, `Make the pull request add one ${kind} file and nothing else.`)
  }
  const [change, ...others] = changes.value
  if (change === undefined) return fails(rule, 'The pull request changes nothing.', `Add one ${kind} file.`)
  if (others.length > 0) {
    const paths = changes.value.map(({ path }) => quoted(path)).sort()
    const because = `The pull request changes ${paths.length} files: ${list(paths)}.`
    return fails(rule, because, `Keep the one ${kind} file here and move everything else to other pull requests.`)
  }
  if (change.status !== 'added' || change.previousPath !== null) {
    const because = `${quoted(change.path)} is ${change.status === 'added' ? 'renamed' : change.status}, not added.`
    return fails(rule, because, `Put the ${kind} into a new file with a new id; a merged file is never changed.`)
  }
  if (file === null || file.path !== change.path) {
    return fails(rule, `${quoted(change.path)} cannot be read at the head of the branch.`, 'Push the file again.')
  }
  return holds(rule, `The pull request adds ${quoted(change.path)} and nothing else.`)
}
