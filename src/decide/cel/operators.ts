// The operators of CEL for each pair of types that has them; every other pair is refused at load.
import { durationIn, intIn, timestampIn } from './time.ts'
import { CelError, isList, nameOf, sameType } from './types.ts'
import type { CelType, CelValue, Piece, Run } from './types.ts'

/** The piece `left op right`; undefined where the two types have no such operator. */
export function binary(op: string, left: Piece, right: Piece): Piece | undefined {
  if (op === '&&' || op === '||') return logic(op, left, right)
  if (op === '==' || op === '!=') return equality(op, left, right)
  if (op === 'in') return membership(left, right)
  const cost = left.cost + right.cost + 1
  const compare = comparisons[op]
  if (compare !== undefined && ordered(left.type) && sameType(left.type, right.type)) {
    return { type: 'bool', total: left.total && right.total, cost, run: compare(left.run, right.run) }
  }
  const found = arithmetic[`${nameOf(left.type)} ${op} ${nameOf(right.type)}`]
  if (found === undefined) return undefined
  const [type, compute] = found
  const run: Run = (v, l) => compute(left.run(v, l) as never, right.run(v, l) as never)
  return { type, total: type === 'string' && left.total && right.total, cost, run }
}

/** The piece `!operand` or `-operand`; undefined where the type has no such operator. */
export function unary(op: '!_' | '-_', operand: Piece): Piece | undefined {
  const { type, run } = operand
  const cost = operand.cost + 1
  if (op === '!_' && type === 'bool') {
    return { ...operand, cost, run: (v, l) => !run(v, l), ...folded(operand, value => !value) }
  }
  if (op === '!_' || type !== 'int') return undefined
  const negate = (value: CelValue): number => 0 - (value as number)
  return { type, total: operand.total, cost, run: (v, l) => negate(run(v, l)), ...folded(operand, negate) }
}

/** The piece `test ? then : other`; undefined where the types do not fit. */
export function conditional(test: Piece, then: Piece, other: Piece): Piece | undefined {
  if (test.type !== 'bool' || !sameType(then.type, other.type)) return undefined
  const total = test.total && then.total && other.total
  const cost = test.cost + Math.max(then.cost, other.cost) + 1
  return { type: widest(then.type, other.type), total, cost, run: (v, l) => (test.run(v, l) ? then : other).run(v, l) }
}

/** Whether two values of one type are equal: lists by their members, records never come here. */
export function equals(a: CelValue, b: CelValue): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((member, index) => equals(member as CelValue, b[index] as CelValue))
}

/** Of two list types that are one but for their length, the longer. */
export function widest(a: CelType, b: CelType): CelType {
  return isList(a) && isList(b) ? { list: widest(a.list, b.list), most: Math.max(a.most, b.most) } : a
}

function folded(operand: Piece, change: (value: CelValue) => CelValue): Partial<Piece> {
  return operand.constant === undefined ? {} : { constant: change(operand.constant) }
}

// A side that decides alone absorbs the failure of the other, as CEL has it (language definition, "Logical operators").
function logic(op: '&&' | '||', left: Piece, right: Piece): Piece | undefined {
  if (left.type !== 'bool' || right.type !== 'bool') return undefined
  const decides = op === '||'
  const piece = { type: 'bool' as const, total: left.total && right.total, cost: left.cost + right.cost + 1 }
  const [a, b] = [left.run, right.run]
  if (!left.total) {
    return {
      ...piece,
      run: (v, l) => {
        let first: CelValue
        try {
          first = a(v, l)
        } catch (error) {
          if (error instanceof CelError && b(v, l) === decides) return decides
          throw error
        }
        return first === decides ? decides : b(v, l)
      }
    }
  }
  return { ...piece, run: decides ? (v, l) => a(v, l) || b(v, l) : (v, l) => a(v, l) && b(v, l) }
}

