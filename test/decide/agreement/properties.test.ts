// What holds of every contract and all amendments, at every instant (issue "Contracts, amendments and policies").
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { approvalsOf } from '../../../src/decide/agreement/floors.ts'
import { boundariesOf, conform, contractYaml } from '../../../src/decide/agreement/conform.ts'
import { redline } from '../../../src/decide/agreement/redline.ts'
import { implies, stricterStages } from '../../../src/decide/agreement/stricter.ts'
import { tryAmendment } from '../../../src/decide/agreement/trial.ts'
import { seat } from '../../../src/decide/ballot/seating.ts'
import type { MergedAmendment } from '../../../src/model/agreement.ts'
import type { Change } from '../../../src/model/amendment.ts'
import type { Contract } from '../../../src/model/contract.ts'
import { parseContract } from '../../../src/model/contract.ts'
import { canonicalJson } from '../../../src/model/digest.ts'
import type { Gate } from '../../../src/decide/proposal.ts'
import { clause } from '../facts.ts'
import { agreement, anyAmendments, anyClause, approvals, floored, merged, staged } from './agreements.ts'

const instant = fc.integer({ min: 0, max: 30 * 24 }).map(hour => new Date(Date.UTC(2026, 11, 0, hour)))
const base: fc.Arbitrary<Contract> = fc.oneof(
  fc.constant(floored),
  fc.tuple(anyClause, anyClause).map(([read, write]) => agreement({ clauses: { 'C-read': read, 'C-write': write } }))
)
const bytes = (value: unknown) => JSON.stringify(value)

test('the order in which files are read changes no byte', () => {
  const shuffled = anyAmendments.chain(list =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))
  )
  fc.assert(
    fc.property(base, shuffled, instant, (contract, [list, other], at) => {
      expect(bytes(conform(contract, other, at))).toBe(bytes(conform(contract, list, at)))
    }),
    { numRuns: 300 }
  )
})

test('an amendment that lapsed leaves exactly the contract as if it had never been', () => {
  let lapses = 0
  fc.assert(
    fc.property(base, anyAmendments, instant, (contract, list, at) => {
      const lasting = list.filter(
        ({
          amendment: {
            effective: { untilAt }
          }
        }) => untilAt === undefined || untilAt > at
      )
      lapses += list.length - lasting.length
      expect(bytes(conform(contract, list, at))).toBe(bytes(conform(contract, lasting, at)))
    }),
    { numRuns: 300 }
  )
  expect(lapses).toBeGreaterThan(100)
})

test('between two boundaries it is the same', () => {
  fc.assert(
    fc.property(base, anyAmendments, instant, (contract, list, at) => {
      const since = boundariesOf(list).findLast(boundary => boundary <= at) ?? new Date(0)
      expect(bytes(conform(contract, list, since))).toBe(bytes(conform(contract, list, at)))
    }),
    { numRuns: 300 }
  )
})

test('it is always a valid contract, and its text parses to the same', () => {
  fc.assert(
    fc.property(base, anyAmendments, instant, (contract, list, at) => {
      const conformed = conform(contract, list, at)
      const parsed = parseContract('contracts/payments-production.yml', contractYaml(conformed))
      expect(parsed).toMatchObject({ ok: true, value: conformed.contract })
      expect(Object.keys(conformed.provenance)).toEqual(Object.keys(conformed.contract.clauses))
    }),
    { numRuns: 200 }
  )
})

test('no sequence of amendments gets below a floor, through whichever clause', () => {
  let loosened = 0
  fc.assert(
    fc.property(anyAmendments, instant, (list, at) => {
      const { contract } = conform(floored, list, at)
      for (const [id, clause] of Object.entries(contract.clauses)) {
        const reads = clause.access?.some(({ role }) => role === 'reader') ?? false
        if (id !== 'C-read' && !reads) continue
        loosened += Number(clause.duration?.maxSeconds !== floored.clauses['C-read']?.duration?.maxSeconds)
        expect(approvalsOf(clause)).toBeGreaterThanOrEqual(2)
        expect(clause.duration?.maxSeconds).toBeLessThanOrEqual(43_200)
        expect(clause.duration?.defaultSeconds).toBeLessThanOrEqual(14_400)
        expect(clause.conditions.ticket).toBe('^PAY-[0-9]+$')
      }
    }),
    { numRuns: 1_000 }
  )
  expect(loosened).toBeGreaterThan(20)
})

