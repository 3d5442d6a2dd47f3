// Builders of amendments and of the facts about a pull request that adds one; and arbitrary ones for properties.
import fc from 'fast-check'
import type { MergedAmendment } from '../../../src/model/agreement.ts'
import type { Amendment, Change } from '../../../src/model/amendment.ts'
import type { Approvals, Clause, Contract, Stage } from '../../../src/model/contract.ts'
import { parseCodeowners } from '../../../src/model/codeowners.ts'
import { decideAmendment } from '../../../src/decide/amendment.ts'
import type { AmendmentFacts } from '../../../src/model/facts.ts'
import {
  at,
  blob,
  clause,
  contract,
  facts,
  head,
  known,
  mona,
  monalisa,
  hubot,
  now,
  octocat,
  parsed,
  review
} from '../facts.ts'

export const amendmentPath = 'amendments/payments-production/2026-12-migration-week.yml'

/** 12 h instead of 8 h in the first week of December. */
export function amendment(over: Partial<Amendment> = {}): Amendment {
  return {
    kind: 'Amendment',
    id: '2026-12-migration-week',
    contract: 'payments-production',
    effective: { fromAt: at('2026-12-01T00:00:00Z'), untilAt: at('2026-12-08T00:00:00Z') },
    permanent: false,
    reason: 'Migration week of the payments platform',
    changes: [longer()],
    supersedes: [],
    transition: 'keep',
    ...over
  }
}

/** The same, merged. */
export function merged(over: Partial<Amendment> = {}, mergedAt = at('2026-11-20T00:00:00Z')): MergedAmendment {
  return { amendment: amendment(over), mergedAt, blob }
}

export function longer(over: Partial<Extract<Change, { kind: 'amend' }>> = {}): Change {
  return { kind: 'amend', clause: 'C-read', set: { duration: { defaultSeconds: 14_400, maxSeconds: 43_200 } }, ...over }
}

export function add(id: string, over: Partial<Clause> = {}): Change {
  return { kind: 'add', clause: id, with: clause(over) }
}

export function strike(id: string, expects?: string): Change {
  return { kind: 'strike', clause: id, ...(expects === undefined ? {} : { expects }) }
}

export function staged(...stages: Stage[]): Approvals {
  return { kind: 'stages', stages }
}

/** A clause that is an action in place of access. */
export function acting(over: Partial<Clause> = {}): Clause {
  const action = { provider: 'ops', name: 'restart', inputs: {} }
  const { access: _access, duration: _duration, ...rest } = clause({ action, ...over })
  return rest
}

/** A window by days of December 2026. */
export function days(from: number, until?: number): Amendment['effective'] {
  const day = (number: number): Date => new Date(Date.UTC(2026, 11, number))
  return { fromAt: day(from), ...(until === undefined ? {} : { untilAt: day(until) }) }
}

/** Two clauses: C-read, and C-export, which nobody floors. */
export function agreement(over: Partial<Contract> = {}): Contract {
  const dump = [{ provider: 'payments-db', resource: 'ledger', role: 'dumper' }]
  return contract({
    clauses: { 'C-read': clause(), 'C-export': clause({ title: 'Export the ledger', access: dump }) },
    ...over
  })
}

/** How to bend the facts: documents by value, the rest as facts have it. */
export interface Bend extends Partial<Omit<AmendmentFacts, 'rules'>> {
  amendment?: Amendment
  contract?: Contract
  others?: MergedAmendment[]
  rules?: Partial<AmendmentFacts['rules']>
}

/** An amendment that is allowed: opened by octocat, approved by mona, who owns the contract and the file. */
export function amendmentFacts(bend: Bend = {}): AmendmentFacts {
  const { amendment: asked, contract: agreed, others = [], rules, ...over } = bend
  const { idUsed, merge, ...usual } = facts()
  const found: AmendmentFacts = {
    now: usual.now,
    repository: usual.repository,
    pull: usual.pull,
    changes: known([{ path: amendmentPath, previousPath: null, status: 'added' }]),
    file: {
      path: amendmentPath,
      mode: '100644',
      sha: blob,
      text: 'kind: Amendment',
      parsed: parsed(asked ?? amendment())
    },
    commits: usual.commits,
    pushers: [],
    unknownPushes: 0,
    dismissals: known([]),
    reviews: known([review(mona)]),
    reviewed: {},
    rules: {
      ...usual.rules,
      contract: {
        path: 'contracts/payments-production.yml',
        blob: '1'.repeat(40),
        parsed: parsed(agreed ?? agreement())
      },
      codeowners: {
        path: '.github/CODEOWNERS',
        blob: '4'.repeat(40),
        parsed: parseCodeowners('/requests/ @acme/sre\n/amendments/ @acme/payments-leads\n')
      },
      ...rules
    },
    teams: usual.teams,
    users: usual.users,
    permissions: usual.permissions,
    idUsed,
    policies: usual.policies,
    merge,
    amendments: known(others),
    controls: ['soc2:CC6.3', 'gdpr:32(1)'],
    mergedAt: null,
    statements: {},
    ...over
  }
  return over.statements === undefined ? { ...found, statements: stated(found) } : found
}

