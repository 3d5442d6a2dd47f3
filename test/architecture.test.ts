// DESIGN §9 executed: who may import whom, where the world comes in, the form of every file. Then the checker itself.
import { readFileSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findCircle } from './architecture/circle.ts'
import { violationsOf, type Violation } from './architecture/house.ts'
import { readSource } from './architecture/source.ts'

const root = join(import.meta.dirname, '..')

describe('the house', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry =>
      posix.join(
        ...join(entry.parentPath, entry.name)
          .slice(root.length + 1)
          .split(/[\\/]/)
      )
    )
  const found = violationsOf(files.map(path => readSource(path, readFileSync(join(root, path), 'utf8'))))
  const of = (...codes: Violation['code'][]): string[] =>
    found.filter(({ code }) => codes.includes(code)).map(({ path, line, because }) => `${path}:${line} ${because}`)

  test('has files, each in a room of its own', () => {
    expect(files.length).toBeGreaterThan(20)
    expect(of('room')).toEqual([])
  })
  test('has no arrow against the table', () => expect(of('arrow', 'extension')).toEqual([]))
  test('has no circle, type imports included', () => expect(of('circle')).toEqual([]))
  test('hides each hidden package in its room', () => expect(of('package')).toEqual([]))
  test('lets clock, randomness, network, processes and files in by ports', () => expect(of('impure')).toEqual([]))
  test('lists every provider and every rule once', () => expect(of('unlisted')).toEqual([]))
  test('keeps files short, and opens each with its one line', () => expect(of('length', 'opening')).toEqual([]))
  test('documents every export, and names it', () => expect(of('docstring', 'default')).toEqual([]))
})

