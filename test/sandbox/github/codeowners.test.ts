// The local GitHub's reading of CODEOWNERS patterns, by GitHub's documented examples.
import { expect, test } from 'vitest'
import { matcher } from '../../../src/sandbox/github/codeowners.ts'

test.each<[pattern: string, yes: string[], no: string[]]>([
  ['*', ['a', 'a/b/c'], []],
  ['*.js', ['x.js', 'a/x.js'], ['x.jsx', 'x.JS']],
  ['/build/logs/', ['build/logs/a', 'build/logs/b/c'], ['x/build/logs/a', 'build/logs']],
  ['docs/*', ['docs/getting-started.md'], ['docs/build-app/troubleshooting.md', 'x/docs/a']],
  ['apps/', ['apps/a', 'x/apps/b/c'], ['apps', 'myapps/a']],
  ['/docs/', ['docs/a/b'], ['x/docs/a']],
  ['/scripts/', ['scripts/a'], []],
  ['**/logs', ['logs', 'build/logs', 'deeply/nested/logs/app.log'], ['mylogs/x']],
  ['/apps/github', ['apps/github', 'apps/github/a'], ['apps/githubs', 'x/apps/github']],
  ['/', [], ['a', 'a/b']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b/c'], ['ab', 'a/xb']],
  ['/requests/payments', ['requests/payments/r.yml'], ['requests/payments-production/r.yml']],
  ['f(o+o).$', ['f(o+o).$'], ['foo']]
])('%s', (pattern, yes, no) => {
  const matches = matcher(pattern)
  expect([...yes, ...no].filter(matches)).toEqual(yes)
})
