import { expect, test } from 'vitest'
import { isLogin, parsePrincipal, principalKey } from '../../src/model/principal.ts'
import type { Principal } from '../../src/model/principal.ts'

test('a person and a team are told apart', () => {
  expect(parsePrincipal('@octocat')).toEqual({ kind: 'user', login: 'octocat' })
  expect(parsePrincipal('@mona_acme')).toEqual({ kind: 'user', login: 'mona_acme' })
  expect(parsePrincipal('@acme/payments-leads')).toEqual({ kind: 'team', org: 'acme', slug: 'payments-leads' })
})

test.each([
  'octocat',
  '@',
  '@-a',
  '@a-',
  '@a--b',
  '@a/b/c',
  '@/a',
  '@a/',
  '@a b',
  `@${'a'.repeat(40)}`,
  `@a/${'b'.repeat(101)}`,
  '@аcme',
  '@a\n',
  '@a/-b',
  `@${'a'.repeat(1_000_000)}`
])('%.30j is neither', text => {
  expect(parsePrincipal(text)).toBeUndefined()
})

test('logins and slugs compare whatever their case', () => {
  const key = (text: string) => principalKey(parsePrincipal(text) as Principal)
  expect(key('@Acme/Payments')).toBe('@acme/payments')
  expect(key('@OctoCat')).toBe(key('@octocat'))
})

test('a login is letters, digits and single inner hyphens', () => {
  expect(isLogin('octo-cat')).toBe(true)
  expect(isLogin('octo/cat')).toBe(false)
})