describe('the checker', () => {
  const doc = '/** What it is for. */\n'
  const file = (path: string, ...lines: string[]) => readSource(path, ['// A planted file.', ...lines, ''].join('\n'))
  const codes = (...sources: ReturnType<typeof file>[]) =>
    violationsOf(sources).map(({ code, path, line }) => `${code} ${path}:${line}`)

  test('accepts a file that is as drawn', () => {
    const lines = [`import type { A } from '../model/a.ts'`, `${doc}export const b: A = 1`]
    expect(codes(file('src/decide/decide.ts', ...lines))).toEqual([])
  })

  test.each([
    ['a value import', `import { a } from '../act/a.ts'`],
    ['a type import', `import type { A } from '../act/a.ts'`],
    ['a re-export', `export { a } from '../act/a.ts'`],
    ['a re-export of everything', `export * from '../act/a.ts'`],
    ['a dynamic import', `await import('../act/a.ts')`],
    ['an import in a type', `let a: import('../act/a.ts').A`],
    ['an import that hides among comments', `import /* from './b.ts' */ { a }\n  from\n  '../act/a.ts'`]
  ])('sees an upward arrow in %s', (_, line) => {
    expect(codes(file('src/decide/x.ts', line))).toEqual(['arrow src/decide/x.ts:2'])
  })

  test('does not take text for code', () => {
    const text = 'const a = "import x from \'../act/a.ts\'"; const b = `setTimeout(${1}, Date.now())`'
    expect(codes(file('src/decide/x.ts', text, '// fetch(process.env)', '/* new Date() */'))).toEqual([])
  })

  test.each([
    ['reading to acting', 'src/read/x.ts', '../act/check.ts'],
    ['reconcile to the queue', 'src/reconcile/x.ts', '../queue/queue.ts'],
    ['the sandbox to a walk', 'src/sandbox/demo.ts', '../reconcile/pull.ts'],
    ['anything to the sandbox', 'src/app.ts', './sandbox/demo.ts'],
    ['anything to a command', 'src/app.ts', './commands/check.ts'],
    ['configuration to anything', 'src/config/x.ts', '../model/fault.ts'],
    ['data that is not for this room', 'src/decide/x.ts', '../../policies/schemas/request.schema.json'],
    ['tests', 'src/model/x.ts', '../../test/facts.ts']
  ])('refuses %s', (_, path, specifier) => {
    expect(codes(file(path, `import '${specifier}'`))).toEqual([`arrow ${path}:2`])
  })

  test('lets commands import everything and model read the schemas', () => {
    expect(codes(file('src/commands/x.ts', `import '../sandbox/demo.ts'`, `import '../ledger/fold.ts'`))).toEqual([])
    const schema = `import s from '../../policies/schemas/x.json' with { type: 'json' }`
    expect(codes(file('src/model/x.ts', schema))).toEqual([])
  })

  test('refuses a room that nobody drew, an import without extension and a computed one', () => {
    expect(codes(file('src/utils/x.ts'))).toEqual(['room src/utils/x.ts:1'])
    expect(codes(file('src/read/x.ts', `import '../model/a'`))).toEqual(['extension src/read/x.ts:2'])
    expect(codes(file('src/read/x.ts', `await import(name)`))).toEqual(['package src/read/x.ts:2'])
  })

  test('sees a circle, even one of types', () => {
    const a = file('src/model/a.ts', `import type { B } from './b.ts'`)
    const b = file('src/model/b.ts', `import { c } from './c.ts'`)
    const c = file('src/model/c.ts', `let a: import('./a.ts').A`)
    expect(codes(a, b, c)).toEqual(['circle src/model/a.ts:1'])
    expect(codes(a, b)).toEqual([])
  })

  test('finds circles of any length and none where paths only meet', () => {
    expect(
      findCircle(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['d']],
          ['c', ['d']],
          ['d', []]
        ])
      )
    ).toBeUndefined()
    expect(
      findCircle(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']]
        ])
      )
    ).toEqual(['b', 'c', 'b'])
    expect(findCircle(new Map([['a', ['a']]]))).toEqual(['a', 'a'])
  })

  test.each([
    'Date.now()',
    'new Date()',
    'Date()',
    'const D = Date',
    'const { now } = Date',
    `Date['now']()`,
    'new Date(2026, 1, 1)',
    'new Date(...given)',
    'Math.random()',
    'const { random } = Math',
    `Math['random']()`,
    'setTimeout(a, 1)',
    'setInterval(a, 1)',
    'fetch(a)',
    'globalThis.fetch(a)',
    'process.env.TZ',
    'performance.now()',
    'crypto.randomUUID()',
    'a.getHours()',
    'a.toLocaleString()',
    'Temporal.Now.instant()',
    'import.meta.dirname',
    `eval('1')`,
    `Function('return 1')`,
    'const fetch = 1',
    'const a = { fetch }',
    `import { readFileSync } from 'node:fs'`,
    `import { setTimeout as wait } from 'node:timers/promises'`,
    `import { randomUUID } from 'node:crypto'`,
    `import crypto from 'node:crypto'`,
    `import { request } from 'undici'`,
    `import pino from 'pino'`
  ])('keeps %s out of the pure core', line => {
    const found = codes(file('src/decide/x.ts', line), file('src/model/x.ts', line))
    expect(found).toContain('impure src/decide/x.ts:2')
    expect(found).toContain('impure src/model/x.ts:2')
  })

  test.each([
    'new Date(at)',
    'Date.UTC(2026, 1, 1)',
    'at instanceof Date',
    'let at: Date',
    'Math.max(1, 2)',
    'a.fetch',
    'let a: { fetch: number }',
    'at.getUTCHours()',
    'a.now()',
    'let p: NodeJS.Process'
  ])('lets %s into the pure core', line => {
    expect(codes(file('src/model/x.ts', line))).toEqual([])
  })

  test('keeps the doors to the ports outside of the core too', () => {
    const spawn = `import { spawn } from 'node:child_process'`
    const door = ['const at = Date.now()', 'setTimeout(a, 1)', 'process.env.HOME', spawn]
    expect(codes(file('src/act/x.ts', ...door))).toEqual([2, 3, 4, 5].map(line => `impure src/act/x.ts:${line}`))
    expect(codes(file('src/commands/x.ts', ...door))).toEqual([])
    expect(codes(file('src/clock.ts', ...door.slice(0, 2)))).toEqual([])
  })

  test('lets a type of a door be named, outside of the core', () => {
    const type = `import type { IncomingHttpHeaders } from 'node:http'`
    expect(codes(file('src/receive.ts', type, `import { request } from 'node:http'`))).toEqual([
      'impure src/receive.ts:3'
    ])
    expect(codes(file('src/decide/x.ts', type))).toContain('impure src/decide/x.ts:2')
  })

  test('lets a parameter be called as a port is, outside of the core', () => {
    expect(codes(file('src/act/x.ts', 'const a = ({ fetch }: { fetch: () => void }) => fetch()'))).toEqual([])
  })

  test('hides the queue library in the queue', () => {
    expect(codes(file('src/act/x.ts', `import { PgBoss } from 'pg-boss'`))).toEqual(['package src/act/x.ts:2'])
    expect(codes(file('src/queue.ts', `import { PgBoss } from 'pg-boss'`))).toEqual([])
  })

  test('sees a provider and a rule that no list names', () => {
    const index = file('src/providers/index.ts', `const a = () => import('./memory.ts')`)
    const rules = file('src/decide/rules.ts', `import { a } from './rules/approved.ts'`)
    const provider = (path: string) => file(path, `import type { Held, Provider } from './provider.ts'`)
    const parts = file('src/providers/names.ts', `import type { Held } from './provider.ts'`)
    const rooms = [
      provider('src/providers/memory.ts'),
      parts,
      file('src/decide/rules/approved.ts'),
      file('src/decide/x.ts')
    ]
    const listed = [index, rules, ...rooms]
    expect(codes(...listed)).toEqual([])
    const planted = [provider('src/providers/vault.ts'), file('src/decide/rules/id-unused.ts')]
    const found = ['unlisted src/decide/rules/id-unused.ts:1', 'unlisted src/providers/vault.ts:1']
    expect(codes(...listed, ...planted)).toEqual(found)
  })

  test.each<[string, string[]]>([
    [`// x\n${'let a\n'.repeat(299)}`, []],
    [`// x\n${'let a\n'.repeat(299)}let b`, ['length']],
    [`// x\n// ${'x'.repeat(137)}`, []],
    [`// x\n// ${'x'.repeat(138)}`, ['length']],
    ['let a', ['opening']],
    ['#!/usr/bin/env node\n// x', []]
  ])('counts lines and columns and wants the opening line (%#)', (text, wanted) => {
    expect(violationsOf([readSource('src/model/x.ts', text)]).map(({ code }) => code)).toEqual(wanted)
  })

  test.each<[string[], string[]]>([
    [['export const a = 1'], ['docstring src/model/x.ts:2']],
    [['/** a */', 'const a = 1', 'const b = 2', 'export { a, b }'], ['docstring src/model/x.ts:4']],
    [['/* no */', 'export function a() {}'], ['docstring src/model/x.ts:3']],
    [['/** a */', 'export interface A { b: 1 }', 'export type C = A'], ['docstring src/model/x.ts:4']],
    [['/** a */', 'export function a(b: 1): 1', 'export function a(b: number) { return b }'], []],
    [['/** a */', 'export default 1'], ['default src/model/x.ts:3']]
  ])('wants a docstring on each export, and named exports (%#)', (lines, wanted) => {
    expect(codes(file('src/model/x.ts', ...lines))).toEqual(wanted)
  })

  test('lets the app alone be a default export', () => {
    expect(codes(file('src/app.ts', '/** a */', 'export default 1'))).toEqual([])
  })

  test('throws for a file that it cannot read', () => {
    expect(() => file('src/model/x.ts', 'let =')).toThrow()
  })
})
