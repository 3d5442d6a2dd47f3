import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { code, fenced, item, prose, sentence } from '../../src/act/markdown.ts'
import { quoted } from '../../src/decide/wording.ts'
import { quoted as quotedValue } from '../../src/model/problem.ts'
import { alive, liveText } from '../fuzz/live-text.ts'

test.each([
  ['plain', '`plain`'],
  ['a `b` c', '``a `b` c``'],
  ['`', '`` ` ``'],
  ['``', '``` `` ```'],
  ['two\n\nlines', '`two lines`'],
  ['  ', '_nothing_'],
  ['bidi \u202e', '`bidi \\u{202e}`']
])('a code span holds %j whole', (text, span) => {
  expect(code(text)).toBe(span)
})

test('a span is clipped between characters, never within one', () => {
  expect(code('ab😀cd', 3)).toBe('`ab…`')
  expect(code('ab😀cd', 4)).toBe('`ab😀…`')
  expect(code('abcd', 4)).toBe('`abcd`')
})

test('prose shows approved text and does nothing', () => {
  const text = prose('See [this](https://evil.example), @octocat: #1, GH-1, $x$ & <b>1.</b> 0123456789abcdef')
  expect(alive(text)).toEqual([])
  expect(text.replace(/\\|\u2060/g, '')).toBe(
    'See [this](https://evil.example), @octocat: #1, GH-1, `$`x`$` & <b>1.</b> 0123456789abcdef'
  )
})

describe('a sentence', () => {
  test('shows what it quotes and whom it names as code, and says the rest as it is', () => {
    expect(sentence('Ask @acme/payments-leads about "C-read", please.')).toBe(
      'Ask `@acme/payments-leads` about `C-read`, please.'
    )
    expect(sentence('Name the file requests/<contract>/<id>.yml.')).toBe(
      'Name the file requests/\\<contract\\>/\\<id\\>.yml.'
    )
  })

  test.each([
    '" https://evil.example @octocat "',
    '\\',
    'a\\',
    '\\" [x](https://evil.example) \\"',
    'x" <img src=x> "y',
    '"',
    '""',
    '\\\\"',
    '`"`'
  ])('ends a quotation where it ends, whatever stands in it: %s', text => {
    for (const quote of [quoted, quotedValue]) {
      expect(liveText(sentence(`It says ${quote(text)} here.`))).toBe('It says ␣ here.')
    }
  })

  test('that quotes nothing is harmless all the same', () => {
    const text = sentence('[x](https://evil.example) www.evil.example a@b.example #1 $x$ <b> `code` "open')
    expect(alive(text)).toEqual([])
  })
})

test('a fence is longer than any run of backticks in it, and its lines stay lines', () => {
  expect(fenced('a\n````\nb\u202e\r\n\tc', 'yaml')).toEqual(['`````yaml', 'a', '````', 'b\\u{202e}', '  c', '`````'])
  expect(fenced('')).toEqual(['```', '', '```'])
})

test('an item names its value', () => {
  expect(item('Why', code('a'))).toBe('- **Why** `a`')
})

test('the checker itself sees what is alive', () => {
  const seen: [string, string][] = [
    ['`a', 'span'],
    ['a `b` ``c`', 'span'],
    ['<b>', 'html'],
    ['&lt;', 'html'],
    ['[x]', 'bracket'],
    ['https://x', 'link'],
    ['www.x', 'link'],
    ['$x', 'formula'],
    ['\\$x', 'formula'],
    ['@x', 'mention'],
    ['\\@x', 'mention'],
    ['\\#1', 'reference'],
    ['GH-7', 'reference'],
    ['deadbeef', 'commit'],
    ['\u202e', 'unseen'],
    ['```\nx', 'span']
  ]
  for (const [text, what] of seen)
    expect([text, alive(text).map(one => one.split(':')[0])]).toEqual([text, expect.arrayContaining([what])])
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '`', ' ', '\\') }),
      text => alive(`\`\`\`\n${text.replaceAll('`', '')}\n\`\`\``).length === 0
    )
  )
})
