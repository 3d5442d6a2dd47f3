import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coversOf } from '../../src/model/codeowners-cover.ts'
import { maxPatternLength } from '../../src/model/codeowners-pattern.ts'
import { codeownersMaxBytes, codeownersPaths, ownersOf, parseCodeowners } from '../../src/model/codeowners.ts'
import { cases, patience } from '../fuzz/cases.ts'

/** The line of the rule that owns `path`. */
function lineFor(text: string, path: string): number | undefined {
  return ownersOf(parseCodeowners(text), path).rule?.line
}

function matches(pattern: string, path: string): boolean {
  const parsed = parseCodeowners(`${pattern} @octocat`)
  expect(parsed.problems).toEqual([])
  return ownersOf(parsed, path).rule !== undefined
}

describe('lines', () => {
  test('the three places stand in the order in which GitHub looks', () => {
    expect(codeownersPaths).toEqual(['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'])
  })

  test('owners are users, teams and email addresses, in the order of the line', () => {
    const { rules } = parseCodeowners('*.js @octocat @acme/js-team mona@acme.example\n')
    expect(rules).toEqual([
      {
        line: 1,
        pattern: '*.js',
        owners: [
          { kind: 'user', login: 'octocat' },
          { kind: 'team', org: 'acme', slug: 'js-team' },
          { kind: 'email', email: 'mona@acme.example' }
        ]
      }
    ])
  })

  test('the last matching line wins and replaces earlier owners', () => {
    const parsed = parseCodeowners('* @octocat\n*.js @hubot\n')
    expect(ownersOf(parsed, 'src/a.js').owners).toEqual([{ kind: 'user', login: 'hubot' }])
    expect(ownersOf(parsed, 'src/a.ts').owners).toEqual([{ kind: 'user', login: 'octocat' }])
  })

  test('the same pattern on two lines counts only the last time', () => {
    expect(lineFor('/a @octocat\n/a @hubot', 'a')).toBe(2)
  })

  test('a pattern without owners takes the owners away', () => {
    const found = ownersOf(parseCodeowners('/apps/ @octocat\n/apps/github\n'), 'apps/github')
    expect(found).toEqual({ rule: { line: 2, pattern: '/apps/github', owners: [] }, owners: [] })
  })

  test('a path that nothing matches has no rule and no owners', () => {
    expect(ownersOf(parseCodeowners('/apps/ @octocat'), 'docs/a')).toEqual({ rule: undefined, owners: [] })
  })

  test('blank lines, comments, inline comments, indentation and CRLF are read over', () => {
    const parsed = parseCodeowners('# all\r\n\r\n  \t*.js\t@octocat #not @hubot\r\n')
    expect(parsed.problems).toEqual([])
    expect(parsed.lines).toBe(4)
    expect(parsed.rules).toEqual([{ line: 3, pattern: '*.js', owners: [{ kind: 'user', login: 'octocat' }] }])
  })

  test.each([
    ['!a @octocat', 1, 'pattern'],
    ['  a[bc] @octocat', 3, 'pattern'],
    ['a]b @octocat', 1, 'pattern'],
    ['\\#a @octocat', 1, 'pattern'],
    ['a#b @octocat', 1, 'pattern'],
    ['a\\b @octocat', 1, 'pattern'],
    ['*** @octocat', 1, 'pattern'],
    ['a//b @octocat', 1, 'pattern'],
    ['a// @octocat', 1, 'pattern'],
    ['a/**/ @octocat', 1, 'pattern'],
    [`${'a'.repeat(maxPatternLength + 1)} @octocat`, 1, 'pattern'],
    ['a octocat', 3, 'owner'],
    ['a @octocat @acme/a/b', 12, 'owner'],
    ['a @', 3, 'owner'],
    ['a @-octocat', 3, 'owner'],
    ['\ufeffa @octocat', 1, 'encoding'],
    ['a @octo\u202ecat', 8, 'encoding'],
    ['a\u0000 @octocat', 2, 'encoding']
  ] as const)('%j is skipped and told', (row, column, kind) => {
    const parsed = parseCodeowners(`* @hubot\n${row}\n`)
    expect(parsed.problems).toMatchObject([{ line: 2, column, kind, mend: expect.stringMatching(/^[A-Z].*\.$/) }])
    expect(parsed.rules.map(rule => rule.line)).toEqual([1])
  })

  test('a line of more than 64 KiB does not swallow the lines after it (attack #38)', () => {
    const parsed = parseCodeowners(`${'a'.repeat(70_000)} @hubot\n/b @octocat\n`)
    expect(ownersOf(parsed, 'b').rule?.line).toBe(2)
  })

  test('a file of 3 MB owns nothing and says so (attack #38)', () => {
    const row = '/a @octocat\n'
    const text = row.repeat(Math.ceil(codeownersMaxBytes / row.length))
    expect(parseCodeowners(text)).toMatchObject({ rules: [], problems: [{ line: 1, column: 1, kind: 'size' }] })
    expect(parseCodeowners(text.slice(0, codeownersMaxBytes - 1)).problems).toEqual([])
  })
})

