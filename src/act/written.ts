// What we last wrote on GitHub, so that nothing is written twice. A cache: without it we look, and find our own marks.
import type { RequestRef } from '../model/record.ts'
import type { Statement } from '../model/statement.ts'

/** One of our check runs. `queued`: it says only that the head waits for its turn. */
export interface WrittenCheck {
  id: number
  digest: string
  completed: boolean
  /** The digest of what it states of clauses. */
  stated: string
  queued: boolean
}

/** Per repository. Values are digests of what was written, never what somebody else could have put there. */
export interface Written {
  /** By `head name`. */
  checks: Map<string, WrittenCheck>
  /** By head: what was stated of a request's clause there. */
  statements: Map<string, Statement[]>
  /** By pull request. */
  comments: Map<number, { id: number; digest: string }>
  /** Requests whose subject was told that the end is near. */
  reminded: Map<RequestRef, true>
  /** Revert pull requests that we merged ourselves and saw through: what GitHub tells of them is no news. */
  reverts: Map<number, true>
}

/** Nothing known yet: as after a restart. */
export function nothingWritten(): Written {
  return { checks: new Map(), statements: new Map(), comments: new Map(), reminded: new Map(), reverts: new Map() }
}

const most = 5_000

/** Sets `key`, and forgets the oldest when there are too many. */
export function keep<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key)
  map.set(key, value)
  const oldest = map.keys().next()
  if (map.size > most && oldest.done === false) map.delete(oldest.value)
}
