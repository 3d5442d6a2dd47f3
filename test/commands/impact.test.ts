// `addendum impact` on a working tree, and on a clone with a ledger whose past is decided again.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gitBlobSha } from '../../src/model/digest.ts'
import type { Draft } from '../../src/model/record.ts'
import type { Impact } from '../../src/report/replay.ts'
import { AccessRepository } from '../ledger/access-repository.ts'
import { advanced, amended, decided, hour, sha } from '../ledger/records.ts'
import { amendment, amendmentPath } from './amendment.ts'
import { addendum, request, tree } from './tree.ts'

const id = 'payments-production'

interface Answer {
  ok: boolean
  at: string
  changes: { clause: string; kind: string }[]
  reach: { clause: string; gained: string[]; lost: string[] }[]
  unknown: string[]
  impact: Impact | null
  unapplied: { code: string } | null
  notes: string[]
}
const impact = async (root: string, ...flags: string[]) => {
  const { code, out, problems } = await addendum('impact', amendmentPath, '-C', root, '--json', ...flags)
  return { code, problems, answer: out === '' ? undefined : (JSON.parse(out) as Answer) }
}

describe('in a working tree', () => {
  test('tells what changes when the amendment begins, and that there is no ledger', async () => {
    const root = tree({ [amendmentPath]: amendment({ effective: '{from: 2098-12-01, until: 2098-12-08}' }) })
    const past = await impact(root)
    // The contract ends before: its clauses change all the same.
    expect(past).toMatchObject({
      code: 0,
      answer: { ok: true, at: '2098-12-01T00:00:00Z', impact: null, changes: [{ clause: 'C-read' }] }
    })
    const { out } = await addendum('impact', amendmentPath, '-C', root)
    expect(out).toContain('Longest duration: 8h → 12h (longer).')
    expect(out).toContain('There is no ledger in this clone')
  })

  test('counts who could ask for what they could not, by the teams that are told', async () => {
    const text = amendment({
      effective: '{from: 2026-01-01}',
      permanent: 'true',
      changes: '[{amend: C-read, set: {eligible: ["@acme/security"]}}]'
    })
    const root = tree({
      [amendmentPath]: text,
      'teams.yml': '"@acme/payments": [octocat]\n"@acme/security": [mona, monalisa]\n"@acme/payments-leads": []\n'
    })
    const { answer } = await impact(root, '--teams', join(root, 'teams.yml'))
    expect(answer).toMatchObject({
      reach: [{ clause: 'C-read', gained: ['p-5c77e1', 'p-8a03d4'], lost: ['p-2f61c8'] }],
      unknown: []
    })
    const { out } = await addendum('impact', amendmentPath, '-C', root)
    expect(out).toContain('Who is in @acme/security is not known here')
  })

  test('answers 1 where it could not be applied', async () => {
    const below = amendment({ changes: '[{amend: C-write, set: {duration: {default: 1h, max: 8h}}}]' })
    const { code, answer } = await impact(tree({ [amendmentPath]: below }))
    expect(code).toBe(1)
    expect(answer).toMatchObject({ ok: false, unapplied: { code: 'below-floor' } })
    expect((await addendum('impact', amendmentPath, '-C', tree({ [amendmentPath]: below }))).out).toContain(
      'It is not applied: '
    )
  })

  test('can not tell of what is no amendment, not there, or unreadable', async () => {
    const root = tree({ [amendmentPath]: amendment({ reason: undefined }) })
    expect(await impact(root)).toMatchObject({ code: 2 })
    expect(await impact(tree())).toMatchObject({ code: 2 })
    expect(await impact(tree({ [amendmentPath]: amendment({ id: 'another' }) }))).toMatchObject({ code: 2 })
    expect(await addendum('impact', `contracts/${id}.yml`, '-C', root)).toMatchObject({ code: 2 })
  })
})

