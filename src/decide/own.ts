// Looking up in records whose keys others wrote: only what the record itself holds, never what its prototype does.
import type { Known } from '../model/facts.ts'

/** `record[key]` where the record itself has it: `constructor` and `__proto__` name no clause (attack #51). */
export function own<T>(record: Readonly<Record<PropertyKey, T>>, key: string | number): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

/** The same for facts that may not be known: what was never read is not known. */
export function ownKnown<T>(record: Readonly<Record<PropertyKey, Known<T>>>, key: string | number): Known<T> {
  return own(record, key) ?? { known: false, because: 'It was not read.' }
}
