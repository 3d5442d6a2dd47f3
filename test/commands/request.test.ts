// `addendum request`: what it writes is what the check accepts, and what would be refused is not written.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { requestCommand } from '../../src/commands/request.ts'
import { addendum, requestPath, tree } from './tree.ts'

const today = new Date('2026-11-22T23:59:00Z')
const answers = {
  contract: 'payments-production',
  clause: 'C-read',
  subject: 'octocat',
  duration: '2h',
  reason: 'Investigate duplicate refunds: "yes", # and all',
  ticket: 'PAY-1234'
}
const operations = `
apiVersion: addendum/v1
kind: Contract
id: operations
title: One operation at a time
version: 1
parties: {owner: "@acme/security", eligible: ["@octocat"]}
effective: {from: 2026-01-01, until: 2036-01-01}
clauses:
  C-restart:
    title: Restart one service
    action:
      provider: ops
      name: restart-service
      inputs: {service: {enum: [checkout, ledger]}, instances: {minimum: 1, maximum: 3}}
    approvals: {count: 1, from: ["@acme/security"]}
`
const write = async (directory: string, changes: Partial<typeof answers> = {}) => {
  const out: string[] = []
  const code = await requestCommand({ ...answers, ...changes, directory, today }, { write: text => out.push(text) })
  return { code, out: out.join('') }
}

describe('request', () => {
  test('writes a request that check accepts, and says how to open the pull request', async () => {
    const root = tree()
    const { code, out } = await write(root)
    expect(code).toBe(0)
    expect(out).toContain('git switch -c request/2026-11-22-octocat-read')
    expect(readFileSync(join(root, requestPath), 'utf8')).toContain('id: 2026-11-22-octocat-read\n')
    expect(await addendum('check', '-C', root, requestPath)).toMatchObject({ code: 0 })
  })

  test('never overwrites: the second of a day has a number', async () => {
    const root = tree()
    await write(root)
    await write(root)
    const second = requestPath.replace('.yml', '-2.yml')
    expect(existsSync(join(root, second))).toBe(true)
    expect(await addendum('check', '-C', root, requestPath, second)).toMatchObject({ code: 0 })
  })

  test.each<[string, Partial<typeof answers>]>([
    ['a clause that is not there', { clause: 'C-export' }],
    ['too long a time', { duration: '9h' }],
    ['no duration', { duration: 'soon' }],
    ['another kind of ticket', { ticket: 'OPS-1' }],
    ['a subject that is no login', { subject: '../../evil' }],
    ['a reason that says nothing', { reason: 'why' }]
  ])('writes nothing for %s', async (_, changes) => {
    const root = tree()
    expect(await write(root, changes)).toMatchObject({ code: 1 })
    expect(existsSync(join(root, 'requests'))).toBe(false)
  })

  describe('for an action', () => {
    const restart = ['--contract', 'operations', '--clause', 'C-restart', '--subject', 'octocat']
    const ask = async (...input: string[]) => {
      const root = tree({ 'contracts/operations.yml': operations })
      const flags = [...restart, '--reason', answers.reason, '--input', ...input]
      return { root, ...(await addendum('request', '-C', root, ...flags)) }
    }

    test('writes its inputs as the clause means them', async () => {
      const { root, code } = await ask('service=checkout', 'instances=2')
      expect(code).toBe(0)
      const [file] = readdirSync(join(root, 'requests/operations'))
      const text = readFileSync(join(root, 'requests/operations', file ?? ''), 'utf8')
      expect(parse(text)).toMatchObject({ inputs: { service: 'checkout', instances: 2 } })
      expect(await addendum('explain', '-C', root, `requests/operations/${file}`)).toMatchObject({ code: 0 })
    })

    test.each([
      [['service=checkuot', 'instances=2'], 'checkout'],
      [['service=checkout', 'instances=9'], 'from 1 to 3'],
      [['service=checkout'], 'instances'],
      [['service=checkout', 'instances=2', 'sevrice=ledger'], 'service']
    ])('writes nothing for %s', async (input, told) => {
      const { root, code, out } = await ask(...input)
      expect([code, existsSync(join(root, 'requests'))]).toEqual([1, false])
      expect(out).toContain(told)
    })

    test.each([[['service']], [['=checkout']], [['service=checkout', 'service=ledger']]])(
      'cannot read %s',
      async input => {
        expect(await ask(...input)).toMatchObject({ code: 2 })
      }
    )
  })

  test('asks for what is missing where there is somebody to ask', async () => {
    const root = tree()
    const out = { write: () => undefined }
    const ask = async (given: object) => ({ ...answers, ...given })
    expect(await requestCommand({ clause: 'C-write', duration: '1h', directory: root, today, ask }, out)).toBe(0)
    const text = readFileSync(join(root, requestPath.replace('read', 'write')), 'utf8')
    expect(text).toContain('clause: C-write\n')
  })

  test('can not write without the answers, without contracts, or for a contract that is not there', async () => {
    const root = tree()
    expect(await addendum('request', '-C', root, '--contract', 'payments-production')).toMatchObject({ code: 2 })
    expect(await addendum('request', '-C', join(root, 'contracts'))).toMatchObject({ code: 2 })
    const flags = ['--clause', 'C-read', '--subject', 'octocat', '--reason', answers.reason]
    const missing = await addendum('request', '-C', root, '--contract', 'payment-production', ...flags)
    expect(missing).toMatchObject({ code: 2, problems: expect.stringContaining('payments-production') })
  })
})
