import { describe, expect, test } from 'vitest'
import { noteServer, offersMore } from '../../src/read/offers.ts'

const at = (baseUrl: string) => ({ request: { endpoint: { DEFAULTS: { baseUrl } } } })

describe('offersMore', () => {
  test.each(['https://api.github.com', 'https://api.acme.ghe.com'])('of %s, which is GitHub', url => {
    expect(offersMore(at(url))).toBe(true)
  })

  test.each([
    'http://127.0.0.1:3000/api/v3',
    'https://github.example/api/v3',
    'https://api.github.com.example',
    'https://notghe.com'
  ])('not of %s', url => {
    expect(offersMore(at(url))).toBe(false)
  })

  test('of a server that names itself GitHub Enterprise Server, from then on and for itself alone', () => {
    const [one, other] = [at('https://one.example/api/v3'), at('https://other.example/api/v3')]
    noteServer(one, { server: 'nginx', 'x-github-enterprise-version': undefined })
    expect(offersMore(one)).toBe(false)
    noteServer(one, { 'x-github-enterprise-version': '3.21.0' })
    noteServer(one, {})
    expect([offersMore(one), offersMore(other)]).toEqual([true, false])
  })
})