describe('patterns', () => {
  test.each([
    ['*', 'a/b/c.js', true],
    ['**', 'a/b', true],
    ['/**', 'a', true],
    ['/', 'a', false],
    ['*.js', 'a.js', true],
    ['*.js', 'a/b.js', true],
    ['*.js', '.js', true],
    ['*.js', 'js', false],
    ['*.js', 'a.js/b', true],
    ['*.js', 'a.jsx', false],
    ['*.js', 'a.JS', false],
    ['docs/*', 'docs/a.md', true],
    ['docs/*', 'docs/', false],
    ['docs/*', 'docs/a/b.md', false],
    ['docs/*', 'x/docs/a.md', false],
    ['/*', 'a', true],
    ['/*', 'a/b', false],
    ['apps/', 'x/y/apps/z/a', true],
    ['apps/', 'apps', false],
    ['/docs/', 'docs/a/b', true],
    ['/docs/', 'x/docs/a', false],
    ['/build/logs/', 'build/logs/a/b', true],
    ['build/logs', 'x/build/logs', false],
    ['**/logs', 'build/logs', true],
    ['**/logs', 'deeply/nested/logs/a', true],
    ['**/logs', 'logs', true],
    ['**/logs', 'catalogs', false],
    ['a/**', 'a', false],
    ['a/**', 'a/b/c', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/xb', false],
    ['a/*/b', 'a/x/b/c', true],
    ['a/*/b', 'a/x/y/b', false],
    ['/Infra/', 'infra/x', false],
    ['a\\ b', 'x/a b', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a?c', 'a\u{1f600}c', true],
    ['a*c*e', 'abcde', true],
    ['a*c*e', 'abcd', false],
    ['a*c*e', 'aXcXcXe', true],
    ['a*c*e', 'abde', false],
    ['a*?b', 'ab', false],
    ['ab*b', 'ab', false],
    ['ab*b', 'abb', true],
    ['a*', 'a', true],
    ['a*', 'b', false],
    ['é', 'é', true],
    ['é', 'e\u0301', false],
    ['toString', 'valueOf', false],
    ['__proto__', '__proto__', true],
    ['requests/a/', 'requests/a/', false],
    ['*', '', false]
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected)
  })

  test('many stars do not blow up (attack #53)', () => {
    const pattern = `${'*a'.repeat(2_000)}?`
    const startedAt = process.cpuUsage()
    expect(matches(pattern, 'a'.repeat(4_000))).toBe(true)
    expect(matches(`${'**/a/'.repeat(800)}b`, 'a/'.repeat(2_000) + 'c')).toBe(false)
    expect(process.cpuUsage(startedAt).user / 1_000).toBeLessThan(2_000)
  })
})

// The slow, obvious reference: one pattern against one path, segment by segment, by trying everything.
function reference(pattern: string, path: string): boolean {
  if (pattern === '/') return false
  const wanted = pattern.split('/')
  const anchored = wanted.length > 1 && !(wanted.length === 2 && wanted[1] === '')
  if (wanted[0] === '') wanted.shift()
  else if (!anchored) wanted.unshift('**')
  const directory = wanted.at(-1) === ''
  if (directory) wanted.pop()
  const segments = path.split('/')
  const inside = (count: number) => segmentsMatch(wanted, segments.slice(0, count))
  const whole = !directory && inside(segments.length)
  const childrenOnly = wanted.at(-1) === '*' && !directory
  return whole || (!childrenOnly && segments.some((_, i) => i > 0 && inside(i)))
}

function segmentsMatch(wanted: string[], segments: string[]): boolean {
  const [first, ...rest] = wanted
  if (first === undefined) return segments.length === 0
  if (first === '**') {
    if (rest.length === 0) return segments.length > 0
    return segments.some((_, i) => segmentsMatch(rest, segments.slice(i)))
  }
  const [head, ...tail] = segments
  return head !== undefined && textMatches(first, head) && segmentsMatch(rest, tail)
}

function textMatches(wanted: string, text: string): boolean {
  if (wanted === '') return text === ''
  if (wanted[0] === '*')
    return textMatches(wanted.slice(1), text) || (text !== '' && textMatches(wanted, text.slice(1)))
  return text !== '' && (wanted[0] === '?' || wanted[0] === text[0]) && textMatches(wanted.slice(1), text.slice(1))
}

const literals = ['a', 'b', 'ab', 'a.b', 'ba', '.b', 'abb', 'a\u{1f600}b']
const segment = fc.constantFrom(
  'a',
  'b',
  'ab',
  'a.b',
  '*',
  '**',
  '*b',
  'a*',
  '?',
  'a*b',
  '*.b',
  '?b',
  'a?*',
  '**b',
  'ab*b'
)
const pattern = fc
  .tuple(fc.constantFrom('', '/'), fc.array(segment, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '/'))
  .map(([before, middle, after]) => before + middle.join('/') + after)
  .filter(text => !text.endsWith('**/') && !text.includes('**/**'))
const patterns = fc.array(pattern, { minLength: 1, maxLength: 8 })
const path = fc.array(fc.constantFrom(...literals), { minLength: 1, maxLength: 5 }).map(parts => parts.join('/'))
const numRuns = Math.max(5_000, cases)

test('the trie finds what a slow and obvious matcher finds, path after path', { timeout: patience.timeout }, () => {
  fc.assert(
    fc.property(patterns, fc.array(path, { minLength: 1, maxLength: 4 }), (lines, paths) => {
      const parsed = parseCodeowners(lines.map(line => `${line} @octocat`).join('\n'))
      expect(parsed.problems).toEqual([])
      for (const one of paths) {
        const expected = lines.findLastIndex(line => reference(line, one)) + 1
        expect(ownersOf(parsed, one).rule?.line ?? 0).toBe(expected)
      }
    }),
    { numRuns }
  )
})

describe('lines that a later line covers', () => {
  test.each([
    ['/a', '*', true],
    ['/a/', '*', true],
    ['*', '**', true],
    ['**', '*', true],
    ['/a/', '/a', true],
    ['/a', '/a/', false],
    ['/a', '/a', true],
    ['/a/b/c', '/a/', true],
    ['/a/b/c', '/a/*', false],
    ['/a/*', '/a/', true],
    ['/a/*', '/a/*', true],
    ['/a/**', '/a/', true],
    ['/a/', '/a/**', true],
    ['/a/', '/a/**/*', true],
    ['/a/**/b', '/a/', true],
    ['/a/**/b', '**/b', true],
    ['/a/**/b', '/a/*/b', false],
    ['/a/*/b', '/a/**/b', true],
    ['/x/b', 'b', true],
    ['b', '/x/b', false],
    ['/x/b.js', '*.js', true],
    ['/x/*.js', '*.js', true],
    ['*.js', '/x/*.js', false],
    ['/x/a?c', 'a?c', true],
    ['/x/abc', 'a?c', true],
    ['/x/abbc', 'a?c', false],
    ['/a/b', '/a/c', false],
    ['/', '*', false]
  ])('%s, then %s: %s', (earlier, later, covered) => {
    expect(coversOf([earlier, later])).toEqual([covered ? 1 : -1, -1])
  })

  test('the last of those that cover it is named', () => {
    expect(coversOf(['/a/b', '/a', '/a/b', '/c'])).toEqual([2, -1, -1, -1])
  })

  test('never a line that could win for some path', { timeout: patience.timeout }, () => {
    fc.assert(
      fc.property(patterns, path, (lines, one) => {
        for (const [earlier, later] of coversOf(lines).entries()) {
          if (later < 0 || !reference(lines[earlier] as string, one)) continue
          expect(later).toBeGreaterThan(earlier)
          expect(reference(lines[later] as string, one)).toBe(true)
        }
      }),
      { numRuns }
    )
  })

  test('a file that is made to be slow is given up, not worked through', { timeout: 60_000 }, () => {
    const deep = Array.from({ length: 150 }, (_, i) => `${'**/a/'.repeat(300)}b${i}`)
    const globs = Array.from({ length: 4_000 }, (_, i) => [`/${i}b`, `/a*${i}b`]).flat()
    for (const slow of [deep, globs]) {
      expect(coversOf(['/q', '/q', ...slow])[0]).toBe(-1)
      expect(coversOf(['/q', '/q', ...slow.slice(0, 20)])[0]).toBe(1)
    }
  })
})
