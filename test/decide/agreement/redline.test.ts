// A redline in words and in lines: what a change of each term is called, and that it never calls a doubt by a name.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conform } from '../../../src/decide/agreement/conform.ts'
import { lineDiff } from '../../../src/decide/agreement/line-diff.ts'
import { redline } from '../../../src/decide/agreement/redline.ts'
import type { Clause, Contract, Window } from '../../../src/model/contract.ts'
import { clause, contract } from '../facts.ts'
import { acting, add, agreement, anyClause, at, longer, merged, staged, strike } from './agreements.ts'

const between = (before: Partial<Clause>, after: Partial<Clause>) => {
  const side = (over: Partial<Clause>) => ({ contract: contract({ clauses: { 'C-read': clause(over) } }) })
  return redline(side(before), side(after))
}
const fieldsOf = (before: Partial<Clause>, after: Partial<Clause>) =>
  between(before, after).flatMap(({ fields }) => fields)
const hours = (over: Partial<Window> = {}): Clause['conditions'] => ({
  window: { days: ['mon', 'tue'], startMinute: 480, endMinute: 1_080, zone: 'Europe/Berlin', ...over },
  require: []
})
const reader = { provider: 'payments-db', resource: 'ledger', role: 'reader' }
const rule = { rule: 'true', because: 'Long reads need a case.' }
const stages = staged({ count: 2, from: ['@acme/sre'] })

