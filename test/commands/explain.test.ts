// `addendum explain`: the Decision as far as a working tree goes, and no further.
import { describe, expect, test } from 'vitest'
import type { Decision } from '../../src/model/decision.ts'
import { addendum, request, requestPath, tree } from './tree.ts'

interface Answer {
  ok: boolean
  needed: { count: number; from: string[] }[]
  needsGitHub: string[]
  decision: Decision
}

const at = '2026-11-23T10:00:00Z'
const explain = async (files: Record<string, string>, path: string, ...flags: string[]) => {
  const { code, out } = await addendum('explain', path, '-C', tree(files), '--at', at, '--json', ...flags)
  const answer = JSON.parse(out) as Answer
  const failed = answer.decision.reasons.filter(reason => !reason.holds && !answer.needsGitHub.includes(reason.rule))
  return { code, answer, failed: failed.map(reason => reason.rule) }
}

describe('explain', () => {
  test('finds nothing against a sound request, and says whose approval is needed', async () => {
    const { code, answer, failed } = await explain({ [requestPath]: request() }, requestPath)
    expect({ code, failed }).toEqual({ code: 0, failed: [] })
    expect(answer.needed).toEqual([{ count: 1, from: ['@acme/payments-leads'] }])
    expect(answer.decision.terms).toMatchObject({
      contract: 'payments-production',
      clause: 'C-read',
      durationSeconds: 7200
    })
  })

  test('never says allow: who is in a team and who approved is for GitHub to say', async () => {
    const { answer } = await explain({ [requestPath]: request() }, requestPath)
    expect(answer.decision.outcome).not.toBe('allow')
    expect(answer.needsGitHub).toEqual(expect.arrayContaining(['subject-eligible', 'approved', 'provider-ready']))
  })

  test('names both stages where a clause has two', async () => {
    const path = requestPath.replace('read', 'write')
    const text = request({ id: '2026-11-22-octocat-write', clause: 'C-write', duration: '1h' })
    const { answer } = await explain({ [path]: text }, path)
    expect(answer.needed.map(stage => stage.from)).toEqual([['@acme/payments-leads'], ['@acme/security']])
  })

  test.each<[string, Record<string, string | undefined>, string]>([
    ['too long a time', { duration: '9h' }, 'duration-within'],
    ['another kind of ticket', { ticket: 'OPS-1' }, 'conditions-hold'],
    ['a clause that is not there', { clause: 'C-raed' }, 'clause-in-effect'],
    ['a file that is no request', { subject: undefined }, 'document-valid']
  ])('finds %s against a request', async (_, changes, rule) => {
    const { code, failed } = await explain({ [requestPath]: request(changes) }, requestPath)
    expect(code).toBe(1)
    expect(failed).toContain(rule)
  })

  test('judges for another subject and at another instant when asked', async () => {
    const files = { [requestPath]: request() }
    expect((await explain(files, requestPath, '--subject', 'hubot')).failed).toContain('subject-known')
    expect((await explain(files, requestPath, '--at', '2031-01-01')).failed).toContain('clause-in-effect')
  })

  test('judges CODEOWNERS where it is itself what is wrong', async () => {
    for (const text of ['/contracts/ @acme/security\n', '* @acme/security\n/requests/ nobody\n']) {
      const { code, failed } = await explain({ [requestPath]: request(), '.github/CODEOWNERS': text }, requestPath)
      expect({ code, failed }).toEqual({ code: 1, failed: ['owners-readable'] })
    }
  })

  test('tells it in words too', async () => {
    const root = tree({ [requestPath]: request() })
    const { code, out } = await addendum('explain', requestPath, '-C', root, '--at', at)
    expect(code).toBe(0)
    expect(out).toContain('payments-db/ledger reader  for 2h')
    expect(out).toContain('1 approval from @acme/payments-leads')
  })

  test('can not explain what is no request, what is not there, or an instant that is none', async () => {
    const root = tree({ [requestPath]: request() })
    expect(await addendum('explain', 'directory.yml', '-C', root)).toMatchObject({ code: 2 })
    expect(await addendum('explain', requestPath.replace('read', 'none'), '-C', root)).toMatchObject({ code: 2 })
    expect(await addendum('explain', requestPath, '-C', root, '--at', 'noon')).toMatchObject({ code: 2 })
  })
})
