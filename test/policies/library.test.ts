// The library and the starter: every document, example and command in them is executed, and comes out as it says.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { policiesIn, ownPolicies } from '../../src/commands/policies.ts'
import { boundariesOf, conform, contractYaml } from '../../src/decide/agreement/conform.ts'
import { contractDenials, documentProblems } from '../../src/decide/policy/document-problems.ts'
import { runExamples } from '../../src/decide/policy/examples.ts'
import type { MergedAmendment } from '../../src/model/agreement.ts'
import { ownersOf, parseCodeowners } from '../../src/model/codeowners.ts'
import { parseContract } from '../../src/model/contract.ts'
import type { Contract } from '../../src/model/contract.ts'
import { controlProblems } from '../../src/model/controls.ts'
import { parseDocument } from '../../src/model/document.ts'
import type { Document } from '../../src/model/document.ts'
import { isGuarded, placeOf } from '../../src/model/place.ts'
import { formatProblem } from '../../src/model/problem.ts'
import type { Parsed, Problem } from '../../src/model/problem.ts'
import { addendum } from '../commands/tree.ts'

const policies = join(import.meta.dirname, '../../policies')

type Sound<T extends Document> = Extract<Parsed<T>, { ok: true }>

interface Tree {
  root: string
  files: string[]
  read(path: string): string
  documents: string[]
}

function treeAt(name: string): Tree {
  const root = join(policies, name)
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
  const documents = files.filter(path => !['codeowners', undefined].includes(placeOf(path)?.kind))
  return { root, files, documents, read: path => readFileSync(join(root, path), 'utf8') }
}

const library = treeAt('library')
const starter = treeAt('starter')
const both = [
  ['library', library],
  ['starter', starter]
] as const

function soundIn<T extends Document>({ documents, read }: Tree, kind: T['kind']): (Sound<T> & { path: string })[] {
  return documents.flatMap(path => {
    const parsed = parseDocument(path, read(path))
    return parsed.ok && parsed.value.kind === kind ? [{ ...(parsed as Sound<T>), path }] : []
  })
}

const told = (problems: Problem[]): string[] => problems.map(formatProblem)

/** The amendments of a tree, as merged when they begin. */
function amendmentsIn(tree: Tree): MergedAmendment[] {
  return soundIn<Extract<Document, { kind: 'Amendment' }>>(tree, 'Amendment').map(({ value }) => {
    return { amendment: value, mergedAt: value.effective.fromAt, blob: value.id }
  })
}

test('the library has every case that it names', () => {
  const kinds = library.documents.map(path => placeOf(path)?.kind)
  const count = (kind: string): number => kinds.filter(one => one === kind).length
  expect({ contracts: count('contract'), amendments: count('amendment'), policies: count('policy') }).toEqual({
    contracts: 6,
    amendments: 1,
    policies: 5
  })
  const named = [...library.read('README.md').matchAll(/`((?:contracts|amendments|policies)\/\S+\.yml)`/g)].map(
    ([, path]) => path
  )
  const unnamed = library.documents.filter(
    path => /^(contracts|amendments|policies)\//.test(path) && !named.includes(path)
  )
  expect({ unnamed, missing: named.filter(path => !library.files.includes(path ?? '')) }).toEqual({
    unnamed: [],
    missing: []
  })
})

