// Decides whether one step of a merge group brings its pull request and nothing else (attack #60).
import type { Reason } from '../model/decision.ts'
import type { Change, Known, TreeEntry } from '../model/facts.ts'
import type { MemberFacts } from '../model/merge-group.ts'
import { isGuarded } from '../model/place.ts'
import { own } from './own.ts'
import { fails, holds } from './reason.ts'
import { list, plain, quoted } from './wording.ts'

const rule = 'merged-rightly'
const again = 'Take it out of the merge queue and add it again.'

/**
 * What only the group shows: that this step is the merge of the head that was judged, path by path and byte for byte,
 * wherever a path is ours to judge. The name of a queue's branch is believed only so far. Whether the pull request may be
 * merged at all, `decide()` says.
 */
export function decideMember({ repository, pull, changes, parents, brought, head }: MemberFacts): Reason {
  if (pull.state !== 'open') return fails(rule, 'The pull request is closed.', again)
  const main = repository.defaultBranch
  if (pull.base.ref !== main) return fails(rule, `The pull request does not go to ${quoted(main)}.`, again)
  if (parents.length > 1 && !parents.includes(pull.head.sha)) {
    return fails(rule, 'The group merges another head than that of the pull request.', again)
  }
  if (!changes.known) {
    return fails(rule, `The list of changed files is not complete: ${plain(changes.because)}`, again)
  }
  const told = new Set(changes.value.flatMap(pathsOf).filter(isGuarded))
  const foreign = Object.keys(brought).filter(path => isGuarded(path) && !told.has(path))
  if (foreign.length > 0) return fails(rule, `The group changes ${named(foreign)}, the pull request does not.`, again)
  const absent = [...told].filter(path => !Object.hasOwn(brought, path))
  if (absent.length > 0) return fails(rule, `The group does not change ${named(absent)}.`, again)
  const other = [...told].filter(path => !same(own(brought, path), own(head, path)))
  if (other.length > 0) {
    const todo = 'Bring the branch up to date with its base, and have it approved again.'
    return fails(rule, `The group brings another version of ${named(other)}.`, todo)
  }
  return holds(rule, 'The group brings exactly what the pull request changes.')
}

/**
 * Whether a pull request of the app's own may leave a queue for main: `over` are the paths of what has ended by now. It
 * needs no approval, and removes nothing else.
 */
export function decideRevert(changes: Known<Change[]>, over: ReadonlySet<string>): Reason {
  if (!changes.known) {
    return fails('may-remove', `The list of changed files is not complete: ${plain(changes.because)}`, again)
  }
  const wrong = changes.value.filter(({ path, status }) => status !== 'removed' || !over.has(path))
  if (wrong.length === 0) return holds('may-remove', 'Everything that it removes is over.')
  const because = `${named(wrong.map(({ path }) => path))} is not over, or not removed.`
  return fails('may-remove', because, 'Close the pull request: another one is opened.')
}

/** The step of a group that no pull request is known for: unknown is no (S6). */
export function unnamedMember(): Reason {
  return fails(rule, 'It is not known which pull request brings this part of the group.', again)
}

/** A group that does not descend from main as it is now. */
export function strayGroup(): Reason {
  return fails(rule, 'The group does not stand on the branch that it would be merged to.', again)
}

function pathsOf({ path, previousPath }: { path: string; previousPath: string | null }): string[] {
  return previousPath === null ? [path] : [path, previousPath]
}

function named(paths: string[]): string {
  return list(paths.sort().map(quoted))
}

function same(a: TreeEntry | null | undefined, b: TreeEntry | null | undefined): boolean {
  return a?.sha === b?.sha && a?.mode === b?.mode
}
