// From the text of a condition to a checked, bounded function, or to what is wrong with it (perf.md A; DESIGN §5).
import { Environment as Grammar, ParseError } from '@marcbachmann/cel-js'
import type { ASTNode } from '@marcbachmann/cel-js'
import { suggest } from '../../model/suggest.ts'
import { own } from '../own.ts'
import { callFunction, callMethod } from './functions.ts'
import type { Call } from './functions.ts'
import { loop, loops } from './loops.ts'
import { binary, bounded, conditional, unary, widest } from './operators.ts'
import { CelRefusal, problemOf } from './problem.ts'
import type { CelProblem, Stretch } from './problem.ts'
import { CelError, isList, isRecord, nameOf, sameType } from './types.ts'
import type { CelRecord, CelType, CelValue, Environment, ListType, Piece, RecordType, Run } from './types.ts'

/** A condition that can be evaluated: typed, bounded, and of nothing but what its environment declares. */
export interface Compiled {
  source: string
  run: Run
  /** Steps at most. */
  cost: number
  /** The variables and fields that it reads, as `now` and `request.start`. */
  reads: ReadonlySet<string>
}

/** Whether a condition holds; where it cannot be told, the sentence that says why, and then it does not (S6). */
export type Outcome = { holds: boolean; because?: undefined } | { holds: false; because: string }

// 100,000 steps are about a millisecond.
const mostSteps = 100_000
const mostKept = 5_000
const grammar = new Grammar({
  limits: { maxAstNodes: 500, maxDepth: 40, maxListElements: 100, maxCallArguments: 3 },
  // Read only to be refused by its name, and not as a stray question mark.
  enableOptionalTypes: true
})
const kept = new WeakMap<Environment, Map<string, Compiled | CelProblem[]>>()

/**
 * Compiles a condition. Everything that could go wrong at a decision is a problem here: unknown names, wrong types,
 * functions that are not on the list, patterns, times, unbounded loops. Kept by source: a text is compiled once.
 */
export function compile(source: string, environment: Environment): Compiled | CelProblem[] {
  let known = kept.get(environment)
  if (known === undefined) kept.set(environment, (known = new Map()))
  let found = known.get(source)
  if (found === undefined) {
    if (known.size >= mostKept) known.clear()
    found = compileAnew(source, environment)
    known.set(source, found)
  }
  return found
}

/** Evaluates a condition over variables of the environment that it was compiled for. */
export function evaluate({ run }: Compiled, variables: CelRecord): Outcome {
  try {
    return run(variables, []) === true ? yes : no
  } catch (error) {
    if (error instanceof CelError) return { holds: false, because: error.message }
    throw error
  }
}

const yes: Outcome = { holds: true }
const no: Outcome = { holds: false }

function compileAnew(source: string, environment: Environment): Compiled | CelProblem[] {
  try {
    const { piece, reads } = compileValue(source, environment)
    const whole = { start: 0, end: source.length }
    if (piece.type !== 'bool') {
      throw new CelRefusal('cel.type', whole, `A condition must be true or false, not ${nameOf(piece.type)}.`)
    }
    if (piece.cost > mostSteps) {
      throw new CelRefusal('cel.cost', whole, `This could take ${piece.cost} steps, and may take ${mostSteps}.`)
    }
    return { source, run: piece.run, cost: piece.cost, reads }
  } catch (error) {
    if (error instanceof CelRefusal) return [problemOf(source, error)]
    throw error
  }
}

/** The same for an expression of any type, its cost not yet bounded. Throws `CelRefusal`. */
export function compileValue(source: string, environment: Environment): { piece: Piece; reads: Set<string> } {
  const reads = new Set<string>()
  return { piece: walk(parse(source), { environment, locals: [], reads }), reads }
}