describe.each(both)('%s', (_, tree) => {
  test('every document parses, every expression compiles, every control is known, nothing guarded is no document', () => {
    const found = tree.documents.flatMap(path => {
      const parsed = parseDocument(path, tree.read(path))
      if (!parsed.ok) return parsed.problems
      const { value, lines } = parsed
      const cites = value.kind === 'Contract' || value.kind === 'Amendment' || value.kind === 'Policy'
      return [
        ...documentProblems(path, value, lines),
        ...(cites ? controlProblems(path, { ok: true, value, lines }) : [])
      ]
    })
    expect(told(found)).toEqual([])
    expect(tree.files.filter(path => isGuarded(path) && placeOf(path) === undefined)).toEqual([])
  })

  test('every contract holds what the policies say, and conforms at every instant at which something changes', () => {
    const amendments = amendmentsIn(tree)
    const contracts = soundIn<Contract>(tree, 'Contract')
    expect(contracts.length).toBeGreaterThan(1)
    for (const { value: contract, lines, path } of contracts) {
      const now = contract.effective.fromAt
      expect(told(contractDenials(policiesIn(tree.root), { path, contract, lines, now, zone: 'UTC' }))).toEqual([])
      for (const at of [now, ...boundariesOf(amendments)]) {
        const conformed = conform(contract, amendments, at)
        expect([path, conformed.unapplied]).toEqual([path, []])
        const again = parseContract(path, contractYaml(conformed))
        expect(again.ok && again.value).toEqual(conformed.contract)
      }
    }
  })

  test('every example of every policy comes out as it says, and every rule is proven both ways', () => {
    const { ok, policies: reports } = runExamples(ownPolicies(tree.root))
    const unproven = reports.flatMap(({ path, rules }) =>
      rules.filter(rule => rule.unproven.length > 0).map(({ rule }) => `${path} ${rule}`)
    )
    expect({ ok, unproven }).toEqual({ ok: true, unproven: [] })
  })

  test('everything guarded has an owner, and CODEOWNERS no line that GitHub would skip', () => {
    const codeowners = parseCodeowners(tree.read('.github/CODEOWNERS'))
    expect(codeowners.problems).toEqual([])
    expect(tree.documents.filter(path => ownersOf(codeowners, path).owners.length === 0)).toEqual([])
  })
})

test.each(library.files.filter(path => /^(contracts|amendments|policies)\//.test(path)))(
  '%s says in its first lines what it is for',
  path => {
    const comment = library
      .read(path)
      .split('\n')
      .findIndex(line => !line.startsWith('# '))
    expect(comment).toBeGreaterThan(1)
  }
)

describe('requests of the library come out as their first line says', () => {
  const requests = library.documents.filter(path => placeOf(path)?.kind === 'request')

  test('each contract has some, and some are refused', () => {
    const contracts = soundIn<Contract>(library, 'Contract').map(({ value }) => value.id)
    expect([...new Set(requests.map(path => path.split('/')[1]))].sort()).toEqual(contracts.sort())
    expect(requests.filter(path => library.read(path).startsWith('# Example: refused')).length).toBeGreaterThan(6)
  })

  test.each(requests)('%s', async path => {
    const head = /^# Example: (sound|refused) at (\S+Z)(?: by ([a-z-]+(?:, [a-z-]+)*))?\.\n/.exec(library.read(path))
    const [, outcome, at = '', by = ''] = head ?? []
    const { code, out } = await addendum('explain', path, '-C', library.root, '--at', at, '--json')
    const { decision, needsGitHub } = JSON.parse(out) as {
      decision: { reasons: { rule: string; holds: boolean }[] }
      needsGitHub: string[]
    }
    const failed = decision.reasons
      .filter(({ rule, holds }) => !holds && !needsGitHub.includes(rule))
      .map(({ rule }) => rule)
    const expected = by === '' ? [] : by.split(', ')
    expect([...new Set(failed)].sort()).toEqual(expected.sort())
    expect(code).toBe(outcome === 'sound' ? 0 : 1)
  })

  test('and their subjects are whom the clauses are for', async () => {
    const teams = join(library.root, 'teams.yml')
    const seldom = new Set(['database-read/C-read defunkt'])
    for (const { value } of soundIn<Extract<Document, { kind: 'AccessRequest' }>>(library, 'AccessRequest')) {
      const at = value.id.slice(0, 10)
      const { out } = await addendum(
        'what',
        value.subject,
        '-C',
        library.root,
        '--teams',
        teams,
        '--at',
        `${at}T12:00:00Z`,
        '--json'
      )
      const { clauses } = JSON.parse(out) as { clauses: { contract: string; clause: string; certain: boolean }[] }
      const key = `${value.contract}/${value.clause}`
      const found = clauses.some(one => one.certain && `${one.contract}/${one.clause}` === key)
      expect([value.id, found]).toEqual([value.id, !seldom.has(`${key} ${value.subject}`)])
    }
  })
})

describe('the commands of the library are run as they are written', () => {
  const commands = [...library.read('README.md').matchAll(/^addendum (.+)$/gm)].map(([, line = '']) => line)

  test('there are some', () => expect(commands.length).toBeGreaterThan(3))

  test.each(commands)('addendum %s', async line => {
    const words = line.split(' ').map(word => (word.startsWith('policies/') ? join(policies, '..', word) : word))
    expect(await addendum(...words)).toMatchObject({ code: 0, problems: '' })
  })
})
