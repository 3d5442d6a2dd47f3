// The catalogue of controls: the JSON that is imported is the YAML that people edit.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseAmendment } from '../../src/model/amendment.ts'
import { parseContract } from '../../src/model/contract.ts'
import { controlOf, controlProblems, controls, knownControls, suggestControl } from '../../src/model/controls.ts'
import { parsePolicy } from '../../src/model/policy.ts'
import type { Parsed } from '../../src/model/problem.ts'

const policies = join(import.meta.dirname, '../../policies')

// After editing controls.yml: `vitest run test/model/controls.test.ts -u` writes the JSON anew.
test('controls.json says what controls.yml says', async () => {
  const catalogue: unknown = parse(readFileSync(join(policies, 'controls.yml'), 'utf8'))
  await expect(`${JSON.stringify(catalogue, null, 2)}\n`).toMatchFileSnapshot(join(policies, 'controls.json'))
})

test('each control is there once, of a named framework, with a title', () => {
  expect(knownControls.size).toBe(controls.length)
  expect(controls.length).toBeGreaterThan(30)
  for (const { control, title } of controls) {
    expect(control).toMatch(/^[a-z0-9-]+:\S+$/)
    expect([control, title.length > 10]).toEqual([control, true])
  }
})

test('what is called evidence is a record that is written, and a field that it has', () => {
  const src = join(import.meta.dirname, '../../src')
  const acting = ['act', 'reconcile'].flatMap(room =>
    readdirSync(join(src, room), { recursive: true, encoding: 'utf8' }).map(path => join(room, path))
  )
  const paths = [...acting.filter(path => path.endsWith('.ts')), 'ledger/chain.ts', 'ledger/ledger.ts']
  const writers = paths.map(path => readFileSync(join(src, path), 'utf8'))
  const nouns = readFileSync(join(src, 'model/record.ts'), 'utf8')
  for (const cited of new Set(controls.flatMap(({ evidence }) => evidence))) {
    if (['all', 'anchor', 'segment.signature'].includes(cited)) continue
    const [type = '', field] = /^(heartbeat|[a-z]+\.[a-z]+)(?:\.(\w+))?$/i.exec(cited)?.slice(1) ?? []
    const written = writers.some(text => text.includes(`type: '${type}'`))
    const body = nouns.slice(nouns.indexOf(`\n  '${type}': {`)).split(/\n {2}'|\n {2}\}/)[1] ?? ''
    const has = field === undefined || new RegExp(`\\b${field}\\??: `).test(body)
    expect([cited, written, has]).toEqual([cited, true, true])
  }
})

test('an id is looked up byte for byte, and a slip is answered with what was meant', () => {
  expect(controlOf('soc2:CC6.3')).toMatchObject({
    control: 'soc2:CC6.3',
    evidence: expect.arrayContaining(['request.decided.sod'])
  })
  expect(controlOf('SOC2:CC6.3')).toBeUndefined()
  expect(controlOf('constructor')).toBeUndefined()
  expect(suggestControl('soc2:CC63')).toBe('soc2:CC6.3')
  expect(suggestControl('gdpr:32(l)')).toBe('gdpr:32(1)')
  expect(suggestControl('cobit:DSS05')).toBeUndefined()
})

describe('an unknown control is a problem on its line', () => {
  const sound = <T>(parsed: Parsed<T>): Extract<Parsed<T>, { ok: true }> => {
    if (!parsed.ok) throw new Error(parsed.problems.map(problem => problem.message).join('\n'))
    return parsed
  }
  const lines = (...rows: string[]): string => `${rows.join('\n')}\n`
  const clause = (...cited: string[]): string[] => [
    '    title: Read',
    '    access: [{provider: db, resource: ledger, role: reader}]',
    '    duration: {default: 1h, max: 8h}',
    '    approvals: {count: 1, from: [codeowners]}',
    '    controls:',
    ...cited.map(control => `      - "${control}"`)
  ]

  test('of a clause of a contract', () => {
    const text = lines(
      'apiVersion: addendum/v1',
      'kind: Contract',
      'id: a',
      'title: An agreement',
      'version: 1',
      'parties: {owner: "@acme/leads", eligible: ["@acme/all"]}',
      'effective: {from: 2026-01-01, until: 2027-01-01}',
      'clauses:',
      '  C-read:',
      ...clause('soc2:CC6.3', 'soc2:CC6.33', 'made-up:1')
    )
    expect(controlProblems('contracts/a.yml', sound(parseContract('contracts/a.yml', text)))).toMatchObject([
      { code: 'value.reference', line: 16, column: 9, found: 'soc2:CC6.33', suggestion: 'soc2:CC6.3' },
      { code: 'value.reference', line: 17, column: 9, found: 'made-up:1' }
    ])
  })

  test('of what an amendment sets or adds, and not of what it strikes', () => {
    const text = lines(
      'apiVersion: addendum/v1',
      'kind: Amendment',
      'id: b',
      'contract: a',
      'reason: A week of migration',
      'effective: {from: 2026-12-01, until: 2026-12-08}',
      'changes:',
      '  - strike: C-old',
      '  - {amend: C-read, set: {controls: ["soc2:CC6.3", "soc2:nothing"]}}',
      '  - {amend: C-write, set: {title: Write}}',
      '  - add: C-export',
      '    with:',
      ...clause('gdpr:99').map(row => `  ${row}`)
    )
    const path = 'amendments/a/b.yml'
    expect(controlProblems(path, sound(parseAmendment(path, text)))).toMatchObject([
      { pointer: '/changes/1/set/controls/1', line: 9 },
      { pointer: '/changes/3/with/controls/0', line: 18 }
    ])
  })

  test('of a rule of a policy', () => {
    const text = lines(
      'apiVersion: addendum/v1',
      'kind: Policy',
      'id: p',
      'title: Baseline',
      'rules:',
      '  - {id: r, on: [request], deny: request.emergency, because: No., controls: ["soc2:CC6.3", "soc3:CC6.3"]}'
    )
    const path = 'policies/p.yml'
    expect(controlProblems(path, sound(parsePolicy(path, text)))).toMatchObject([
      { pointer: '/rules/0/controls/1', line: 6, suggestion: 'soc2:CC6.3' }
    ])
  })
})
