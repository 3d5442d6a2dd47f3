import { expect, test } from 'vitest'
import { canonicalJson, digestOf, gitBlobSha, gitTreeSha, sha256 } from '../../src/model/digest.ts'

test('text and its bytes have the same SHA-256', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(sha256(Buffer.from('é'))).toBe(sha256('é'))
})

test('canonical JSON sorts keys by UTF-16 units and writes numbers as RFC 8785 does', () => {
  expect(canonicalJson({ b: 1e21, a: [1.0, -0, null, true, 'é\u0001'], '\u{1f600}': 0, '\ufb33': 0 })).toBe(
    '{"a":[1,0,null,true,"é\\u0001"],"b":1e+21,"\u{1f600}":0,"\ufb33":0}'
  )
})

test('the digest does not depend on the order of keys, nor on members that are undefined', () => {
  expect(digestOf({ a: 1, b: undefined, c: [{}] })).toBe(digestOf({ c: [{}], a: 1 }))
  expect(digestOf({ a: 1 })).toBe(`sha256:${sha256('{"a":1}')}`)
  expect(digestOf(Object.assign(Object.create(null), { a: 1 }))).toBe(digestOf({ a: 1 }))
})

test.each([
  ['a Date', { at: new Date(0) }],
  ['a Map', [new Map()]],
  ['NaN', { a: Number.NaN }],
  ['an infinity', [Infinity]],
  ['a bigint', 1n],
  ['a function', { a: () => 1 }],
  ['a symbol', Symbol('a')],
  ['undefined', undefined],
  ['a hole', [undefined, 1]],
  ['a lone surrogate', ['\ud800']],
  ['a lone surrogate as key', { '\ud800': 1 }]
])('%s has no canonical JSON', (_, value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError)
})

test('a blob has the name that git gives it', () => {
  expect(gitBlobSha('')).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
  expect(gitBlobSha(Buffer.from('test content\n'))).toBe('d670460b4b4aece5915caf5c68d12f560a9fe3e4')
})

test('a tree has the name that git gives it, whatever the order of its entries', () => {
  expect(gitTreeSha([])).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904')
  const blob = gitBlobSha('')
  const entries = [
    { mode: '040000', name: 'a', sha: gitTreeSha([]) },
    { mode: '100644', name: 'a.b', sha: blob },
    { mode: '100644', name: 'a0', sha: blob }
  ]
  // `git mktree` of the same entries
  expect(gitTreeSha(entries)).toBe(
    gitTreeSha([...entries].reverse().map(e => ({ ...e, mode: e.mode.replace(/^0/, '') })))
  )
  expect(gitTreeSha(entries)).toBe('6c5eb816ec8cace4aaf30d9245ab712256f64058')
})