test('a clause that no applied amendment names is the contract’s own: nothing lengthens by accident', () => {
  fc.assert(
    fc.property(base, anyAmendments, instant, (contract, list, at) => {
      const conformed = conform(contract, list, at)
      const applied = list.filter(({ amendment }) => conformed.applied.includes(amendment.id))
      const named = applied.flatMap(({ amendment }) => amendment.changes.map(change => change.clause))
      expect(new Set(named).size).toBe(named.length)
      for (const id of new Set([...Object.keys(contract.clauses), ...Object.keys(conformed.contract.clauses)])) {
        if (!named.includes(id)) expect(conformed.contract.clauses[id]).toBe(contract.clauses[id])
      }
      const inWindow = list.filter(
        ({
          amendment: {
            effective: { fromAt, untilAt }
          }
        }) => fromAt <= at && (untilAt === undefined || at < untilAt)
      )
      expect([...conformed.applied, ...new Set(conformed.unapplied.map(({ id }) => id))].sort()).toEqual(
        inWindow.map(({ amendment }) => amendment.id).sort()
      )
    }),
    { numRuns: 300 }
  )
})

test('digests are equal exactly where the canonical JSON is, and the redline is empty exactly there', () => {
  const plain = ({ effective, ...rest }: Contract) =>
    canonicalJson({ ...rest, effective: { from: effective.fromAt.toJSON(), until: effective.untilAt.toJSON() } })
  fc.assert(
    fc.property(base, anyAmendments, instant, instant, (contract, list, one, other) => {
      const [a, b] = [conform(contract, list, one), conform(contract, list, other)]
      const same = plain(a.contract) === plain(b.contract)
      expect(a.digest === b.digest).toBe(same)
      expect(redline(a, b).length === 0).toBe(same)
    }),
    { numRuns: 200 }
  )
})

const owner = '@acme/payments-leads'
const people = ['mona', 'monalisa', 'hubot', 'octocat', 'defunkt']
const teams: Record<string, string[]> = {
  codeowners: ['mona', 'monalisa'],
  '@acme/sre': ['hubot', 'mona', 'defunkt'],
  '@acme/payments-leads': ['mona', 'monalisa', 'octocat'],
  '@mona': ['mona']
}
const passes = (gate: Gate, present: readonly string[]) => {
  const seats = gate.map(({ count, from }) => ({ count, mayTake: new Set(from.flatMap(name => teams[name] ?? [])) }))
  const seated = seat(seats, present)
  return gate.every(({ count }, index) => seated[index]?.length === count)
}
const stagesOf = (contract: Contract, id: string): Gate[] => {
  const approvals = contract.clauses[id]?.approvals
  return approvals?.kind === 'stages' ? [approvals.stages] : []
}

test('whoever passes the gates passes all terms that they come from; a gate that implies another is as strict', () => {
  const gate = approvals.map(one => (one.kind === 'stages' ? one.stages : []))
  fc.assert(
    fc.property(fc.array(anyClause, { maxLength: 3 }), gate, gate, fc.subarray(people), (clauses, a, b, present) => {
      const [one = null, two = null, three = null] = clauses
      const gates = stricterStages([{ base: one, before: two, after: null, kin: three === null ? [] : [three] }], owner)
      const all = [
        ...clauses.flatMap(clause => (clause.approvals.kind === 'stages' ? [clause.approvals.stages] : [])),
        [{ count: 1, from: [owner] }],
        [{ count: 1, from: ['codeowners' as const] }]
      ] as Gate[]
      expect(gates.every(gate => passes(gate, present))).toBe(all.every(gate => passes(gate, present)))
      if (implies(a, b) && passes(a, present)) expect(passes(b, present)).toBe(true)
    }),
    { numRuns: 1_000 }
  )
})

