// What expressions speak of: the types of CEL that we take, and how their values look at run time.

/** No doubles, bytes, maps, null or dyn: conditions need none, and what is not there cannot go wrong. */
export type CelType = 'bool' | 'int' | 'string' | 'timestamp' | 'duration' | ListType | RecordType

/** `most`: a list that is longer at run time is an evaluation error, so that the cost of a loop is known at load. */
export interface ListType {
  list: CelType
  most: number
}

/** A structure with named fields. `optional`: fields that may be absent; reading one that is absent is an error. */
export interface RecordType {
  name: string
  fields: Readonly<Record<string, CelType>>
  optional?: readonly string[]
}

/** The variables that an expression may name, as the fields of a record. */
export type Environment = RecordType

/** An `int` is a safe integer; a `timestamp` milliseconds since 1970, a `duration` milliseconds. */
export type CelValue = boolean | number | string | readonly CelValue[] | CelRecord

/** An undefined field is absent. */
export interface CelRecord {
  readonly [field: string]: CelValue | undefined
}

/** Computes a value from the variables and from those of the loops around it, by depth. Throws only `CelError`. */
export type Run = (variables: CelRecord, locals: CelValue[]) => CelValue

/** A compiled piece of an expression. `total`: it cannot fail. `cost`: steps at most. */
export interface Piece {
  type: CelType
  run: Run
  total: boolean
  cost: number
  /** Present where the value is known at load. */
  constant?: CelValue
}

/** An evaluation failed: its message is the sentence that says why. What is evaluated then does not hold (S6). */
export class CelError extends Error {}

/** Whether the type is a list. */
export function isList(type: CelType): type is ListType {
  return typeof type === 'object' && 'list' in type
}

/** Whether the type is a record. */
export function isRecord(type: CelType): type is RecordType {
  return typeof type === 'object' && 'fields' in type
}

/** Whether two types are one; records by their name. */
export function sameType(a: CelType, b: CelType): boolean {
  return nameOf(a) === nameOf(b)
}

/** The name of a type, as problems say it: `int`, `list<string>`, `access`. */
export function nameOf(type: CelType): string {
  if (typeof type === 'string') return type
  return isList(type) ? `list<${nameOf(type.list)}>` : type.name
}
