// A tree that is worked out: taken for the real one only where git would give it the same name.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { gitBlobSha } from '../../src/model/digest.ts'
import type { Change } from '../../src/model/facts.ts'
import { treeAt } from '../../src/read/repository.ts'
import { rememberAdded, treeName } from '../../src/read/tree-name.ts'
import { answering } from './answering.ts'

const path = 'requests/payments/ask.yml'
const blob = gitBlobSha('kind: AccessRequest\n')
const readme = { path: 'README.md', mode: '100644', sha: gitBlobSha('# access\n') }
const added: Change = { path, previousPath: null, status: 'added', sha: blob }
const base = treeName([readme])
const entries = (...files: { path: string; mode: string; sha: string }[]) => ({
  body: { truncated: false, tree: files.map(file => ({ ...file, type: 'blob' })) }
})

test('names a tree as git does', () => {
  const directory = mkdtempSync(join(tmpdir(), 'addendum-tree-'))
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: directory, encoding: 'utf8' }).trim()
  try {
    git('init', '-q')
    const files = ['a', 'a.b/c', 'a-b/c/d', 'b/x', 'ä/ö', 'z']
    for (const file of files) {
      mkdirSync(join(directory, dirname(file)), { recursive: true })
      writeFileSync(join(directory, file), file, { mode: file === 'z' ? 0o755 : 0o644 })
    }
    symlinkSync('a', join(directory, 'link'))
    git('add', '.')
    const listed = git('-c', 'core.quotePath=off', 'ls-files', '-s').split('\n')
    const named = listed.map(line => /^(\d+) ([0-9a-f]{40}) 0\t(.+)$/.exec(line) ?? [])
    const tree = named.map(([, mode = '', sha = '', where = '']) => ({ path: where, mode, sha }))
    expect(tree).toHaveLength(files.length + 1)
    expect(treeName(tree)).toBe(git('write-tree'))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

/** What the tree of the head is asked for, once the change was worked out. */
async function askedFor(head: { path: string; mode: string; sha: string }[], changes: Change[]): Promise<string[]> {
  const name = treeName(head)
  const { repository, asked } = answering(where => (where.endsWith(base) ? entries(readme) : entries(...head)))
  await treeAt(repository, base)
  await rememberAdded(repository, name, { base, changes: { known: true, value: changes } })
  asked.length = 0
  const tree = await treeAt(repository, name)
  expect([...tree.values()]).toEqual(head)
  return asked
}

test('a head that adds one plain file to main is known by its name', async () => {
  expect(await askedFor([readme, { path, mode: '100644', sha: blob }], [added])).toEqual([])
})

test.each<[string, { path: string; mode: string; sha: string }[], Change[]]>([
  ['an executable file', [readme, { path, mode: '100755', sha: blob }], [added]],
  ['a symbolic link', [readme, { path, mode: '120000', sha: blob }], [added]],
  ['other bytes than were listed', [readme, { path, mode: '100644', sha: readme.sha }], [added]],
  [
    'a second file that was not listed',
    [readme, { path, mode: '100644', sha: blob }, { ...readme, path: 'x' }],
    [added]
  ],
  ['a base that is not main any more', [{ path, mode: '100644', sha: blob }], [added]],
  ['a file that was changed', [{ ...readme, sha: blob }], [{ ...added, path: 'README.md', status: 'modified' }]],
  ['a list without blobs', [readme, { path, mode: '100644', sha: blob }], [{ ...added, sha: undefined }]],
  ['two changes', [readme, { path, mode: '100644', sha: blob }], [added, { ...added, path: 'x' }]]
])('%s is asked for', async (_, head, changes) => {
  expect(await askedFor(head, changes)).toEqual([`git/trees/${treeName(head)}`])
})

test('a list that is not known works nothing out', async () => {
  const { repository, asked } = answering(() => entries(readme))
  await rememberAdded(repository, base, { base, changes: { known: false, because: 'It is cut.' } })
  expect(asked).toEqual([])
})
