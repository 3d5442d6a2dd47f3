// What one step of a merge group may bring: its pull request, path by path and byte for byte, and nothing else.
import { expect, test } from 'vitest'
import { decideMember, decideRevert, strayGroup, unnamedMember } from '../../src/decide/member.ts'
import type { MemberFacts } from '../../src/model/merge-group.ts'

const path = 'requests/payments-production/octocat-refunds.yml'
const entry = { path, mode: '100644', sha: 'b'.repeat(40) }
const head = { sha: 'c'.repeat(40), ref: 'change', sameRepository: true }

/** One added file, merged with a merge commit, unless it is said otherwise. */
function member(other: Partial<MemberFacts> = {}): MemberFacts {
  return {
    repository: { defaultBranch: 'main' },
    pull: { state: 'open', head, base: { ref: 'main', sha: 'a'.repeat(40) } },
    changes: { known: true, value: [{ path, previousPath: null, status: 'added' }] },
    parents: ['a'.repeat(40), head.sha],
    brought: { [path]: entry },
    head: { [path]: entry },
    ...other
  }
}

const holds = (other: Partial<MemberFacts> = {}): boolean => decideMember(member(other)).holds

test('a step that brings the head and nothing else holds, merged, squashed or removing', () => {
  expect(holds()).toBe(true)
  expect(holds({ parents: ['a'.repeat(40)] })).toBe(true)
  const removed = { known: true as const, value: [{ path, previousPath: null, status: 'removed' as const }] }
  expect(holds({ changes: removed, brought: { [path]: null }, head: { [path]: null } })).toBe(true)
  const old = 'requests/payments-production/old.yml'
  const renamed = { known: true as const, value: [{ path, previousPath: old, status: 'renamed' as const }] }
  const both = { [path]: entry, [old]: null }
  expect(holds({ changes: renamed, brought: both, head: both })).toBe(true)
})

test('what is not ours to judge may be merged in any way', () => {
  const readme = { path: 'README.md', mode: '100644', sha: 'e'.repeat(40) }
  const changes = {
    known: true as const,
    value: [{ path: 'README.md', previousPath: null, status: 'modified' as const }]
  }
  const merged = { ...readme, sha: 'f'.repeat(40) }
  expect(holds({ changes, brought: { 'README.md': merged }, head: { 'README.md': readme } })).toBe(true)
})

test.each<[string, Partial<MemberFacts>]>([
  ['is closed', { pull: { ...member().pull, state: 'closed' } }],
  ['goes elsewhere', { pull: { ...member().pull, base: { ref: 'side', sha: '' } } }],
  ['is merged from another head', { parents: ['a'.repeat(40), 'd'.repeat(40)] }],
  ['changes what is not listed whole', { changes: { known: false, because: 'GitHub lists 100 of 101.' } }],
  ['brings a file more', { brought: { [path]: entry, 'contracts/x.yml': { ...entry, path: 'contracts/x.yml' } } }],
  ['brings a file less', { brought: {} }],
  ['brings other bytes', { brought: { [path]: { ...entry, sha: 'd'.repeat(40) } } }],
  ['brings another mode', { brought: { [path]: { ...entry, mode: '100755' } } }],
  ['removes what the head has', { brought: { [path]: null } }],
  ['adds what the head has not', { head: {} }]
])('a step that %s fails, for good', (_, other) => {
  expect(decideMember(member(other))).toMatchObject({ rule: 'merged-rightly', holds: false })
  expect(decideMember(member(other)).waiting).toBeUndefined()
})

test('a pull request of ours removes what is over, and nothing else', () => {
  const removed = (paths: string[]) => ({
    known: true as const,
    value: paths.map(one => ({ path: one, previousPath: null, status: 'removed' as const }))
  })
  const over = new Set([path])
  expect(decideRevert(removed([path]), over)).toMatchObject({ rule: 'may-remove', holds: true })
  expect(decideRevert(removed([path, 'requests/a/b.yml']), over).holds).toBe(false)
  expect(decideRevert({ known: false, because: 'GitHub lists 100 of 101.' }, over).holds).toBe(false)
  const changed = { known: true as const, value: [{ path, previousPath: null, status: 'modified' as const }] }
  expect(decideRevert(changed, over).holds).toBe(false)
})

test('what is not known to be a pull request, or not to stand on main, fails', () => {
  expect([unnamedMember().holds, strayGroup().holds]).toEqual([false, false])
})

test('strange paths are quoted, and what was not read is no file', () => {
  const reason = decideMember(member({ brought: { [path]: entry, 'requests/a`\u202eb': null } }))
  expect(reason.because).toContain('"requests/ab"')
  const folder = { known: true as const, value: [{ path: 'requests', previousPath: null, status: 'added' as const }] }
  expect(holds({ changes: folder, brought: {}, head: {} })).toBe(false)
  expect(holds({ changes: folder, brought: { requests: entry }, head: {} })).toBe(false)
})