describe('in a clone with a ledger', () => {
  let access: AccessRepository
  let clone: string

  /** Four requests of octocat's: 812 for 2h, 813 for 6h (live), 814 for 12h (refused), 815 whose file is missing. */
  beforeAll(async () => {
    access = new AccessRepository()
    const starter = (path: string): string =>
      readFileSync(join(import.meta.dirname, '../../policies/starter', path), 'utf8')
    const contract = starter(`contracts/${id}.yml`)
    const directory = starter('directory.yml')
    let tip = access.merge(1, { 'directory.yml': directory, [`contracts/${id}.yml`]: contract })
    const ledger = await access.open()
    const asked = async (
      pr: number,
      duration: string,
      over: Partial<Extract<Draft, { type: 'request.decided' }>> = {}
    ): Promise<void> => {
      access.clock.pass(1_000)
      const name = `2026-11-22-octocat-${pr}`
      const text = request({ id: name, duration })
      const merge = access.merge(pr, { [`requests/${id}/${name}.yml`]: text })
      const occurredAt = access.clock.now()
      const usual = decided(pr)
      const notAfter = new Date(occurredAt.getTime() + 6 * hour).toISOString()
      const before = tip
      tip = merge
      await ledger.append(() => [
        advanced(before, merge, { occurredAt, pr }),
        {
          ...usual,
          occurredAt,
          merge,
          file: { blob: gitBlobSha(text), sha256: sha(text) },
          author: 'gh:1001',
          subject: 'gh:1001',
          targets: [],
          window: { notBefore: occurredAt.toISOString(), notAfter },
          approvals: usual.approvals.map(one => ({ ...one, by: 'gh:1002' as const })),
          inputs: { ...usual.inputs, contract: gitBlobSha(contract), directory: gitBlobSha(directory) },
          ...over
        }
      ])
    }
    await asked(812, '2h', { window: null, outcome: 'allow' })
    await asked(813, '6h')
    await asked(814, '12h', { outcome: 'refuse', window: null, failed: ['duration-within'] })
    await asked(815, '1h', {
      file: { blob: 'f'.repeat(40), sha256: sha('') },
      outcome: 'refuse',
      window: null,
      failed: ['approved']
    })
    access.publish()
    clone = access.clone()
  })
  afterAll(() => access.remove())

  const proposed = (changes: string, over: Record<string, string> = {}): string => {
    mkdirSync(dirname(join(clone, amendmentPath)), { recursive: true })
    writeFileSync(join(clone, amendmentPath), amendment({ changes, ...over }))
    return clone
  }
  const at = async (root: string, now: Date) => {
    const { impactCommand } = await import('../../src/commands/impact.ts')
    const out: string[] = []
    await impactCommand({ file: amendmentPath, directory: root, json: true, now }, { write: text => out.push(text) })
    return (JSON.parse(out.join('')) as Answer).impact
  }

  test('decides the past again: what was refused would be allowed, and what cannot be read is counted', async () => {
    const { answer } = await impact(proposed('[{amend: C-read, set: {duration: {default: 1h, max: 12h}}}]'))
    expect(answer?.impact).toMatchObject({
      requests: 4,
      refusedToAllowed: 1,
      allowedToRefused: 0,
      unchanged: { allowed: 2 },
      unjudged: { 'request-unreadable': 1 },
      examples: [{ pr: 814, before: { verdict: 'refuse', rule: 'duration-within' }, after: { verdict: 'allow' } }]
    })
  })

  test('what was allowed would be refused, and which grants in force are out of the new terms', async () => {
    const root = proposed('[{amend: C-read, set: {duration: {default: 1h, max: 4h}}}]')
    const found = await at(root, new Date(access.clock.now().getTime() + hour))
    expect(found).toMatchObject({ allowedToRefused: 1, live: [{ pr: 813, before: 'allow', after: 'refuse' }] })
    const { out } = await addendum('impact', amendmentPath, '-C', root)
    expect(out).toContain(
      'Of 4 past requests, 1 that was allowed would be refused, 0 that were refused would be allowed'
    )
    expect(out).toContain(
      '#813 (C-read, 2026-11-22): allowed → refused. The request asks for 6h; the clause allows 4h.'
    )
  })

  test('an amendment is law only where the ledger decided so; its own copy in the tree does not count against it', async () => {
    const text = amendment({
      effective: '{from: 2026-01-01}',
      permanent: 'true',
      changes: '[{amend: C-read, set: {duration: {default: 1h, max: 4h}}}]'
    })
    const root = access.clone()
    mkdirSync(dirname(join(root, amendmentPath)), { recursive: true })
    writeFileSync(join(root, amendmentPath), text)
    const undecided = await addendum('conform', id, '-C', root, '--json')
    expect(JSON.parse(undecided.out)).toMatchObject({
      applied: [],
      notes: [expect.stringContaining('the ledger does not say')]
    })
    const ledger = await access.open()
    const occurredAt = access.clock.now()
    const file = { blob: gitBlobSha(text), sha256: sha(text) }
    await ledger.append(() => [
      amended(90, {
        occurredAt,
        mergedAt: occurredAt.toISOString(),
        file,
        window: { from: '2026-01-01T00:00:00Z', until: null }
      })
    ])
    access.publish()
    const again = access.clone()
    mkdirSync(dirname(join(again, amendmentPath)), { recursive: true })
    writeFileSync(join(again, amendmentPath), text)
    const law = await addendum('conform', id, '-C', again, '--json')
    expect(JSON.parse(law.out)).toMatchObject({ applied: ['2026-12-migration-week'], notes: [] })
    expect((await impact(again)).answer).toMatchObject({ changes: [{ clause: 'C-read' }], unapplied: null, notes: [] })
  })
})
