// Beside the walk of a pull request: which of the four walks it takes.
import type { Change, Known } from '../../model/facts.ts'
import { isGuarded, placeOf } from '../../model/place.ts'

/** Each has a walk of its own. */
export type PullKind = 'request' | 'amendment' | 'removal' | 'documents'

/**
 * What a pull request is by its paths. Whatever is mixed with a request is judged, and refused, as a request, and what
 * is mixed with an amendment as an amendment (attack #32). Taking an amendment out is its owners' business, as any
 * document is.
 */
export function kindOf(changes: Known<Change[]>): PullKind {
  if (!changes.known) return 'request'
  const requests = changes.value.filter(change => isIn(change, 'request'))
  const amendments = changes.value.filter(change => isIn(change, 'amendment'))
  const removes = changes.value.every(change => change.status === 'removed')
  if (requests.length > 0) return removes && requests.length === changes.value.length ? 'removal' : 'request'
  return amendments.length === 0 || removes ? 'documents' : 'amendment'
}

function isIn({ path, previousPath }: Change, kind: 'request' | 'amendment'): boolean {
  return [path, previousPath].some(name => {
    if (name === null || !isGuarded(name)) return false
    return placeOf(name)?.kind === kind || name.toLowerCase().startsWith(`${kind}s/`)
  })
}
