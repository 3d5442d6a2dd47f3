import { describe, expect, test } from 'vitest'
import type { Source } from '../../src/model/problem.ts'
import { maxDepth, maxProblems, readYaml } from '../../src/model/yaml.ts'

const cap = 16 * 1024

/** `code line:column` of each problem. */
function problemsOf(source: Source, maxBytes = cap): string[] {
  const read = readYaml('a.yml', source, maxBytes)
  return read.ok ? [] : read.problems.map(p => `${p.code} ${p.line}:${p.column}`)
}

function valueOf(text: string): unknown {
  const read = readYaml('a.yml', text, cap)
  return read.ok ? read.value : read.problems
}

describe('what is read', () => {
  test('YAML 1.2 core: yes and no, dates and clocks are texts', () => {
    expect(valueOf('---\na: no\nb: 1:30\nc: 2026-01-01\nd: true\ne: -1.5e3\nf:\ng: ~\nh: [1, {i: 2}]\n')).toEqual({
      a: 'no',
      b: '1:30',
      c: '2026-01-01',
      d: true,
      e: -1500,
      f: null,
      g: null,
      h: [1, { i: 2 }]
    })
  })

  test('comments, CRLF, tabs in texts and visible characters of any script are kept', () => {
    expect(valueOf('a: "é\\tü" # note\r\nb: 漢字😀\r\n')).toEqual({ a: 'é\tü', b: '漢字😀' })
    expect(valueOf('{a, b: 1}')).toEqual({ a: null, b: 1 })
    expect(valueOf('1: a\ntrue: b\n')).toEqual({ 1: 'a', true: 'b' })
  })

  test('bytes and text read the same', () => {
    const bytes = Buffer.from('xxa: é\n').subarray(2)
    expect(readYaml('a.yml', bytes, cap)).toMatchObject({ ok: true, value: { a: 'é' } })
  })

  test('every value and key has its place; what is missing has that of its nearest ancestor', () => {
    const read = readYaml('a.yml', 'a:\n  b: [x, "y z"]\n  "c/d~e": |\n    one\n    two\n', cap)
    if (!read.ok) throw new Error('read')
    expect(read.lines('/a/b/1')).toEqual({ line: 2, column: 10, endLine: 2, endColumn: 15 })
    expect(read.keyLines('/a/b/1')).toEqual(read.lines('/a/b/1'))
    expect(read.keyLines('/a/b')).toEqual({ line: 2, column: 3, endLine: 2, endColumn: 4 })
    expect(read.lines('/a/c~1d~0e')).toMatchObject({ line: 3, column: 12 })
    expect(read.sourceOf('/a/b/1')).toBe('"y z"')
    expect(read.lines('')).toMatchObject({ line: 1, column: 1 })
    expect(read.lines('/a/b/7')).toEqual(read.lines('/a/b'))
    expect(read.lines('/a/b/0/x')).toEqual(read.lines('/a/b/0'))
    expect(read.lines('/z')).toEqual(read.lines(''))
  })

  test('a key without a value has the place of the key', () => {
    const read = readYaml('a.yml', '{a, b: 1}', cap)
    expect(read.ok && read.lines('/a')).toEqual({ line: 1, column: 2, endLine: 1, endColumn: 3 })
  })
})