test.each<[string, Partial<Clause>, Partial<Clause>, string, string]>([
  [
    'a longer duration',
    {},
    { duration: { defaultSeconds: 3_600, maxSeconds: 43_200 } },
    'looser',
    'Longest duration: 8h → 12h (longer).'
  ],
  [
    'a shorter default',
    {},
    { duration: { defaultSeconds: 60, maxSeconds: 28_800 } },
    'stricter',
    'Duration where none is named: 1h → 1m (shorter).'
  ],
  [
    'fewer approvals',
    { approvals: stages },
    { approvals: staged({ count: 1, from: ['@acme/sre'] }) },
    'looser',
    'Approvals: 2 from @acme/sre → 1 from @acme/sre (fewer).'
  ],
  [
    'more approvals',
    { approvals: stages },
    {
      approvals: staged({ count: 2, from: ['@acme/sre'] }, { count: 1, from: ['@mona'] })
    },
    'stricter',
    'Approvals: 2 from @acme/sre → 2 from @acme/sre and 1 from @mona (more).'
  ],
  [
    'more people to choose from',
    { approvals: stages },
    { approvals: staged({ count: 2, from: ['@acme/sre', '@mona'] }) },
    'looser',
    'Approvals: 2 from @acme/sre → 2 from @acme/sre or @mona (looser).'
  ],
  [
    'others who approve',
    { approvals: stages },
    { approvals: staged({ count: 3, from: ['@mona'] }) },
    'other',
    'Approvals: 2 from @acme/sre → 3 from @mona (more).'
  ],
  [
    'approvals by nobody',
    { approvals: stages },
    { approvals: { kind: 'automatic', when: 'true' } },
    'looser',
    'Approvals: 2 from @acme/sre → automatic where "true" (without people).'
  ],
  [
    'approvals by people again',
    { approvals: { kind: 'automatic', when: 'true' } },
    { approvals: stages },
    'stricter',
    'Approvals: automatic where "true" → 2 from @acme/sre (by people).'
  ],
  [
    'another expression',
    { approvals: { kind: 'automatic', when: 'true' } },
    {
      approvals: { kind: 'automatic', when: 'false' }
    },
    'other',
    'Approvals: automatic where "true" → automatic where "false".'
  ],
  [
    'more access',
    {},
    { access: [reader, { ...reader, role: 'writer' }] },
    'looser',
    'Access: payments-db/ledger reader → payments-db/ledger reader and payments-db/ledger writer (more).'
  ],
  [
    'other access',
    {},
    { access: [{ ...reader, role: 'writer' }] },
    'other',
    'Access: payments-db/ledger reader → payments-db/ledger writer.'
  ],
  [
    'access in another order',
    { access: [reader, { ...reader, role: 'writer' }] },
    {
      access: [{ ...reader, role: 'writer' }, reader]
    },
    'other',
    'Access: payments-db/ledger reader and payments-db/ledger writer → ' +
      'payments-db/ledger writer and payments-db/ledger reader.'
  ],
  [
    'more who may ask',
    {},
    { eligible: undefined },
    'looser',
    'Who may ask: @acme/payments → @acme/payments or @hubot (more).'
  ],
  [
    'fewer who may ask',
    { eligible: undefined },
    {},
    'stricter',
    'Who may ask: @acme/payments or @hubot → @acme/payments (fewer).'
  ],
  [
    'a ticket',
    {},
    { conditions: { ticket: '^PAY-[0-9]+$', require: [] } },
    'stricter',
    'Ticket: none → "^PAY-[0-9]+$" (new).'
  ],
  [
    'no ticket',
    { conditions: { ticket: '^A$', require: [] } },
    {},
    'looser',
    'Ticket: "^A$" → none (no longer asked for).'
  ],
  [
    'another ticket',
    { conditions: { ticket: '^A$', require: [] } },
    { conditions: { ticket: '^B$', require: [] } },
    'other',
    'Ticket: "^A$" → "^B$".'
  ],
  ['hours', {}, { conditions: hours() }, 'stricter', 'Hours: none → mon, tue 08:00–18:00 Europe/Berlin (new).'],
  [
    'no hours',
    { conditions: hours() },
    {},
    'looser',
    'Hours: mon, tue 08:00–18:00 Europe/Berlin → none (no longer asked for).'
  ],
  [
    'longer hours',
    { conditions: hours() },
    { conditions: hours({ startMinute: 420 }) },
    'looser',
    'Hours: mon, tue 08:00–18:00 Europe/Berlin → mon, tue 07:00–18:00 Europe/Berlin (longer).'
  ],
  [
    'a night instead of a day',
    { conditions: hours() },
    { conditions: hours({ endMinute: 360 }) },
    'looser',
    'Hours: mon, tue 08:00–18:00 Europe/Berlin → mon, tue 08:00–06:00 Europe/Berlin (longer).'
  ],
  [
    'fewer days',
    { conditions: hours() },
    { conditions: hours({ days: ['mon'] }) },
    'stricter',
    'Hours: mon, tue 08:00–18:00 Europe/Berlin → mon 08:00–18:00 Europe/Berlin (shorter).'
  ],
  [
    'the clock of another zone',
    { conditions: hours() },
    { conditions: hours({ zone: 'UTC' }) },
    'other',
    'Hours: mon, tue 08:00–18:00 Europe/Berlin → mon, tue 08:00–18:00 UTC.'
  ],
  [
    'a rule more',
    {},
    { conditions: { require: [rule] } },
    'stricter',
    'Rules: none → "Long reads need a case." (more).'
  ],
  [
    'a rule fewer',
    { conditions: { require: [rule] } },
    {},
    'looser',
    'Rules: "Long reads need a case." → none (fewer).'
  ],
  [
    'a rule under the same sentence',
    { conditions: { require: [rule] } },
    {
      conditions: { require: [{ ...rule, rule: 'false' }] }
    },
    'other',
    'Rules: changed.'
  ],
  ['controls', {}, { controls: [] }, 'other', 'Controls: soc2:CC6.3 → none.'],
  ['the title', {}, { title: 'Read it' }, 'other', 'Title: "Read the ledger database" → "Read it".'],
  [
    'no text',
    {},
    { text: undefined },
    'other',
    'Text: "Support engineers may read production payment records." → none.'
  ]
])('%s', (_, before, after, direction, sentence) => {
  const [field, ...more] = fieldsOf(before, after)
  expect(more).toEqual([])
  expect(field?.sentence).toBe(sentence)
  expect(field?.direction).toBe(direction)
})

test('what it becomes in the other direction is the opposite', () => {
  const opposite = { looser: 'stricter', stricter: 'looser', other: 'other' }
  fc.assert(
    fc.property(anyClause, anyClause, (a, b) => {
      const [there, back] = [fieldsOf(a, b), fieldsOf(b, a)]
      expect(back.map(({ field, direction }) => [field, direction])).toEqual(
        there.map(({ field, direction }) => [field, opposite[direction]])
      )
    }),
    { numRuns: 300 }
  )
})

