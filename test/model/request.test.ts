import { expect, test } from 'vitest'
import type { Parsed } from '../../src/model/problem.ts'
import { parseRequest } from '../../src/model/request.ts'
import { requestYaml } from './documents.ts'

const file = 'requests/payments-production/2026-11-22-octocat-read.yml'

function told(parsed: Parsed<unknown>): string[] {
  return parsed.ok ? [] : parsed.problems.map(p => `${p.code} ${p.line}:${p.column} ${p.pointer}`)
}

test('a whole request is read, in seconds and instants', () => {
  const lines = {
    duration: 'PT2H',
    start: '2026-11-22T15:00:00+01:00',
    ticket: 'PAY-1234',
    emergency: 'true',
    inputs: '{a: 1}'
  }
  expect(parseRequest(file, requestYaml(lines))).toMatchObject({
    ok: true,
    value: {
      kind: 'AccessRequest',
      id: '2026-11-22-octocat-read',
      contract: 'payments-production',
      clause: 'C-read',
      subject: 'octocat',
      durationSeconds: 7_200,
      startAt: new Date('2026-11-22T14:00:00Z'),
      reason: 'Investigate duplicate refunds',
      ticket: 'PAY-1234',
      emergency: true,
      inputs: { a: 1 }
    }
  })
})

test('what is not written is absent, and no break-glass', () => {
  const parsed = parseRequest(file, requestYaml())
  if (!parsed.ok) throw new Error('refused')
  expect(parsed.value.emergency).toBe(false)
  expect(parsed.value.inputs).toEqual({})
  expect(Object.keys(parsed.value)).not.toContain('durationSeconds')
  expect(Object.keys(parsed.value)).not.toContain('startAt')
  expect(Object.keys(parsed.value)).not.toContain('ticket')
  expect(parsed.lines('/subject')).toEqual({ line: 6, column: 10, endLine: 6, endColumn: 17 })
})

test('a folded reason is one paragraph', () => {
  const parsed = parseRequest(file, requestYaml({ reason: '>\n  Investigate\n  duplicate refunds' }))
  expect(parsed.ok && parsed.value.reason).toBe('Investigate duplicate refunds')
})

test.each<[Record<string, string | undefined>, string]>([
  [{ apiVersion: 'addendum/v2' }, 'schema.value 1:13 /apiVersion'],
  [{ apiVersion: undefined }, 'schema.missing 1:1 '],
  [{ kind: 'AccesRequest' }, 'document.kind 2:7 /kind'],
  [{ kind: 'Contract' }, 'document.kind 2:7 /kind'],
  [{ kind: '1' }, 'schema.value 2:7 /kind'],
  [{ kind: undefined }, 'schema.missing 1:1 '],
  [{ id: 'Read' }, 'schema.value 3:5 /id'],
  [{ id: '20261122' }, 'schema.type 3:5 /id'],
  [{ contract: '../x' }, 'schema.value 4:11 /contract'],
  [{ clause: 'toString' }, 'schema.value 5:9 /clause'],
  [{ subject: '"@octocat"' }, 'schema.value 6:10 /subject'],
  [{ subject: 'оctocat' }, 'schema.value 6:10 /subject'],
  [{ subject: '[octocat]' }, 'schema.type 6:10 /subject'],
  [{ reason: 'Too short' }, 'schema.length 7:9 /reason'],
  [{ reason: 'x'.repeat(501) }, 'schema.length 7:9 /reason'],
  [{ reason: '|\n  Two whole\n  paragraphs' }, 'schema.value 7:9 /reason'],
  [{ reason: '"           "' }, 'schema.value 7:9 /reason'],
  [{ reason: undefined }, 'schema.missing 1:1 '],
  [{ duration: '2 hours' }, 'value.duration 8:11 /duration'],
  [{ duration: '120' }, 'schema.type 8:11 /duration'],
  [{ duration: '' }, 'schema.type 8:11 /duration'],
  [{ start: '2026-11-22' }, 'value.instant 8:8 /start'],
  [{ ticket: '1234' }, 'schema.type 8:9 /ticket'],
  [{ ticket: '""' }, 'schema.length 8:9 /ticket'],
  [{ emergency: 'yes' }, 'schema.type 8:12 /emergency'],
  [{ inputs: '{service: [a]}' }, 'schema.type 8:19 /inputs/service'],
  [{ inputs: '{Service: a}' }, 'schema.value 8:10 /inputs/Service'],
  [{ durations: '2h' }, 'schema.unknown-key 8:1 /durations'],
  [{ toString: 'x' }, 'schema.unknown-key 8:1 /toString']
])('%j', (lines, expected) => {
  expect(told(parseRequest(file, requestYaml(lines)))).toEqual([expected])
})

test('everything that is wrong is told at once, in the order of the lines', () => {
  expect(
    told(parseRequest(file, requestYaml({ subject: 'a b', duration: 'long', id: 'X', x: '1', reason: undefined })))
  ).toEqual([
    'schema.missing 1:1 ',
    'schema.value 3:5 /id',
    'schema.value 6:10 /subject',
    'value.duration 7:11 /duration',
    'schema.unknown-key 8:1 /x'
  ])
})

test('a misspelt key is one problem with what it was meant to be', () => {
  const parsed = parseRequest(file, requestYaml({ subject: undefined, subjcet: 'octocat' }))
  expect(told(parsed)).toEqual(['schema.unknown-key 7:1 /subjcet'])
  expect(parsed.ok || parsed.problems[0]).toMatchObject({
    suggestion: 'subject',
    found: 'subjcet',
    example: 'subject: octocat',
    endLine: 7,
    endColumn: 8
  })
})

test('a number where a text belongs is told to be quoted', () => {
  const parsed = parseRequest(file, requestYaml({ ticket: '12.50' }))
  expect(parsed.ok || parsed.problems[0]).toMatchObject({
    code: 'schema.type',
    found: '12.50',
    example: 'ticket: PAY-1234'
  })
})

test('several missing keys are several problems', () => {
  const parsed = parseRequest(file, 'apiVersion: addendum/v1\nkind: AccessRequest\n')
  expect(told(parsed)).toEqual(Array.from({ length: 5 }, () => 'schema.missing 1:1 '))
})

test.each(['[]', 'text', '1', 'true'])('%s is no request', text => {
  expect(told(parseRequest(file, text))).toEqual(['schema.type 1:1 '])
})

test('a request of more than 16 KiB is refused', () => {
  expect(told(parseRequest(file, `${requestYaml()}#${'x'.repeat(16_384)}`))).toEqual(['document.size 1:1 '])
})

test('a flood of unknown keys is told in fifty problems', () => {
  const keys = Array.from({ length: 1_000 }, (_, i) => `x${i}: 1\n`).join('')
  const parsed = parseRequest(file, requestYaml() + keys)
  expect(parsed.ok || parsed.problems.length).toBe(50)
})