function equality(op: '==' | '!=', left: Piece, right: Piece): Piece | undefined {
  if (!sameType(left.type, right.type) || !scalars(left.type)) return undefined
  const lists = isList(left.type)
  const cost = left.cost + right.cost + sizeOf(left.type)
  const piece = { type: 'bool' as const, total: left.total && right.total, cost }
  const [a, b] = [left.run, right.run]
  if (lists) {
    const wanted = op === '=='
    return { ...piece, run: (v, l) => equals(a(v, l), b(v, l)) === wanted }
  }
  const fixed = right.constant
  if (fixed !== undefined) {
    return { ...piece, run: op === '==' ? (v, l) => a(v, l) === fixed : (v, l) => a(v, l) !== fixed }
  }
  return { ...piece, run: op === '==' ? (v, l) => a(v, l) === b(v, l) : (v, l) => a(v, l) !== b(v, l) }
}

function membership(left: Piece, right: Piece): Piece | undefined {
  if (!isList(right.type) || isList(left.type) || !scalars(left.type)) return undefined
  if (!sameType(left.type, right.type.list)) return undefined
  const { most } = right.type
  const cost = left.cost + right.cost + most
  const [a, b] = [left.run, right.run]
  const run: Run = (v, l) => {
    const wanted = a(v, l)
    return bounded(b(v, l), most).includes(wanted)
  }
  return { type: 'bool', total: left.total && right.constant !== undefined, cost, run }
}

/** A list that keeps to its bound; else an error. */
export function bounded(list: CelValue, most: number): readonly CelValue[] {
  const members = list as readonly CelValue[]
  if (members.length > most) throw new CelError('A list is longer than can be judged.')
  return members
}

function ordered(type: CelType): boolean {
  return type === 'int' || type === 'timestamp' || type === 'duration'
}

// Records are compared by their fields, one by one, so that nobody compares what was added later unawares.
function scalars(type: CelType): boolean {
  return isList(type) ? scalars(type.list) : typeof type === 'string'
}

function sizeOf(type: CelType): number {
  return isList(type) ? type.most * sizeOf(type.list) : 1
}

const comparisons: Readonly<Record<string, (a: Run, b: Run) => Run>> = {
  '<': (a, b) => (v, l) => a(v, l) < b(v, l),
  '<=': (a, b) => (v, l) => a(v, l) <= b(v, l),
  '>': (a, b) => (v, l) => a(v, l) > b(v, l),
  '>=': (a, b) => (v, l) => a(v, l) >= b(v, l)
}

const plus = (a: number, b: number): number => a + b
const minus = (a: number, b: number): number => a - b

function divisor(b: number): number {
  if (b === 0) throw new CelError('A number was divided by zero.')
  return b
}

const arithmetic: Readonly<Record<string, [CelType, (a: never, b: never) => CelValue]>> = {
  'int + int': ['int', (a: number, b: number) => intIn(plus(a, b))],
  'int - int': ['int', (a: number, b: number) => intIn(minus(a, b))],
  'int * int': ['int', (a: number, b: number) => intIn(a * b)],
  // Exact: the remainder is taken off before, so that nothing is rounded. The sign is that of the dividend, as in CEL.
  'int / int': ['int', (a: number, b: number) => (a - (a % divisor(b))) / b],
  'int % int': ['int', (a: number, b: number) => a % divisor(b)],
  'string + string': ['string', (a: string, b: string) => a + b],
  'timestamp + duration': ['timestamp', (a: number, b: number) => timestampIn(plus(a, b))],
  'duration + timestamp': ['timestamp', (a: number, b: number) => timestampIn(plus(a, b))],
  'timestamp - duration': ['timestamp', (a: number, b: number) => timestampIn(minus(a, b))],
  'timestamp - timestamp': ['duration', (a: number, b: number) => durationIn(minus(a, b))],
  'duration + duration': ['duration', (a: number, b: number) => durationIn(plus(a, b))],
  'duration - duration': ['duration', (a: number, b: number) => durationIn(minus(a, b))]
}