/** What the app says of these facts, said before anybody reviewed them. */
export function stated(found: AmendmentFacts, saidAt = at('2026-11-23T09:00:00Z')): AmendmentFacts['statements'] {
  const clauses = decideAmendment(found).standing
  return clauses === null ? {} : { [found.pull.head.sha]: [{ at: saidAt, clauses }] }
}

/** The same pull request after its merge, at `mergedAt`. */
export function afterMerge(mergedAt: Date | null = now): Pick<AmendmentFacts, 'merge' | 'mergedAt' | 'pull'> {
  const file = { path: amendmentPath, mode: '100644', sha: blob }
  const { pull, rules } = facts()
  const merge = { commit: 'e'.repeat(40), firstParent: rules.commit, ofThisPull: true, file, before: null }
  return { merge, mergedAt, pull: { ...pull, state: 'closed' } }
}

export { at, blob, head, hubot, known, mona, monalisa, now, octocat, review }

const name = fc.constantFrom<Stage['from'][number]>('codeowners', '@acme/sre', '@acme/payments-leads', '@mona')
const stage = fc.record({
  count: fc.integer({ min: 1, max: 3 }),
  from: fc.uniqueArray(name, { minLength: 1, maxLength: 2 })
})

/** Any approvals of a clause. */
export const approvals: fc.Arbitrary<Approvals> = fc.oneof(
  { weight: 5, arbitrary: fc.array(stage, { minLength: 1, maxLength: 2 }).map(stages => staged(...stages)) },
  { weight: 1, arbitrary: fc.constant<Approvals>({ kind: 'automatic', when: 'true' }) }
)

const line = fc.record({
  provider: fc.constant('payments-db'),
  resource: fc.constant('ledger'),
  role: fc.constantFrom('reader', 'writer', 'dumper')
})
const duration = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 9 }))
  .map(([hours, more]) => ({ defaultSeconds: hours * 3_600, maxSeconds: (hours + more) * 3_600 }))
const conditions: fc.Arbitrary<Clause['conditions']> = fc
  .constantFrom('^PAY-[0-9]+$', '^OPS-[0-9]+$')
  .map(ticket => ({ ticket, require: [] }))
const terms = { approvals, duration, conditions, access: fc.array(line, { minLength: 1, maxLength: 2 }) }

/** Any clause that grants access. */
export const anyClause: fc.Arbitrary<Clause> = fc.record(terms).map(some => clause(some))

const clauseId = fc.constantFrom('C-read', 'C-read', 'C-export', 'C-write', 'C-new')
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.constantFrom('C-read', 'C-export'), fc.record({ duration })).map(([id, set]): Change => {
    return { kind: 'amend', clause: id, set }
  }),
  fc.tuple(clauseId, fc.record(terms, { requiredKeys: [] })).map(([id, set]): Change => {
    return { kind: 'amend', clause: id, set: Object.keys(set).length === 0 ? { title: 'Changed' } : set }
  }),
  fc.tuple(clauseId, anyClause).map(([id, with_]): Change => ({ kind: 'add', clause: id, with: with_ })),
  clauseId.map(id => strike(id))
)
const changes = fc.uniqueArray(change, { minLength: 1, maxLength: 3, selector: one => one.clause })

/** Amendments in December, some permanent, some superseding others, with ids of their own. */
export const anyAmendments: fc.Arbitrary<MergedAmendment[]> = fc
  .array(
    fc.record({
      changes,
      from: fc.integer({ min: 1, max: 12 }),
      length: fc.integer({ min: 0, max: 10 }),
      mergedDay: fc.integer({ min: 1, max: 6 }),
      supersedes: fc.uniqueArray(fc.nat(5), { maxLength: 2 })
    }),
    { maxLength: 6 }
  )
  .map(list =>
    list.map(({ changes, from, length, mergedDay, supersedes }, index) => {
      const effective = days(from, length === 0 ? undefined : from + length)
      const named = supersedes.filter(other => other !== index).map(other => `a-${other}`)
      return merged(
        { id: `a-${index}`, changes, effective, permanent: length === 0, supersedes: named },
        new Date(Date.UTC(2026, 10, mergedDay))
      )
    })
  )

/** An agreement with floors on C-read that it keeps. */
export const floored: Contract = agreement({
  clauses: {
    ...agreement().clauses,
    'C-read': clause({
      approvals: staged({ count: 2, from: ['codeowners'] }),
      conditions: { ticket: '^PAY-[0-9]+$', require: [] }
    })
  },
  floors: [
    { clause: 'C-read', term: 'approvals.count', value: 2 },
    { clause: 'C-read', term: 'duration.max', value: 43_200 },
    { clause: 'C-read', term: 'duration.default', value: 14_400 },
    { clause: 'C-read', term: 'conditions.ticket', value: true }
  ]
})
