import { expect, test } from 'vitest'
import { parseAmendment } from '../../src/model/amendment.ts'
import type { Parsed } from '../../src/model/problem.ts'
import { amendmentYaml } from './documents.ts'

const file = 'amendments/payments-production/2026-12-migration-week.yml'
const amend = '{amend: C-read, set: {duration: {default: 4h, max: 12h}}}'
const digest = `sha256:${'a'.repeat(64)}`

function told(parsed: Parsed<unknown>): string[] {
  return parsed.ok ? [] : parsed.problems.map(p => `${p.code} ${p.line}:${p.column} ${p.pointer}`)
}

test('an amendment is read whole', () => {
  const add =
    '{add: C-export, with: {title: Export, action: {provider: ops, name: export}, approvals: {count: 1, from: [codeowners]}}}'
  const set =
    `{amend: C-read, expects: "${digest}", set: {title: Read all, text: All of it, eligible: ["@octocat"], controls: [], ` +
    'access: [{provider: db, resource: a, role: b}], conditions: {}, approvals: {automatic: "true"}}}'
  const strike = `{strike: C-restart, expects: "${digest}"}`
  const lines = { supersedes: '[2026-11-freeze]', transition: 'rebound' }
  expect(parseAmendment(file, amendmentYaml([set, add, strike], lines))).toMatchObject({
    ok: true,
    value: {
      kind: 'Amendment',
      id: '2026-12-migration-week',
      contract: 'payments-production',
      effective: { fromAt: new Date('2026-12-01T00:00:00Z'), untilAt: new Date('2026-12-08T00:00:00Z') },
      permanent: false,
      reason: 'Migration week of the payments platform',
      changes: [
        {
          kind: 'amend',
          clause: 'C-read',
          expects: digest,
          set: {
            title: 'Read all',
            text: 'All of it',
            eligible: ['@octocat'],
            controls: [],
            access: [{ provider: 'db', resource: 'a', role: 'b' }],
            conditions: { require: [] },
            approvals: { kind: 'automatic', when: 'true' }
          }
        },
        { kind: 'add', clause: 'C-export', with: { title: 'Export', controls: [], conditions: { require: [] } } },
        { kind: 'strike', clause: 'C-restart', expects: digest }
      ],
      supersedes: ['2026-11-freeze'],
      transition: 'rebound'
    }
  })
})

test('an amendment sets only the fields that it names, keeps grants and supersedes nothing', () => {
  const parsed = parseAmendment(file, amendmentYaml([amend, '{strike: C-x}']))
  if (!parsed.ok) throw new Error(told(parsed).join('\n'))
  expect(parsed.value.changes).toEqual([
    { kind: 'amend', clause: 'C-read', set: { duration: { defaultSeconds: 14_400, maxSeconds: 43_200 } } },
    { kind: 'strike', clause: 'C-x' }
  ])
  expect(parsed.value).toMatchObject({ supersedes: [], transition: 'keep' })
})

test('a permanent amendment has no end', () => {
  const parsed = parseAmendment(file, amendmentYaml([amend], { effective: '{from: 2026-12-01}', permanent: 'true' }))
  expect(parsed.ok && parsed.value).toMatchObject({
    permanent: true,
    effective: { fromAt: new Date('2026-12-01T00:00:00Z') }
  })
  expect(parsed.ok && Object.keys(parsed.value.effective)).toEqual(['fromAt'])
})

test.each<[string[], Record<string, string>, string[]]>([
  [[amend], { effective: '{from: 2026-12-01}' }, ['schema.missing 5:1 /effective']],
  [[amend], { permanent: 'true' }, ['schema.choice 5:41 /effective/until']],
  [[amend], { effective: '{from: 2026-12-08, until: 2026-12-01}' }, ['value.order 5:38 /effective/until']],
  [[amend], { supersedes: '[2026-12-migration-week]' }, ['value.reference 7:14 /supersedes/0']],
  [[amend], { transition: 'terminate' }, ['schema.value 7:13 /transition']],
  [[amend, '{strike: C-read}'], {}, ['value.duplicate 9:14 /changes/1/strike']],
  [['{add: C-x}'], {}, ['schema.missing 8:5 /changes/0']],
  [['{strike: C-x, set: {}}'], {}, ['schema.unknown-key 8:19 /changes/0/set']],
  [['{amend: C-x}'], {}, ['schema.missing 8:5 /changes/0']],
  [['{amend: C-x, set: {}}'], {}, ['schema.length 8:23 /changes/0/set']],
  [['{amend: C-x, set: {durations: {}}}'], {}, ['schema.unknown-key 8:24 /changes/0/set/durations']],
  [['{amend: C-x, set: {duration: {default: 4h}}}'], {}, ['schema.missing 8:24 /changes/0/set/duration']],
  [['{amend: C-x, set: {duration: {default: 4h, max: 1h}}}'], {}, ['value.order 8:44 /changes/0/set/duration/default']],
  [['{amend: C-x, expects: abc, set: {title: Read}}'], {}, ['schema.value 8:27 /changes/0/expects']],
  [['{}'], {}, ['schema.missing 8:5 /changes/0', 'schema.missing 8:5 /changes/0']]
])('%j %j', (changes, lines, expected) => {
  expect(told(parseAmendment(file, amendmentYaml(changes, lines)))).toEqual(expected)
})

test('a clause that is added must be whole', () => {
  const add =
    '{add: C-x, with: {title: Read, access: [{provider: db, resource: a, role: b}], approvals: {automatic: "true"}}}'
  expect(told(parseAmendment(file, amendmentYaml([add])))).toEqual(['schema.missing 8:16 /changes/0/with'])
})

test('an amendment may set break-glass by itself', () => {
  const set = '{amend: C-read, set: {emergency: {approvals: none, max: 1h, review: 1d}}}'
  const parsed = parseAmendment(file, amendmentYaml([set]))
  const emergency = { stages: [], maxSeconds: 3_600, reviewSeconds: 86_400 }
  expect(parsed.ok && parsed.value.changes).toEqual([{ kind: 'amend', clause: 'C-read', set: { emergency } }])
})