function parse(source: string): ASTNode {
  try {
    return grammar.parse(source).ast
  } catch (error) {
    // It does not count how deep signs are nested, so 100,000 times "!" is too much for its stack: no CEL either.
    if (!(error instanceof ParseError)) {
      throw new CelRefusal('cel.syntax', { start: 0, end: source.length }, 'This cannot be read as CEL.')
    }
    throw new CelRefusal('cel.syntax', error.range as Stretch, `This is not CEL: ${error.summary}.`)
  }
}

interface Scope {
  environment: Environment
  /** The variables of the loops around, the outermost first. */
  locals: readonly { name: string; type: CelType }[]
  reads: Set<string>
}

function walk(node: ASTNode, scope: Scope): Piece {
  switch (node.op) {
    case 'value':
      return constant(node)
    case 'id':
      return variable(node, node.args, scope)
    case '.':
      return field(node, scope)
    case '[]':
      return element(node, scope)
    case 'list':
      return listOf(
        node,
        node.args.map(member => walk(member, scope))
      )
    case '!_':
    case '-_':
      return fitting(node, unary(node.op, walk(node.args, scope)))
    case '?:': {
      const [test, then, other] = node.args.map(part => walk(part, scope)) as [Piece, Piece, Piece]
      return fitting(node, conditional(test, then, other))
    }
    case 'call':
      return node.args[0] === 'has' ? has(node, scope) : callFunction(callOf(node, node.args[0], node.args[1], scope))
    case 'rcall':
      return method(node, scope)
    case '.?':
    case '[?]':
    case 'map':
      throw new CelRefusal('cel.refused', node.range, 'Maps and optional access are not taken here.')
    default: {
      const [left, right] = node.args.map(part => walk(part, scope)) as [Piece, Piece]
      const types = `${nameOf(left.type)} ${node.op} ${nameOf(right.type)}`
      return fitting(node, binary(node.op, left, right), types)
    }
  }
}

function fitting(node: ASTNode, piece: Piece | undefined, types?: string): Piece {
  if (piece !== undefined) return piece
  const message = types === undefined ? 'The types here do not go together.' : `There is no "${types}".`
  throw new CelRefusal('cel.type', node.range, message)
}

function constant(node: ASTNode & { op: 'value' }): Piece {
  const value = node.args
  const is = (type: CelType, known: CelValue): Piece => {
    return { type, total: true, cost: 1, constant: known, run: () => known }
  }
  if (typeof value === 'boolean') return is('bool', value)
  if (typeof value === 'string' && value.isWellFormed()) return is('string', value)
  if (typeof value === 'bigint' && value <= Number.MAX_SAFE_INTEGER) return is('int', Number(value))
  const message = 'Only whole numbers up to 2^53, texts, true and false are taken here.'
  throw new CelRefusal('cel.refused', node.range, message)
}

function variable(node: ASTNode, name: string, { environment, locals, reads }: Scope): Piece {
  const depth = locals.findLastIndex(local => local.name === name)
  const local = locals[depth]
  if (local !== undefined) return { type: local.type, total: true, cost: 1, run: (_, l) => l[depth] as CelValue }
  const type = own(environment.fields, name)
  if (type === undefined) {
    const known = [...Object.keys(environment.fields), ...locals.map(one => one.name)]
    throw new CelRefusal('cel.unknown', node.range, `"${name}" is not known here.`, suggest(name, known))
  }
  reads.add(name)
  return { type, total: true, cost: 1, run: v => v[name] as CelValue }
}

function field(node: ASTNode & { op: '.' }, scope: Scope): Piece {
  const [of, name] = node.args
  const target = walk(of, scope)
  const type = checkedField(node, target.type, name)
  if (of.op === 'id') scope.reads.add(`${of.args}.${name}`)
  const { run, total, cost } = target
  if ((target.type as RecordType).optional?.includes(name) !== true) {
    return { type, total, cost: cost + 1, run: (v, l) => (run(v, l) as CelRecord)[name] as CelValue }
  }
  const present: Run = (v, l) => {
    const value = (run(v, l) as CelRecord)[name]
    if (value === undefined) throw new CelError(`"${name}" is not given.`)
    return value
  }
  return { type, total: false, cost: cost + 1, run: present }
}

