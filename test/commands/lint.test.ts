// `addendum lint` on working trees.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../src/commands/lint-owners.ts'
import { codeownersMaxBytes } from '../../src/model/codeowners.ts'
import { addendum, request, requestPath, tree } from './tree.ts'

const owners = '.github/CODEOWNERS'

/** What is found in `root`: `place severity code`, in the order in which it is told. */
async function found(root: string) {
  const { code, out } = await addendum('lint', '--json', root)
  const answer = JSON.parse(out) as {
    ok: boolean
    source: string | null
    findings: Finding[]
    paths: { path: string; owners: string[]; line: number | null }[]
  }
  const told = answer.findings.map(one => `${one.path}:${one.line}:${one.column} ${one.severity} ${one.code}`)
  return { code, told, ...answer }
}

describe('lint', () => {
  test('finds nothing in the starter, and says for each place who owns it by which line', async () => {
    const { code, told, ok, source, paths } = await found(tree({ [requestPath]: request() }))
    expect({ code, told, ok, source }).toEqual({ code: 0, told: [], ok: true, source: owners })
    expect(paths).toContainEqual({ path: requestPath, owners: ['@acme/payments-leads'], line: 6 })
    expect(paths).toContainEqual({ path: 'docs/CODEOWNERS', owners: ['@acme/security'], line: 18 })
    expect(paths.map(one => one.path)).toContain('requests/platform-tools/any.yml')
    const { out } = await addendum('lint', tree())
    expect(out).toBe(`sound: 13 places, each with its owner by ${owners}\n`)
  })

  test.each<[string, string, string]>([
    ['a negation', '!docs @acme/a', '2:1 error owners.pattern'],
    ['a range', '/a[bc] @acme/a', '2:1 error owners.pattern'],
    ['an escaped #', ' \\#a @acme/a', '2:2 error owners.pattern'],
    ['who is no owner', '/a nobody', '2:4 error owners.owner'],
    ['a character that nobody sees', '/a @acme/\u202ea', '2:10 error owners.encoding'],
    ['a pattern that matches nothing', '/ @acme/a', '2:1 warning owners.nothing']
  ])('tells a line with %s', async (_, line, expected) => {
    const { code, told } = await found(tree({ [owners]: `* @acme/security\n${line}\n` }))
    expect({ code, told }).toEqual({ code: 1, told: [`${owners}:${expected}`] })
  })

  test('says what to write, and how much is refused until then (attack #14)', async () => {
    const { findings } = await found(tree({ [owners]: '* @acme/security\n/policies/ nobody\n/policies/ @acme/a\n' }))
    expect(findings[0]?.message).toContain('@user, @org/team')
    expect(findings[0]?.message).toContain('12 of 13 places')
  })

  test('tells a byte order mark, which makes GitHub skip the first line', async () => {
    const { told } = await found(tree({ [owners]: '\ufeff* @acme/a\n* @acme/security\n' }))
    expect(told).toEqual([`${owners}:1:1 error owners.encoding`])
  })

  test('tells the lines that never count, and which line takes what they match', async () => {
    const text = '/contracts/ @acme/a\n* @acme/security\n/policies/x.yml @acme/a\n/policies/ @acme/b\n'
    const { code, told, findings } = await found(tree({ [owners]: text }))
    expect(told).toEqual([`${owners}:1:1 warning owners.shadowed`, `${owners}:3:1 warning owners.shadowed`])
    expect(findings.map(one => /^Line (\d)/.exec(one.message)?.[1])).toEqual(['2', '4'])
    expect(code).toBe(1)
  })

  test('tells each place that nobody can approve: no line, a line without owners, a line with an address', async () => {
    const text = '* @acme/a\n/directory.yml\n/policies/ mona@acme.example\n'
    expect((await found(tree({ [owners]: text }))).told).toEqual([
      `${owners}:2:1 error owners.unowned`,
      `${owners}:3:1 error owners.email`
    ])
    const { told, paths } = await found(tree({ [owners]: '/docs/ @acme/a\n' }))
    expect(new Set(told)).toEqual(new Set([`${owners}:2:1 error owners.unowned`]))
    expect(told).toHaveLength(paths.length - 1)
  })

  test('judges the documents that are there, not only one for each place', async () => {
    const text = `* @acme/security\n/${requestPath}\n`
    const { told, findings } = await found(tree({ [owners]: text, [requestPath]: request() }))
    expect(told).toEqual([`${owners}:2:1 error owners.unowned`])
    expect(findings[0]?.message).toContain(requestPath)
  })

  test('tells a file that is too large once, and nothing that follows from it (attack #38)', async () => {
    const text = '/a @octocat\n'.repeat(Math.ceil(codeownersMaxBytes / 12))
    expect((await found(tree({ [owners]: text }))).told).toEqual([`${owners}:1:1 error owners.size`])
  })

  test('says which of the three files counts, and that the others are ignored (attack #37)', async () => {
    const others = { CODEOWNERS: '* @acme/a\n', 'docs/CODEOWNERS': '* @acme/a\n', '.github/codeowners': '* @acme/a\n' }
    const { source, told } = await found(tree(others))
    expect(source).toBe(owners)
    expect(told).toEqual([
      '.github/codeowners:1:1 error path.name',
      'CODEOWNERS:1:1 warning owners.ignored',
      'docs/CODEOWNERS:1:1 warning owners.ignored'
    ])
    const moved = tree({ 'docs/CODEOWNERS': '* @acme/a\n' })
    rmSync(join(moved, owners))
    expect(await found(moved)).toMatchObject({ code: 0, source: 'docs/CODEOWNERS' })
  })

  test('tells that CODEOWNERS, or the settings, are not there', async () => {
    const root = tree()
    rmSync(join(root, '.github'), { recursive: true })
    const { code, told, source } = await found(root)
    expect({ code, source }).toEqual({ code: 1, source: null })
    expect(told).toEqual([`${owners}:1:1 error owners.missing`, '.github/addendum.yml:1:1 error settings.missing'])
  })

  test('tells what is wrong with the settings, in the words of check', async () => {
    const text = 'apiVersion: addendum/v1\nkind: Settings\nmerge: sometimes\n'
    const { told } = await found(tree({ '.github/addendum.yml': text }))
    expect(told).toEqual(['.github/addendum.yml:3:8 error schema.value'])
  })

  test('tells names in our folders that nobody reads, and leaves other files alone', async () => {
    const { told, findings } = await found(
      tree({ 'contracts/other.yaml': '', 'requests/notes.md': '', 'docs/a.yaml': '', 'Policies/x.yml': '' })
    )
    expect(told).toEqual([
      'Policies/x.yml:1:1 warning path.extension',
      'contracts/other.yaml:1:1 warning path.extension',
      'requests/notes.md:1:1 warning path.name'
    ])
    expect(findings.map(one => one.message.includes('contracts/other.yml'))).toEqual([false, true, false])
  })

  test('follows no link: what it leads to is not what would be approved (attack #40)', async () => {
    const root = tree()
    mkdirSync(join(root, 'elsewhere'))
    symlinkSync('../elsewhere', join(root, 'contracts/more'))
    for (const path of [owners, '.github/addendum.yml']) {
      rmSync(join(root, path))
      symlinkSync('../directory.yml', join(root, path))
    }
    const { code, told } = await found(root)
    expect(code).toBe(1)
    expect(told).toEqual([
      `${owners}:1:1 error path.link`,
      '.github/addendum.yml:1:1 error path.link',
      'contracts/more:1:1 error path.link'
    ])
  })

  test('writes one line for each finding, and a sum', async () => {
    const text = '* @acme/security\n/policies/ nobody\n/ @acme/a\n'
    const { code, out } = await addendum('lint', tree({ [owners]: text }))
    const [first, second, blank, sum] = out.split('\n')
    expect(code).toBe(1)
    expect(first).toMatch(/^\.github\/CODEOWNERS:2:12 {2}error {2}owners\.owner {2}GitHub skips this line: /)
    expect(second).toMatch(/^\.github\/CODEOWNERS:3:1 {2}warning {2}owners\.nothing {2}/)
    expect([blank, sum]).toEqual(['', '1 error, 1 warning'])
  })

  test('what a terminal would obey reaches none, in text or JSON', async () => {
    const root = tree({ 'requests/\u009b2J\u202e.yml': '', [owners]: '* @acme/a\n/\u001b[2J @acme/b\n' })
    const text = await addendum('lint', root)
    const json = await addendum('lint', '--json', root)
    for (const { out } of [text, json]) expect(out).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
    const { findings } = JSON.parse(json.out) as { findings: Finding[] }
    expect(findings.map(one => one.path)).toContain('requests/\u009b2J\u202e.yml')
  })

  test('can not lint what is not there', async () => {
    expect(await addendum('lint', join(tree(), 'nowhere'))).toMatchObject({ code: 2, out: '' })
  })
})
