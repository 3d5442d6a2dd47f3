// Random conditions, ours beside another implementation and beside the library's own type checker.
import { run as runOther, isCelError } from '@bufbuild/cel'
import { Environment as Library } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile, evaluate } from '../../../src/decide/cel/compile.ts'
import type { Environment } from '../../../src/decide/cel/types.ts'

const environment: Environment = {
  name: 'variables',
  fields: {
    n: 'int',
    m: 'int',
    s: 'string',
    b: 'bool',
    names: { list: 'string', most: 5 },
    sizes: { list: 'int', most: 5 }
  }
}

// Expressions by type, each over smaller ones; they may fail, and then both sides must fail.
const { bool } = fc.letrec<{ bool: string; int: string; text: string }>(tie => {
  const two = (of: 'bool' | 'int' | 'text', ...ops: string[]) =>
    fc.tuple(tie(of), fc.constantFrom(...ops), tie(of)).map(([a, op, b]) => `(${String(a)} ${op} ${String(b)})`)
  const macro = (list: string, of: 'bool', ...names: string[]) =>
    fc.tuple(fc.constantFrom(...names), tie(of)).map(([name, body]) => `${list}.${name}(x, ${String(body)} && x == x)`)
  return {
    bool: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('true', 'false', 'b', 'n == m', 's.startsWith("a")'),
      two('bool', '&&', '||', '==', '!='),
      two('int', '<', '<=', '>', '>=', '==', '!='),
      two('text', '==', '!='),
      tie('bool').map(inner => `!${String(inner)}`),
      fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(parts => `(${parts[0]} ? ${parts[1]} : ${parts[2]})`),
      tie('text').map(inner => `(${String(inner)} in names)`),
      tie('int').map(inner => `(${String(inner)} in sizes)`),
      macro('names', 'bool', 'all', 'exists', 'exists_one'),
      macro('sizes', 'bool', 'all', 'exists', 'exists_one'),
      tie('text').map(inner => `${String(inner)}.matches("^a+b?$")`)
    ),
    int: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('0', '1', '7', 'n', 'm', 'size(names)', 'sizes[0]', 'sizes[n]'),
      two('int', '+', '-', '*', '/', '%'),
      tie('int').map(inner => `-(${String(inner)})`),
      tie('text').map(inner => `size(${String(inner)})`),
      tie('bool').map(inner => `sizes.filter(x, ${String(inner)}).size()`)
    ),
    text: fc.oneof({ depthSize: 'small' }, fc.constantFrom('"a"', '""', '"ab😀"', 's', 'names[0]'), two('text', '+'))
  }
})

const values = fc.record({
  n: fc.integer({ min: -3, max: 3 }),
  m: fc.integer({ min: -3, max: 3 }),
  s: fc.constantFrom('', 'a', 'aab', 'ü'),
  b: fc.boolean(),
  names: fc.array(fc.constantFrom('a', 'ab', ''), { maxLength: 4 }),
  sizes: fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 4 })
})

test('every random condition holds exactly where the other implementation says so, and fails where it fails', () => {
  let [held, failed] = [0, 0]
  fc.assert(
    fc.property(bool, values, (source, given) => {
      const compiled = compile(source, environment)
      // What is too deep or too long is refused, and that is tested by itself.
      if (Array.isArray(compiled)) return
      const said = evaluate(compiled, given)
      const bindings = { ...given, n: BigInt(given.n), m: BigInt(given.m), sizes: given.sizes.map(BigInt) }
      const other = runOther(source, bindings)
      held += Number(said.holds)
      failed += Number(said.because !== undefined)
      const ours = said.because === undefined ? said.holds : 'fails'
      expect([source, ours]).toEqual([source, isCelError(other) ? 'fails' : other])
    }),
    { numRuns: 1_500 }
  )
  expect(Math.min(held, failed)).toBeGreaterThan(20)
})

test('whatever we accept, the type checker of the library accepts too', () => {
  const library = new Library()
    .registerVariable('n', 'int')
    .registerVariable('m', 'int')
    .registerVariable('s', 'string')
    .registerVariable('b', 'bool')
    .registerVariable('names', 'list<string>')
    .registerVariable('sizes', 'list<int>')
  fc.assert(
    fc.property(bool, source => {
      const compiled = compile(source, environment)
      if (Array.isArray(compiled)) return
      expect([source, library.check(source)]).toEqual([source, { valid: true, type: 'bool' }])
    }),
    { numRuns: 300 }
  )
})
