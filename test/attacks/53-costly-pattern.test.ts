// #53 A pattern that takes a regular expression engine for ever, in a contract or against a ticket. Patterns are a
// linear subset, with a matcher of its own.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseTicketPattern, ticketMatches } from '../../src/model/ticket-pattern.ts'
import { checks, propose, story } from '../stories/company.ts'
import { said } from './scene.ts'

const path = 'contracts/payments-production.yml'
const contract = readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')

story('#53 a contract with a pattern outside the subset is refused', undefined, async house => {
  const evil = contract.replace('version: 1', 'version: 2').replace('^PAY-[0-9]+$', '^(a+)+$')
  const pull = await propose(house, 'mona', { [path]: evil })
  await house.settle()
  expect((await checks(house, pull)).terms).toBe('failure')
  expect((await said(house, pull, 'terms')).text).toMatch(/ticket|pattern/i)
})

test('#53 what makes engines go back is no pattern', () => {
  for (const pattern of [
    '^(a+)+$',
    '^(a|aa)+$',
    '^(.*)*$',
    '^((a*)*)*$',
    '^(?=a)a$',
    '^(a)\\1$',
    '^.*.*.*$',
    'a',
    '^a'
  ]) {
    expect(parseTicketPattern(pattern), pattern).toBeUndefined()
  }
})

test('#53 the costliest pattern of the subset answers at once', () => {
  const before = performance.now()
  expect(ticketMatches('^a*a*a*a*a*a*b$', 'a'.repeat(100))).toBe(false)
  expect(performance.now() - before).toBeLessThan(100)
})