describe('an action', () => {
  const acted = (inputs: NonNullable<Clause['action']>['inputs']): Contract =>
    contract({ clauses: { 'C-act': acting({ action: { provider: 'ops', name: 'restart', inputs } }) } })
  test('is told with its inputs', () => {
    const [change] = redline({ contract: acted({}) }, { contract: acted({ service: { kind: 'text', maxLength: 9 } }) })
    expect(change?.fields).toEqual([
      { field: 'action', direction: 'other', sentence: 'Action: ops restart → ops restart with service.' }
    ])
  })
  test('in place of access is told as a whole', () => {
    const sides = { 'C-act': clause() }
    const change = redline({ contract: contract({ clauses: sides }) }, { contract: acted({}) })[0]
    expect(change?.fields.map(({ field, direction }) => [field, direction])).toEqual([
      ['access', 'stricter'],
      ['action', 'other'],
      ['duration.max', 'other'],
      ['duration.default', 'other']
    ])
  })
})

describe('clauses', () => {
  const inWeek = at('2026-12-03T00:00:00Z')
  const changes = [longer(), add('C-new', { controls: ['gdpr:32(1)'] }), strike('C-export')]
  const list = redline(conform(agreement(), [], inWeek), conform(agreement(), [merged({ changes })], inWeek))
  test('come by id, with the controls that they touch', () => {
    expect(list.map(({ clause: id, kind, controls }) => [id, kind, controls])).toEqual([
      ['C-export', 'struck', ['soc2:CC6.3']],
      ['C-new', 'added', ['gdpr:32(1)']],
      ['C-read', 'amended', ['soc2:CC6.3']]
    ])
  })
  test('that are new tell all their terms, those that are struck that they are', () => {
    expect(list[0]?.fields.map(({ direction }) => direction)).toEqual(['stricter'])
    expect(list[1]?.fields[0]).toEqual({
      field: 'clause',
      direction: 'looser',
      sentence: 'New: "Read the ledger database" can be asked for.'
    })
    expect(list[1]?.fields.map(({ field }) => field)).toEqual([
      'clause',
      'access',
      'eligible',
      'duration.max',
      'duration.default',
      'approvals',
      'controls'
    ])
  })
  test('are shown line by line', () => {
    expect(list[2]?.diff.filter(line => !line.startsWith('  '))).toEqual([
      '- duration: {default: 1h, max: 8h}',
      '+ duration: {default: 4h, max: 12h}'
    ])
    expect(list[0]?.diff.every(line => line.startsWith('- '))).toBe(true)
    expect(list[1]?.diff.every(line => line.startsWith('+ '))).toBe(true)
  })
  test('whose contract names other people change with it', () => {
    const wider = agreement({ parties: { owner: '@acme/payments-leads', eligible: ['@acme/everyone'] } })
    const open = { ...agreement(), clauses: { 'C-read': clause({ eligible: undefined }), 'C-export': clause() } }
    const change = redline({ contract: open }, { contract: { ...open, parties: wider.parties } })
    expect(change.map(({ clause: id, fields }) => [id, fields.map(({ field }) => field)])).toEqual([
      ['C-read', ['eligible']]
    ])
  })
})

describe('a diff of lines', () => {
  const apply = (diff: string[], mark: '- ' | '+ ') =>
    diff.filter(line => line.startsWith('  ') || line.startsWith(mark)).map(line => line.slice(2))
  test('is the shortest that leads from one text to the other', () => {
    expect(lineDiff('a\nb\nc\n', 'a\nx\nc\n')).toEqual(['  a', '- b', '+ x', '  c'])
    expect(lineDiff('a\nb\nc\nd\n', 'x\nb\ny\nd\n')).toEqual(['- a', '+ x', '  b', '- c', '+ y', '  d'])
    expect(lineDiff('', '')).toEqual([])
  })
  test('gives back both texts', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [before, after] = [a, b].map(lines => lines.map(line => `${line}\n`).join('')) as [string, string]
        const diff = lineDiff(before, after)
        expect(apply(diff, '- ')).toEqual(a)
        expect(apply(diff, '+ ')).toEqual(b)
      }),
      { numRuns: 500 }
    )
  })
  test('is bounded: long texts that share nothing are replaced', () => {
    const many = (mark: string) => Array.from({ length: 1_001 }, (_, index) => `${mark}${index}\n`).join('')
    const diff = lineDiff(`same\n${many('a')}`, `same\n${many('b')}`)
    expect(diff).toHaveLength(1 + 2 * 1_001)
    expect(diff.slice(0, 2)).toEqual(['  same', '- a0'])
  })
})
