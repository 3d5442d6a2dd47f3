// `addendum check` and `addendum owners` on working trees.
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Checked } from '../../src/commands/check.ts'
import { amendment, amendmentPath } from './amendment.ts'
import { addendum, request, requestPath, tree } from './tree.ts'

const check = async (files: Record<string, string>, path = requestPath) => {
  const { code, out } = await addendum('check', '--json', '-C', tree(files), path)
  const answer = JSON.parse(out) as { ok: boolean; files: Checked[] }
  const [file] = answer.files
  const problems = file?.problems.map(p => `${p.code} ${p.line}:${p.column}`)
  return { code, ok: answer.ok, notes: file?.notes, problems, file }
}

describe('check', () => {
  test('says that a sound request is sound', async () => {
    expect(await check({ [requestPath]: request() })).toMatchObject({ code: 0, ok: true, problems: [], notes: [] })
  })

  test.each<[string, Record<string, string | undefined>, string]>([
    ['a clause that the contract does not have', { clause: 'C-raed' }, 'value.reference 5:9'],
    ['a longer time than the clause allows', { duration: '9h' }, 'value.order 7:11'],
    ['a ticket of another kind', { ticket: 'OPS-1' }, 'value.pattern 9:9'],
    ['a ticket that is missing', { ticket: undefined }, 'schema.missing 1:1']
  ])('holds a request against its contract: %s', async (_, changes, problem) => {
    expect(await check({ [requestPath]: request(changes) })).toMatchObject({ code: 1, ok: false, problems: [problem] })
  })

  test('asks whether another clause was meant', async () => {
    const { file } = await check({ [requestPath]: request({ clause: 'C-raed' }) })
    expect(file?.problems[0]?.suggestion).toBe('C-read')
  })

  test('does not take a name that every object has for a clause', async () => {
    const { problems } = await check({ [requestPath]: request({ clause: 'constructor' }) })
    expect(problems).not.toEqual([])
  })

  test('says all that is wrong with a document at once, in the order of its lines', async () => {
    const { code, problems } = await check({ [requestPath]: request({ subject: 'a b', duration: 'soon' }) })
    expect(code).toBe(1)
    expect(problems?.map(text => text.split(' ')[1]?.split(':')[0])).toEqual(['6', '7'])
  })

  test('says what it could not check where the contract is not there', async () => {
    const path = 'requests/elsewhere/2026-11-22-octocat-read.yml'
    const found = await check({ [path]: request({ contract: 'elsewhere' }) }, path)
    expect(found).toMatchObject({ code: 0, problems: [] })
    expect(found.notes).toHaveLength(1)
  })

  test('finds the root by itself where the tree lies inside something else', async () => {
    const root = tree({ [requestPath]: request() })
    expect(await addendum('check', join(root, requestPath), join(root, 'directory.yml'))).toMatchObject({ code: 0 })
  })

  test('reads CODEOWNERS too, and refuses a line that GitHub would skip', async () => {
    const sound = await check({}, '.github/CODEOWNERS')
    expect(sound).toMatchObject({ code: 0, problems: [] })
    const broken = await check({ '.github/CODEOWNERS': '* @acme/security\n/requests/ nobody\n' }, '.github/CODEOWNERS')
    expect(broken).toMatchObject({ code: 1 })
    expect(broken.problems?.[0]).toMatch(/ 2:/)
  })

  test('finds a control that the catalogue does not have, and what was meant', async () => {
    const path = 'contracts/payments-production.yml'
    const text = readFileSync(join(tree(), path), 'utf8').replace('soc2:CC8.1', 'soc2:CC81')
    const found = await check({ [path]: text }, path)
    expect(found).toMatchObject({ code: 1 })
    expect(found.file?.problems).toMatchObject([{ code: 'value.reference', suggestion: 'soc2:CC8.1' }])
  })

  test('refuses a path at which no document lives', async () => {
    const found = await check({ 'requests/a.yml': request() }, 'requests/a.yml')
    expect(found).toMatchObject({ code: 1, problems: ['path.name 1:1'] })
  })

  test('writes problems for people: place, expected, found, example; no terminal control survives', async () => {
    const root = tree({ [requestPath]: request({ clause: 'C-raed' }) })
    const { code, out } = await addendum('check', '-C', root, requestPath)
    expect(code).toBe(1)
    expect(out).toContain(`${requestPath}:5:9  `)
    expect(out).toContain('did you mean "C-read"?')
    const hostile = await addendum('check', '-C', tree({ 'requests/\u001b[2J.yml': '' }), 'requests/\u001b[2J.yml')
    expect(hostile.out).not.toContain('\u001b')
  })

  test('can not check a file that is not there, that is a link, or that lies outside', async () => {
    const root = tree()
    mkdirSync(join(root, 'requests/payments-production'), { recursive: true })
    symlinkSync(join(root, 'directory.yml'), join(root, requestPath))
    for (const path of ['contracts/nothing.yml', requestPath, '../outside.yml']) {
      expect(await addendum('check', '-C', root, path)).toMatchObject({ code: 2, out: '' })
    }
  })
})

describe('owners', () => {
  test('names the owners of a path and the deciding line', async () => {
    const { code, out } = await addendum('owners', '--json', '-C', tree(), requestPath, './README.md')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      source: '.github/CODEOWNERS',
      paths: [
        { path: requestPath, owners: ['@acme/payments-leads'], pattern: '/requests/payments-production/' },
        { path: 'README.md', owners: ['@acme/security'], pattern: '*' }
      ]
    })
  })

  test('answers 1 for a path that nobody owns and for a line that GitHub would skip', async () => {
    const nobody = { '.github/CODEOWNERS': '/requests/ @acme/security\n' }
    const out = 'a  nobody  (no line matches)\n'
    expect(await addendum('owners', '-C', tree(nobody), 'a')).toMatchObject({ code: 1, out })
    const skipped = { '.github/CODEOWNERS': '* @acme/security\n/requests/ nobody\n' }
    expect(await addendum('owners', '-C', tree(skipped), 'a')).toMatchObject({ code: 1 })
  })

  test('can not answer without a CODEOWNERS', async () => {
    expect(await addendum('owners', '-C', join(tree(), 'contracts'), 'a')).toMatchObject({ code: 2 })
  })
})

describe('check goes by what is agreed', () => {
  const forYears = amendment({ effective: '{from: 2026-01-01}', permanent: 'true' })

  test('a request is held against its contract as amended', async () => {
    const long = request({ duration: '12h' })
    expect(await check({ [requestPath]: long })).toMatchObject({ code: 1 })
    expect(await check({ [requestPath]: long, [amendmentPath]: forYears })).toMatchObject({
      code: 0,
      problems: [],
      notes: []
    })
  })

  test('an amendment that cannot be read leaves the clause unchecked, and is told', async () => {
    const found = await check({ [requestPath]: request({ duration: '12h' }), [amendmentPath]: 'kind: Amendment\n' })
    expect(found).toMatchObject({ code: 0, problems: [] })
    expect(found.notes).toHaveLength(1)
  })

  test('an expression that asks for what there is not is found on its line', async () => {
    const changes = `[{amend: C-read, set: {conditions: {require: [{rule: "request.tickett != ''", because: A ticket is needed.}]}}}]`
    const found = await check({ [amendmentPath]: amendment({ changes }) }, amendmentPath)
    expect(found).toMatchObject({ code: 1, file: { problems: [{ code: 'cel.unknown', line: 7 }] } })
  })
})