// Presence is asked only of what can be absent: `has(request.ticket)` would always hold, and mean nothing.
function has(node: ASTNode & { op: 'call' }, scope: Scope): Piece {
  const [of] = node.args[1]
  if (of?.op !== '.' || node.args[1].length !== 1) {
    throw new CelRefusal('cel.type', node.range, '"has" takes one field, as has(subject.until).')
  }
  const [owner, name] = of.args
  const target = walk(owner, scope)
  checkedField(of, target.type, name)
  if ((target.type as RecordType).optional?.includes(name) !== true) {
    const message = `"${name}" is always there; compare it, with '' for a text that is not given.`
    throw new CelRefusal('cel.type', of.range, message)
  }
  const { run, total, cost } = target
  return { type: 'bool', total, cost: cost + 1, run: (v, l) => (run(v, l) as CelRecord)[name] !== undefined }
}

function checkedField(node: ASTNode, type: CelType, name: string): CelType {
  const found = isRecord(type) ? own(type.fields, name) : undefined
  if (found !== undefined) return found
  const known = isRecord(type) ? Object.keys(type.fields) : []
  const start = node.range.end - name.length
  const at = { start, end: node.range.end }
  throw new CelRefusal('cel.unknown', at, `${nameOf(type)} has no field "${name}".`, suggest(name, known))
}

function element(node: ASTNode & { op: '[]' }, scope: Scope): Piece {
  const [list, index] = node.args.map(part => walk(part, scope)) as [Piece, Piece]
  if (!isList(list.type) || index.type !== 'int') return fitting(node, undefined)
  const { list: type, most } = list.type
  const run: Run = (v, l) => {
    const found = bounded(list.run(v, l), most)[index.run(v, l) as number]
    if (found === undefined) throw new CelError('A list has no member at that place.')
    return found
  }
  return { type, total: false, cost: list.cost + index.cost + 1, run }
}

function listOf(node: ASTNode, members: Piece[]): Piece {
  const [first, ...others] = members
  if (first === undefined || others.some(other => !sameType(first.type, other.type))) {
    throw new CelRefusal('cel.type', node.range, 'A list has members, all of one type.')
  }
  const type: ListType = { list: members.map(member => member.type).reduce(widest), most: members.length }
  const cost = members.reduce((sum, member) => sum + member.cost, 1)
  const total = members.every(member => member.total)
  if (members.every(member => member.constant !== undefined)) {
    const known = members.map(member => member.constant as CelValue)
    return { type, total, cost: 1, constant: known, run: () => known }
  }
  return { type, total, cost, run: (v, l) => members.map(member => member.run(v, l)) }
}

function callOf(node: ASTNode, name: string, args: ASTNode[], scope: Scope): Call {
  const pieces = args.map(argument => walk(argument, scope))
  return { name, at: node.range, args: pieces, argsAt: args.map(argument => argument.range) }
}

function method(node: ASTNode & { op: 'rcall' }, scope: Scope): Piece {
  const [name, of, args] = node.args
  if (!loops.has(name)) {
    // An unknown receiver, as `cel` in cel.bind, is told before what it is asked for.
    const target = walk(of, scope)
    return callMethod(target, callOf(node, name, args, scope))
  }
  const list = walk(of, scope)
  const [variableOf, body, ...more] = args
  if (!isList(list.type) || variableOf?.op !== 'id' || body === undefined || more.length > 0) {
    throw new CelRefusal('cel.type', node.range, `"${name}" goes over a list, as list.${name}(x, …).`)
  }
  const depth = scope.locals.length
  const locals = [...scope.locals, { name: variableOf.args, type: list.type.list }]
  const inner = walk(body, { ...scope, locals })
  if (name !== 'map' && inner.type !== 'bool') {
    throw new CelRefusal('cel.type', body.range, `"${name}" asks something true or false of each member.`)
  }
  return loop(name, { ...list, type: list.type }, inner, depth)
}