describe('what is refused, and where', () => {
  test.each<[string, Source, string[]]>([
    ['an empty file', '', ['document.empty 1:1']],
    ['only a comment', '# nothing\n', ['document.empty 1:1']],
    ['only a null', '~\n', ['document.empty 1:1']],
    ['broken UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff]), ['document.encoding 1:4']],
    ['an overlong encoding', Buffer.from([0x61, 0x3a, 0x0a, 0xc0, 0x80]), ['document.encoding 2:1']],
    ['a lone surrogate', 'a: \ud800', ['document.encoding 1:4']],
    ['a byte order mark', '\ufeffa: 1', ['document.character 1:1']],
    ['NUL', 'a: 1\nb: x\0y\n', ['document.character 2:5']],
    ['an escape character', 'a: \u001b[31m', ['document.character 1:4']],
    ['a bidirectional override (attack #39)', 'a: b\nc: x\u202ey\n', ['document.character 2:5']],
    ['a bidirectional isolate', 'a: \u2066b', ['document.character 1:4']],
    ['a zero-width space', 'a: x\u200by', ['document.character 1:5']],
    ['a line separator', 'a: x\u2028y', ['document.character 1:5']],
    ['an invisible tag character', 'a: x\u{e0041}y', ['document.character 1:5']],
    ['a carriage return alone', 'a: x\ry', ['document.character 1:5']],
    ['hidden characters on two lines', 'a: \u200b\nb: \u200b\n', ['document.character 1:4', 'document.character 2:4']],
    ['an escaped hidden character', 'a: "x\\u202ey"', ['yaml.character 1:4']],
    ['an escaped surrogate', 'a: ["\\ud800"]', ['yaml.character 1:5']],
    ['an escaped NUL in a key', '"a\\0": 1', ['yaml.character 1:1']],
    ['an alias and its anchor', 'a: &x 1\nb: *x\n', ['yaml.anchor 1:4', 'yaml.alias 2:4']],
    ['a lone anchor', 'a: &x 1', ['yaml.anchor 1:4']],
    ['a tag', 'a: !!binary aGk=', ['yaml.tag 1:4']],
    ['a tag of the file', 'a:\n  - !x y', ['yaml.tag 2:5']],
    ['a YAML 1.1 directive (attack #50)', '%YAML 1.1\n---\na: no\n', ['yaml.directive 1:1']],
    ['a second document', 'a: 1\n---\nb: 2\n', ['yaml.multiple 2:1']],
    ['a merge key', 'a: {b: 1}\n<<: {c: 1}\n', ['yaml.merge 2:1']],
    ['__proto__', 'a:\n  __proto__: {b: 1}\n', ['yaml.key 2:3']],
    ['constructor and prototype', 'constructor: 1\nprototype: 2\n', ['yaml.key 1:1', 'yaml.key 2:1']],
    ['a duplicate key (attack #49)', 'a: 1\nb: 2\n"a": 3\n', ['yaml.duplicate 3:1']],
    ['a duplicate key in a flow map', '{a: 1, a: 2}', ['yaml.duplicate 1:8']],
    ['a list as key', '? [a]\n: b\n', ['yaml.syntax 1:3']],
    ['a nested compact map', 'a: b: c\n', ['yaml.syntax 1:4']],
    ['an unclosed quote', 'a: "b\n', ['yaml.syntax 2:1']],
    ['an unclosed list', 'a: [b\n', ['yaml.syntax 2:1']],
    ['a tab as indentation', 'a:\n\tb: 1\n', ['yaml.syntax 2:1']],
    ['hexadecimal', 'a: 0x10', ['yaml.number 1:4']],
    ['octal', 'a: 0o17', ['yaml.number 1:4']],
    ['leading zeros', 'a: 007', ['yaml.number 1:4']],
    ['infinity and no number', 'a: .inf\nb: .nan\n', ['yaml.number 1:4', 'yaml.number 2:4']],
    ['more than a double holds', 'a: 12345678901234567890', ['yaml.number 1:4']],
    ['a number that overflows', 'a: 1e999', ['yaml.number 1:4']]
  ])('%s', (_, source, expected) => {
    expect(problemsOf(source)).toEqual(expected)
  })

  test('a file over its size, in bytes', () => {
    expect(problemsOf('é'.repeat(6), 12)).toEqual([])
    expect(problemsOf('é'.repeat(7), 12)).toEqual(['document.size 1:1'])
    expect(problemsOf(Buffer.alloc(13, 0x61), 12)).toEqual(['document.size 1:1'])
  })

  test('more marks than any real file has', () => {
    expect(problemsOf(`[${','.repeat(cap - 2)}]`)).toEqual(['document.size 1:1'])
  })

  test('nesting is counted in maps and lists, 12 at most', () => {
    expect(problemsOf('['.repeat(maxDepth) + ']'.repeat(maxDepth))).toEqual([])
    expect(problemsOf('['.repeat(maxDepth + 1) + ']'.repeat(maxDepth + 1))).toEqual(['yaml.depth 1:13'])
    expect(problemsOf(`${'- '.repeat(maxDepth)}a`)).toEqual([])
    expect(problemsOf(`${'- '.repeat(maxDepth + 1)}a`)).toEqual(['yaml.depth 1:25'])
    expect(problemsOf(`${'[{a: '.repeat(6)}b${'}]'.repeat(6)}`)).toEqual([])
  })

  test('at most fifty problems are told', () => {
    const read = readYaml('a.yml', 'a: &x 1\n'.repeat(200), cap)
    expect(read.ok || read.problems.length).toBe(maxProblems)
  })

  test('a problem quotes the source and gives a valid example', () => {
    const read = readYaml('a.yml', 'a: &x 1', cap)
    expect(read.ok || read.problems[0]).toMatchObject({
      file: 'a.yml',
      found: '&x',
      endLine: 1,
      endColumn: 6,
      pointer: ''
    })
    for (const problem of read.ok ? [] : read.problems) expect(readYaml('e.yml', problem.example, cap).ok).toBe(true)
  })
})

describe('a hostile file of 16 KiB (attack #52)', () => {
  const fill = (part: (i: number) => string) => {
    let text = ''
    for (let i = 0; text.length < cap; i++) text += part(i)
    return text.slice(0, cap)
  }
  const cases: [string, string][] = [
    ['keys', fill(i => `${i.toString(36)}: 1\n`)],
    ['flow keys', `{${fill(i => `${i.toString(36)}:,`).slice(2)}}`],
    ['lists in lists', '['.repeat(cap)],
    ['maps in maps', fill(() => '{a: ')],
    ['block lists in lists', '- '.repeat(cap / 2)],
    ['explicit keys', '? '.repeat(cap / 2)],
    ['commas', `[${','.repeat(cap - 2)}]`],
    ['anchors', '&a '.repeat(cap / 3)],
    ['aliases', `[${'*a,'.repeat(cap / 3 - 1)}]`],
    ['tags', '!a '.repeat(cap / 3)],
    ['directives', '%a\n'.repeat(cap / 3)],
    ['documents', '---\n'.repeat(cap / 4)],
    ['closing braces', '}\n'.repeat(cap / 2)],
    ['empty lines', '\n'.repeat(cap)],
    ['errors', 'a: b: c\n'.repeat(cap / 8)],
    ['a staircase', fill(i => `${' '.repeat(i % 180)}a:\n`)],
    ['hidden characters', '\u200b\n'.repeat(cap / 4)],
    ['one long text', `a: "${'\\n'.repeat(cap / 2 - 3)}"`],
    ['surrogates', `[${'"\\ud800",'.repeat(cap / 9 - 1)}]`]
  ]
  test.each(cases)('%s: costs little and throws nothing', (_, text) => {
    readYaml('warm.yml', 'a: [1, {b: "c"}]\n', cap)
    const startedAt = process.cpuUsage()
    const read = readYaml('a.yml', text, cap)
    const { user, system } = process.cpuUsage(startedAt)
    expect(typeof read.ok).toBe('boolean')
    // The bar is 100 ms (bench/documents.ts); a cold test process on a busy machine gets room, a quadratic parser does not.
    expect((user + system) / 1_000).toBeLessThan(500)
  })
})
