// The functions of CEL that an expression may call: this list is all there is (perf.md A: no cel.bind, no dyn).
import { RE2JS } from 're2js'
import { formatDuration } from '../../model/duration.ts'
import { parseInstant } from '../../model/instant.ts'
import { suggest } from '../../model/suggest.ts'
import { own } from '../own.ts'
import { bounded } from './operators.ts'
import { CelRefusal } from './problem.ts'
import type { Stretch } from './problem.ts'
import { durationFields, parseCelDuration, timestampFields, timestampIn, wallClock } from './time.ts'
import { isList, nameOf } from './types.ts'
import type { CelType, Piece, Run } from './types.ts'

/** A call's pieces, and where each of them stands. */
export interface Call {
  name: string
  at: Stretch
  args: readonly Piece[]
  argsAt: readonly Stretch[]
}

const longestPattern = 200
const largestProgram = 1_000
const matchCost = 1_000
const methods = [
  'startsWith',
  'endsWith',
  'contains',
  'matches',
  'size',
  ...Object.keys(timestampFields),
  'all',
  'exists',
  'exists_one',
  'filter',
  'map'
]
const globals = ['timestamp', 'duration', 'size', 'has']

/** The piece of `name(args)`. */
export function callFunction(call: Call): Piece {
  switch (call.name) {
    case 'timestamp':
      return literal(call, 'timestamp', text => parseInstant(text)?.getTime(), "timestamp('2026-11-22T15:00:00Z')")
    case 'duration':
      return literal(call, 'duration', parseCelDuration, "duration('1h30m')")
    case 'size':
      return size(call, only(call, 1)[0] as Piece)
    default:
      throw unknown(call, globals)
  }
}

/** The piece of `target.name(args)`. */
export function callMethod(target: Piece, call: Call): Piece {
  const { name } = call
  if (name === 'size') {
    only(call, 0)
    return size(call, target)
  }
  const { type } = target
  if (type === 'string' && name === 'matches') return matches(target, call)
  const text = type === 'string' ? own(texts, name) : undefined
  if (text !== undefined) return text(target, textOf(call))
  if (type === 'timestamp' && Object.hasOwn(timestampFields, name)) return timestampField(target, call)
  const field = type === 'duration' ? own(durationFields, name) : undefined
  if (field === undefined) throw unknown(call, methods, target.type)
  only(call, 0)
  return { type: 'int', total: target.total, cost: target.cost + 1, run: (v, l) => field(target.run(v, l) as number) }
}

function size(call: Call, of: Piece): Piece {
  const { run, total } = of
  if (of.type === 'string') {
    // In code points, as CEL counts.
    return { type: 'int', total, cost: of.cost + 100, run: (v, l) => [...(run(v, l) as string)].length }
  }
  if (!isList(of.type)) throw unknown(call, [], of.type)
  const { most } = of.type
  return { type: 'int', total: false, cost: of.cost + 1, run: (v, l) => bounded(run(v, l), most).length }
}

const texts: Readonly<Record<string, (target: Piece, argument: Piece) => Piece>> = {
  startsWith: text((a, b) => a.startsWith(b)),
  endsWith: text((a, b) => a.endsWith(b)),
  contains: text((a, b) => a.includes(b))
}

function text(holds: (a: string, b: string) => boolean): (target: Piece, argument: Piece) => Piece {
  return (target, argument) => {
    const run: Run = (v, l) => holds(target.run(v, l) as string, argument.run(v, l) as string)
    return { type: 'bool', total: target.total && argument.total, cost: target.cost + argument.cost + 10, run }
  }
}

// RE2 is linear in its input; a literal pattern is compiled here, once, so that a bad one is a problem at load.
function matches(target: Piece, call: Call): Piece {
  const argument = textOf(call)
  const at = call.argsAt[0] as Stretch
  if (typeof argument.constant !== 'string') throw refused(at, 'The pattern of "matches" must be written out.')
  if (argument.constant.length > longestPattern) {
    throw refused(at, `The pattern is longer than ${longestPattern} characters.`)
  }
  const pattern = compiled(argument.constant, at)
  if (pattern.programSize() > largestProgram) throw refused(at, 'The pattern repeats too much to be judged quickly.')
  const run: Run = (v, l) => pattern.test(target.run(v, l) as string)
  return { type: 'bool', total: target.total, cost: target.cost + matchCost, run }
}

function compiled(pattern: string, at: Stretch): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw refused(at, `The pattern cannot be read: ${(error as Error).message}.`)
  }
}

function timestampField(target: Piece, call: Call): Piece {
  const read = timestampFields[call.name] as (local: Date) => number
  const { run: at } = target
  const cost = target.cost + 5
  if (call.args.length === 0) {
    return { type: 'int', total: false, cost, run: (v, l) => read(new Date(timestampIn(at(v, l) as number))) }
  }
  const zone = textOf(call)
  if (typeof zone.constant === 'string') checkZone(zone.constant, call.argsAt[0] as Stretch)
  const run: Run = (v, l) => read(wallClock(at(v, l) as number, zone.run(v, l) as string))
  return { type: 'int', total: false, cost: cost + zone.cost, run }
}

function checkZone(zone: string, at: Stretch): void {
  try {
    wallClock(0, zone)
  } catch {
    throw new CelRefusal('cel.value', at, 'The time zone is not known: write it as "Europe/Berlin" or "+02:00".')
  }
}

// Times are written out, so that one that cannot be read is a problem at load and never at a decision.
function literal(call: Call, type: CelType, read: (text: string) => number | undefined, example: string): Piece {
  const argument = textOf(call)
  const at = call.argsAt[0] as Stretch
  if (typeof argument.constant !== 'string') throw refused(at, `What "${call.name}" reads must be written out.`)
  const value = read(argument.constant)
  if (value === undefined) {
    const days = /^(\d{1,6})d$/.exec(argument.constant)
    const near = type === 'duration' && days !== null ? formatHours(Number(days[1])) : undefined
    throw new CelRefusal('cel.value', at, `This is no ${type} that CEL can read: write it as ${example}.`, near)
  }
  return { type, total: true, cost: 1, constant: value, run: () => value }
}

// CEL knows no days: the mistake that everybody makes once.
function formatHours(days: number): string {
  return formatDuration(days * 86_400).replace(/^(\d+)d$/, (_, count: string) => `${Number(count) * 24}h`)
}

function only(call: Call, count: 0 | 1): readonly Piece[] {
  if (call.args.length === count) return call.args
  const what = count === 0 ? 'nothing' : 'one value'
  throw new CelRefusal('cel.type', call.at, `"${call.name}" takes ${what} in its brackets.`)
}

function textOf(call: Call): Piece {
  const [argument] = only(call, 1) as [Piece]
  if (argument.type === 'string') return argument
  const message = `"${call.name}" takes a string here, not ${nameOf(argument.type)}.`
  throw new CelRefusal('cel.type', call.argsAt[0] as Stretch, message)
}

function refused(at: Stretch, message: string): CelRefusal {
  return new CelRefusal('cel.refused', at, message)
}

function unknown({ name, at }: Call, known: readonly string[], on?: CelType): CelRefusal {
  if (on !== undefined && (known.includes(name) || known.length === 0)) {
    return new CelRefusal('cel.type', at, `"${name}" does not go with ${nameOf(on)}.`)
  }
  return new CelRefusal('cel.unknown', at, `"${name}" is no function that expressions have here.`, suggest(name, known))
}
