import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxTicketLength, parseTicketPattern, ticketMatches } from '../../src/model/ticket-pattern.ts'

test.each([
  ['^PAY-[0-9]+$', 'PAY-1234', true],
  ['^PAY-[0-9]+$', 'PAY-', false],
  ['^PAY-[0-9]+$', 'xPAY-1', false],
  ['^PAY-[0-9]+$', 'PAY-1x', false],
  ['^PAY-[0-9]+$', 'PAY-1\n', false],
  ['^(PAY|OPS)-\\d{1,6}$', 'OPS-123456', true],
  ['^(PAY|OPS)-\\d{1,6}$', 'OPS-1234567', false],
  ['^(a|ab|)c$', 'abc', true],
  ['^(a|ab|)c$', 'c', true],
  ['^a?b*c+$', 'bbc', true],
  ['^a?b*c+$', 'aab', false],
  ['^a{2}$', 'aa', true],
  ['^a{2}$', 'aaa', false],
  ['^a{2,}$', 'aaaa', true],
  ['^a{2,}$', 'a', false],
  ['^a{0,1}b$', 'b', true],
  ['^a*ab$', 'aaab', true],
  ['^[A-Z0-9_-]{3}$', 'A-_', true],
  ['^[-a]$', '-', true],
  ['^[a.]$', 'x', false],
  ['^\\.\\+$', '.+', true],
  ['^$', '', true],
  ['^$', 'a', false]
])('%s on %j: %s', (pattern, ticket, expected) => {
  expect(ticketMatches(pattern, ticket)).toBe(expected)
  expect(new RegExp(pattern, 'u').test(ticket) && !ticket.endsWith('\n')).toBe(expected)
})

test.each([
  'PAY',
  '^PAY',
  'PAY$',
  '^(a+)+$',
  '^(a|b)*$',
  '^(a|b){2}$',
  '^((a)|b)$',
  '^a|b$',
  '^.*$',
  '^[^a]$',
  '^(?=a)$',
  '^(?:a)$',
  '^(a)\\1$',
  '^a**$',
  '^a+?$',
  '^a++$',
  '^a{2}{2}$',
  '^a{101}$',
  '^a{1,101}$',
  '^a{3,2}$',
  '^a{x}$',
  '^[z-a]$',
  '^[A-z]$',
  '^[]$',
  '^[a$',
  '^(a$',
  '^a)$',
  '^\\w$',
  '^\\b$',
  '^\\',
  '^\\$',
  '^a^b$',
  '^a$b$',
  '^é$',
  '^[é]$',
  '^*$',
  '^ $\n',
  `^${'a'.repeat(100)}$`
])('%j is outside the subset (attack #53)', pattern => {
  expect(parseTicketPattern(pattern)).toBeUndefined()
  expect(ticketMatches(pattern, 'a')).toBe(false)
})

test('a ticket longer than its limit does not match', () => {
  expect(ticketMatches('^a+$', 'a'.repeat(maxTicketLength))).toBe(true)
  expect(ticketMatches('^a+$', 'a'.repeat(maxTicketLength + 1))).toBe(false)
})

test('the worst pattern on the worst ticket costs next to nothing (attack #53)', () => {
  const startedAt = process.cpuUsage()
  expect(ticketMatches(`^${'a*'.repeat(49)}$`, `${'a'.repeat(maxTicketLength - 1)}b`)).toBe(false)
  expect(process.cpuUsage(startedAt).user / 1_000).toBeLessThan(200)
})

test('within the subset it says what a regular expression says', () => {
  const atom = fc.constantFrom('a', 'b', '[ab]', '\\d', '-', '\\.')
  const run = fc
    .tuple(atom, fc.constantFrom('', '', '?', '+', '*', '{2}', '{1,2}', '{1,}'))
    .map(parts => parts.join(''))
  const group = fc.array(fc.array(run, { maxLength: 2 }), { minLength: 1, maxLength: 3 })
  const item = fc.oneof(
    run,
    group.map(choices => `(${choices.map(choice => choice.join('')).join('|')})`)
  )
  const pattern = fc.array(item, { maxLength: 4 }).map(items => `^${items.join('')}$`)
  const ticket = fc.array(fc.constantFrom('a', 'b', '1', '-', '.'), { maxLength: 6 }).map(parts => parts.join(''))
  fc.assert(
    fc.property(pattern, ticket, (p, t) => {
      expect(ticketMatches(p, t)).toBe(new RegExp(p).test(t))
    }),
    { numRuns: 3_000 }
  )
})
