// `addendum test`: what it runs, what it says, and its exit codes.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../../src/cli.ts'

const rules = [
  'apiVersion: addendum/v1',
  'kind: Policy',
  'id: company',
  'title: Of the company',
  'rules:',
  "  - {id: r-one, on: [request], deny: request.ticket == '', because: No ticket.}",
  'examples:',
  ''
].join('\n')
const passing = '  - {name: Without, on: request, given: {}, expect: deny, by: [r-one]}\n'
const failing = '  - {name: Without, on: request, given: {}, expect: allow}\n'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'addendum-test-'))
  mkdirSync(join(root, 'policies'))
})
afterEach(() => rmSync(root, { recursive: true }))

async function addendum(...args: string[]): Promise<{ code: number; out: string; problems: string }> {
  let [out, problems] = ['', '']
  const to = { write: (text: string) => void (out += text) }
  const errors = { write: (text: string) => void (problems += text) }
  const code = await run(['test', ...args], to, errors)
  return { code, out, problems }
}

const write = (text: string, name = 'company.yml'): void => writeFileSync(join(root, 'policies', name), text)

describe('addendum test', () => {
  test('passes with 0, and says what is not proven', async () => {
    write(rules + passing)
    const { code, out } = await addendum(root)
    expect(code).toBe(0)
    expect(out).toMatch(/ok +Without/)
    expect(out).toMatch(/1 passed, 0 failed/)
    expect(out).toMatch(/unproven +r-one .*never false/)
  })
  test('fails with 1, with expected, actual, the rule and the line', async () => {
    write(rules + passing + failing + '  - {name: By another, on: request, given: {reqeust: {}}, expect: deny}\n')
    const { code, out } = await addendum(root)
    expect(code).toBe(1)
    expect(out).toMatch(/not ok +Without\n +at policies\/company\.yml:9:\d+\n +expected +allow\n +actual +deny\n/)
    expect(out).toContain('r-one: No ticket.')
    expect(out).toMatch(/Did you mean "request"\?/)
  })
  test('says that another rule decided', async () => {
    const other = '  - {id: r-two, on: [request], deny: request.emergency, because: Never.}\nexamples:\n'
    write(rules.replace('examples:\n', other) + passing.replace('r-one', 'r-two'))
    const { code, out } = await addendum(root)
    expect([code, /not by r-two/.test(out)]).toEqual([1, true])
  })
  test('fails with 1 where a policy cannot be read, or its name is none, and runs the others', async () => {
    write(rules.replace('request.ticket', 'request.tikcet').replace('company', 'broken') + passing, 'broken.yml')
    write(rules + passing)
    write(rules + passing, 'Wrong.yaml')
    const { code, out } = await addendum(root)
    expect([code, out.includes('"ticket"'), /1 passed, 0 failed/.test(out)]).toEqual([1, true, true])
  })
  test('answers in JSON, the shipped policy too where it is asked for', async () => {
    const { code, out } = await addendum(root, '--baseline', '--json')
    expect([code, JSON.parse(out)]).toMatchObject([0, { ok: true, policies: [{ policy: 'baseline' }] }])
  })
  test('without any policy, and with one that leads elsewhere, it cannot run', async () => {
    expect((await addendum(root)).code).toBe(2)
    expect((await addendum(join(root, 'none'))).code).toBe(2)
    symlinkSync('/etc/hostname', join(root, 'policies', 'link.yml'))
    expect((await addendum(root)).code).toBe(2)
  })
})
