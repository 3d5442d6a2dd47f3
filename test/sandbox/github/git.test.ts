// The local GitHub's git, held against git itself on random histories and trees.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changedFiles } from '../../../src/sandbox/github/git/diff.ts'
import { between, isAncestor, mergeBase } from '../../../src/sandbox/github/git/history.ts'
import { diskRepository, memoryRepository } from '../../../src/sandbox/github/git/repository.ts'
import type { GitRepository } from '../../../src/sandbox/github/git/repository.ts'
import { editTree, mergeTrees, walk } from '../../../src/sandbox/github/git/trees.ts'

let directory: string
let repository: GitRepository

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'local-git-'))
  repository = diskRepository(directory, 'main')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const git = (...args: string[]): string[] => {
  try {
    return execFileSync('git', ['--git-dir', directory, ...args], { encoding: 'utf8' })
      .split('\n')
      .filter(l => l !== '')
  } catch (error) {
    return (error as { stdout: string }).stdout.split('\n').filter(l => l !== '')
  }
}

const signature = (seconds: number) => ({
  name: 'Mona',
  email: 'mona@acme.test',
  at: new Date(seconds * 1000),
  zone: '+0000'
})
const PATHS = ['a', 'b.txt', 'd/a', 'd/b', 'd/e/f', 'd.txt', 'z']

const files = fc.dictionary(fc.constantFrom(...PATHS), fc.constantFrom('1\n', '2\n', '1\n2\n3\n4\n', ''), {
  maxKeys: 6
})
const treeOf = (into: GitRepository, held: Record<string, string>): string =>
  editTree(
    into,
    undefined,
    new Map(
      Object.entries(held).map(([path, text]) => [path, { mode: '100644', sha: into.writeBlob(Buffer.from(text)) }])
    )
  )

// Dates are arbitrary: whoever commits chooses them.
const graph = fc.array(fc.record({ parents: fc.array(fc.nat(), { maxLength: 2 }), seconds: fc.nat({ max: 1000 }) }), {
  minLength: 2,
  maxLength: 14
})

test('ancestry agrees with git on any history, whatever its dates say', () => {
  fc.assert(
    fc.property(graph, fc.nat(), fc.nat(), (nodes, x, y) => {
      const tree = repository.writeTree([])
      const commits: string[] = []
      nodes.forEach(({ parents, seconds }, i) => {
        const chosen = i === 0 ? [] : [...new Set(parents.map(p => commits[p % i] ?? ''))]
        const by = signature(1_700_000_000 + seconds)
        commits.push(repository.writeCommit({ tree, parents: chosen, message: `${i}`, author: by, committer: by }))
      })
      const [left = '', right = ''] = [commits[x % commits.length], commits[y % commits.length]]
      const base = mergeBase(repository, left, right)
      const bases = git('merge-base', '--all', left, right)
      expect(base === undefined ? bases : bases.includes(base)).toEqual(base === undefined ? [] : true)
      expect(
        between(repository, left, right)
          .map(c => c.sha)
          .sort()
      ).toEqual(git('rev-list', `${left}..${right}`).sort())
      expect(isAncestor(repository, left, right)).toBe(bases.includes(left))
    }),
    { numRuns: 40 }
  )
})

test('changed files agree with git, renames aside', () => {
  fc.assert(
    fc.property(files, files, (before, after) => {
      const [a, b] = [treeOf(repository, before), treeOf(repository, after)]
      const ours = changedFiles(repository, a, b).flatMap(f =>
        f.status === 'renamed'
          ? [`D\t${f.previousPath}`, `A\t${f.path}`]
          : [`${{ added: 'A', modified: 'M', removed: 'D' }[f.status]}\t${f.path}`]
      )
      expect(ours.sort()).toEqual(git('diff-tree', '-r', '--no-renames', '--name-status', a, b).sort())
      const counts = git('diff-tree', '-r', '--no-renames', '--numstat', a, b).map(l => l.split('\t').map(Number))
      const total = (of: 'additions' | 'deletions') =>
        changedFiles(repository, a, b)
          .filter(f => f.status !== 'renamed')
          .reduce((n, f) => n + f[of], 0)
      if (!changedFiles(repository, a, b).some(f => f.status === 'renamed')) {
        expect([total('additions'), total('deletions')]).toEqual(
          [0, 1].map(i => counts.reduce((n, c) => n + (c[i] ?? 0), 0))
        )
      }
    }),
    { numRuns: 40 }
  )
})

test("a three-way merge takes each side's changes, and never loses or invents one", () => {
  const memory = memoryRepository()
  fc.assert(
    fc.property(files, files, files, (base, ours, theirs) => {
      const merged = mergeTrees(memory, treeOf(memory, base), treeOf(memory, ours), treeOf(memory, theirs))
      const kept =
        merged.tree === undefined
          ? undefined
          : Object.fromEntries(
              [...walk(memory, merged.tree)]
                .filter(e => e.type === 'blob')
                .map(e => [e.path, memory.blob(e.sha)?.toString()])
            )
      for (const path of PATHS) {
        const [b, o, t] = [base[path], ours[path], theirs[path]]
        if (o !== t && o !== b && t !== b) expect(merged.conflicts.length, path).toBeGreaterThan(0)
        else if (kept !== undefined) expect(kept[path], path).toBe(o === b ? t : o)
      }
      if (merged.tree === undefined) expect(merged.conflicts.length).toBeGreaterThan(0)
    }),
    { numRuns: 300 }
  )
})
