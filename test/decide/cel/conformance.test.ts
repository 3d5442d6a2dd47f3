// CEL's own conformance data (cel-spec) and a second implementation: what we accept must be right, all else refused.
import { run as runOther, isCelError } from '@bufbuild/cel'
import { tests } from '@bufbuild/cel-spec/testdata/conformance.js'
import { expect, test } from 'vitest'
import { compileValue } from '../../../src/decide/cel/compile.ts'
import { CelRefusal } from '../../../src/decide/cel/problem.ts'
import { parseCelDuration } from '../../../src/decide/cel/time.ts'
import { CelError, isList } from '../../../src/decide/cel/types.ts'
import type { CelType, CelValue, Environment } from '../../../src/decide/cel/types.ts'

interface Case {
  name?: string
  expr: string
  container?: string
  bindings?: Record<string, { value: Json }>
  value?: Json
  typedResult?: { result?: Json }
  evalError?: unknown
  checkOnly?: boolean
}

type Json = Record<string, unknown>

interface Suite {
  suites?: Suite[]
  tests?: { original: unknown }[]
}

function casesOf(suite: Suite): Case[] {
  return [...(suite.suites ?? []).flatMap(casesOf), ...(suite.tests ?? []).map(({ original }) => original as Case)]
}

type Typed = { type: CelType; value: CelValue }

/** A value of the data in our types; undefined where we have no such type. */
function ours(value: Json): Typed | undefined {
  const [[kind, raw] = ['', undefined]] = Object.entries(value)
  if (kind === 'boolValue') return { type: 'bool', value: raw as boolean }
  if (kind === 'stringValue') return { type: 'string', value: raw as string }
  if (kind === 'int64Value' && Number.isSafeInteger(Number(raw))) return { type: 'int', value: Number(raw) }
  if (kind === 'listValue') {
    const members = ((raw as { values?: Json[] }).values ?? []).map(ours)
    const [first] = members
    if (members.length === 0) return { type: { list: 'int', most: 0 }, value: [] }
    if (first === undefined || members.includes(undefined)) return undefined
    const list = members.map(member => (member as Typed).value)
    return { type: { list: first.type, most: list.length }, value: list }
  }
  if (kind === 'objectValue') {
    const { '@type': type, value: text } = raw as { '@type': string; value: string }
    if (type.endsWith('.Timestamp')) return { type: 'timestamp', value: Date.parse(text) }
    // Ours are whole milliseconds.
    const ms = type.endsWith('.Duration') ? parseCelDuration(text) : undefined
    if (ms !== undefined) return { type: 'duration', value: ms }
  }
  return undefined
}

type Verdict = 'right' | 'wrong' | 'refused at load' | 'refused at run' | 'not of our types'

function judge(one: Case): Verdict {
  // Containers give names by a namespace; we have none.
  if ((one.container ?? '') !== '') return 'not of our types'
  const bindings = Object.entries(one.bindings ?? {}).map(([name, { value }]) => [name, ours(value)] as const)
  if (bindings.some(([, value]) => value === undefined)) return 'not of our types'
  const fields = Object.fromEntries(bindings.map(([name, value]) => [name, (value as Typed).type]))
  const variables = Object.fromEntries(bindings.map(([name, value]) => [name, (value as Typed).value]))
  const environment: Environment = { name: 'variables', fields }
  let piece
  try {
    piece = compileValue(one.expr, environment).piece
  } catch (error) {
    if (error instanceof CelRefusal) return 'refused at load'
    throw error
  }
  const wanted = one.value ?? one.typedResult?.result
  try {
    const value = piece.run(variables, [])
    if (one.evalError !== undefined) return 'wrong'
    const expected = wanted === undefined ? { type: 'bool', value: true } : ours(wanted)
    if (expected === undefined) return 'wrong'
    const kind = isList(piece.type) ? 'list' : piece.type
    if (!isList(piece.type) && kind !== expected.type) return 'wrong'
    return JSON.stringify(value) === JSON.stringify(expected.value) ? 'right' : 'wrong'
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    if (piece.total) return 'wrong'
    return one.evalError === undefined ? 'refused at run' : 'right'
  }
}

const all = casesOf(tests)

test('nothing that is accepted is wrong', () => {
  const counts: Partial<Record<Verdict, number>> = {}
  const wrong: string[] = []
  for (const one of all) {
    const verdict = judge(one)
    counts[verdict] = (counts[verdict] ?? 0) + 1
    if (verdict === 'wrong') wrong.push(one.expr)
  }
  process.stdout.write(`cel-spec: ${all.length} cases: ${JSON.stringify(counts)}\n`)
  expect(wrong).toEqual([])
  expect(counts.right).toBeGreaterThan(250)
  // What the other side answers and we do not is a refusal at load, where people see it, and hardly ever later.
  expect(counts['refused at run'] ?? 0).toBeLessThan(10)
})

test('an other implementation agrees on every case that is accepted and needs no variables', () => {
  let compared = 0
  for (const one of all) {
    if (one.bindings !== undefined) continue
    let value: CelValue | undefined
    try {
      const { piece } = compileValue(one.expr, { name: 'variables', fields: {} })
      if (piece.type !== 'bool') continue
      value = piece.run({}, [])
    } catch (error) {
      if (error instanceof CelRefusal || error instanceof CelError) continue
      throw error
    }
    const other = runOther(one.expr)
    compared += 1
    expect([one.expr, value]).toEqual([one.expr, isCelError(other) ? undefined : other])
  }
  expect(compared).toBeGreaterThan(100)
})