test('splitting an amendment gains nothing: every piece passes the gates of the contract itself', () => {
  const before = (list: MergedAmendment[], contract: Contract, changes: Change[], step: number) => {
    const mine = merged(
      {
        id: `step-${step}`,
        changes,
        permanent: true,
        effective: { fromAt: new Date(Date.UTC(2026, 11, step + 1)) },
        supersedes: list.map(({ amendment }) => amendment.id)
      },
      new Date(Date.UTC(2026, 10, step + 1))
    )
    return { mine, trial: tryAmendment(contract, list, mine) }
  }
  const terms = fc.tuple(approvals, fc.constantFrom(14_400, 43_200)).map(([gate, maxSeconds]) => ({
    approvals: gate,
    duration: { defaultSeconds: 3_600, maxSeconds }
  }))
  let pieces = 0
  fc.assert(
    fc.property(
      base,
      terms,
      fc.array(approvals, { maxLength: 3 }),
      fc.subarray(people),
      (contract, wanted, detours, present) => {
        // The whole in one piece; or the gate loosened first, by any detour, and what was wanted at the end.
        const steps = [...detours.map(gate => ({ approvals: gate })), wanted]
        const list: MergedAmendment[] = []
        for (const [step, set] of steps.entries()) {
          const { mine, trial } = before(list, contract, [{ kind: 'amend', clause: 'C-read', set }], step)
          if (trial.failures.length > 0) continue
          const gates = stricterStages([...trial.touched.values()].flat(), contract.parties.owner)
          pieces += 1
          expect(trial.touched.has('C-read')).toBe(true)
          for (const own of stagesOf(contract, 'C-read')) {
            expect(gates.some(gate => implies(gate, own))).toBe(true)
            if (gates.every(gate => passes(gate, present))) expect(passes(own, present)).toBe(true)
          }
          list.push(mine)
        }
      }
    ),
    { numRuns: 300 }
  )
  expect(pieces).toBeGreaterThan(300)
})

test('the gates of several disjoint pieces are together those of the whole', () => {
  fc.assert(
    fc.property(approvals, approvals, fc.subarray(people), (read, write, present) => {
      const contract = agreement()
      const changes: Change[] = [
        { kind: 'amend', clause: 'C-read', set: { approvals: read } },
        { kind: 'amend', clause: 'C-export', set: { approvals: write } }
      ]
      const passesAll = (...some: Change[]) => {
        const { touched } = tryAmendment(contract, [], merged({ changes: some }))
        return stricterStages([...touched.values()].flat(), contract.parties.owner).every(gate => passes(gate, present))
      }
      expect(changes.every(change => passesAll(change))).toBe(passesAll(...changes))
    }),
    { numRuns: 300 }
  )
})

test('a gate that another makes needless is left out, and only first stages stand for first stages', () => {
  expect(stricterStages([{ base: null, before: null, after: null, kin: [] }], owner)).toEqual([
    [{ count: 1, from: [owner] }],
    [{ count: 1, from: ['codeowners'] }]
  ])
  const two = agreement({ clauses: { 'C-read': clause({ approvals: staged({ count: 2, from: ['codeowners'] }) }) } })
  const { touched } = tryAmendment(two, [], merged())
  expect(stricterStages([...touched.values()].flat(), owner)).toEqual([
    [{ count: 2, from: ['codeowners'] }],
    [{ count: 1, from: [owner] }]
  ])
  const gatesOf = (...stages: Parameters<typeof staged>) =>
    stricterStages([{ base: clause({ approvals: staged(...stages) }), before: null, after: null, kin: [] }], owner)
  expect(gatesOf({ count: 1, from: ['codeowners'] }, { count: 1, from: [owner] })).toHaveLength(2)
  expect(gatesOf()).toHaveLength(2)
})
