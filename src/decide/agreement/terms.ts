// The terms of a clause in words, and whether a change of each lets more happen or less.
import type { Direction } from '../../model/agreement.ts'
import type { Clause, Contract, Window } from '../../model/contract.ts'
import { formatDuration } from '../../model/duration.ts'
import { accessName } from '../../model/entitlement.ts'
import { termsDigest } from '../digests.ts'
import { hoursName } from '../time/hours-name.ts'
import { byEmergency, emergencyName, stageName } from './emergency.ts'
import { list, plain, quoted } from '../wording.ts'
import { approvalsOf } from './floors.ts'
import { implies } from './stricter.ts'

/** A clause with the contract that says what it leaves open. */
export interface Side {
  clause: Clause
  parties: Contract['parties']
}

/** One term: what of it is compared, how it is told (empty where there is none), and what a change of it does. */
export interface Term {
  field: string
  label: string
  data(side: Side): unknown
  say(side: Side): string
  change(before: Side, after: Side): { direction: Direction; word?: string }
}

type Change = ReturnType<Term['change']>

const other: Change = { direction: 'other' }

/** Every term, in the order in which a reader cares. */
export const terms: readonly Term[] = [
  {
    field: 'access',
    label: 'Access',
    data: ({ clause }) => clause.access?.map(line => accessName(line)) ?? null,
    say: ({ clause }) => list((clause.access ?? []).map(line => plain(accessName(line)))),
    change: (a, b) => bySets(giftsOf(a), giftsOf(b))
  },
  {
    field: 'action',
    label: 'Action',
    data: ({ clause }) => clause.action ?? null,
    say: ({ clause: { action } }) => (action === undefined ? '' : actionName(action)),
    change: () => other
  },
  {
    field: 'eligible',
    label: 'Who may ask',
    data: side => [...eligibleOf(side)].sort(),
    say: side =>
      list(
        [...eligibleOf(side)].map(name => plain(name)),
        'or'
      ),
    change: (a, b) => bySets(eligibleOf(a), eligibleOf(b))
  },
  {
    field: 'duration.max',
    label: 'Longest duration',
    data: ({ clause }) => clause.duration?.maxSeconds ?? null,
    say: ({ clause: { duration } }) => (duration === undefined ? '' : formatDuration(duration.maxSeconds)),
    change: (a, b) => byLength(a.clause.duration?.maxSeconds, b.clause.duration?.maxSeconds)
  },
  {
    field: 'duration.default',
    label: 'Duration where none is named',
    data: ({ clause }) => clause.duration?.defaultSeconds ?? null,
    say: ({ clause: { duration } }) => (duration === undefined ? '' : formatDuration(duration.defaultSeconds)),
    change: (a, b) => byLength(a.clause.duration?.defaultSeconds, b.clause.duration?.defaultSeconds)
  },
  {
    field: 'approvals',
    label: 'Approvals',
    data: ({ clause }) => clause.approvals,
    say: ({ clause }) => approvalsName(clause),
    change: (a, b) => byApprovals(a.clause, b.clause)
  },
  {
    field: 'emergency',
    label: 'Break-glass',
    data: ({ clause }) => clause.emergency ?? null,
    say: ({ clause: { emergency } }) => (emergency === undefined ? '' : emergencyName(emergency)),
    change: (a, b) => byEmergency(urgentOf(a), urgentOf(b))
  },
  {
    field: 'conditions.ticket',
    label: 'Ticket',
    data: ({ clause }) => clause.conditions.ticket ?? null,
    say: ({ clause: { conditions } }) => (conditions.ticket === undefined ? '' : quoted(conditions.ticket)),
    change: (a, b) => byPresence(a.clause.conditions.ticket, b.clause.conditions.ticket)
  },
  {
    field: 'conditions.window',
    label: 'Hours',
    data: ({ clause }) => clause.conditions.window ?? null,
    say: ({ clause: { conditions } }) => (conditions.window === undefined ? '' : hoursName(conditions.window)),
    change: (a, b) => byHours(a.clause.conditions.window, b.clause.conditions.window)
  },
  {
    field: 'conditions.require',
    label: 'Rules',
    data: ({ clause }) => clause.conditions.require,
    say: ({ clause }) => list(clause.conditions.require.map(({ because }) => quoted(because))),
    change: (a, b) => reversed(bySets(rulesOf(a), rulesOf(b)))
  },
  {
    field: 'controls',
    label: 'Controls',
    data: ({ clause }) => [...clause.controls].sort(),
    say: ({ clause }) => list(clause.controls.map(control => plain(control))),
    change: () => other
  },
  {
    field: 'title',
    label: 'Title',
    data: ({ clause }) => clause.title,
    say: ({ clause }) => quoted(clause.title),
    change: () => other
  },
  {
    field: 'text',
    label: 'Text',
    data: ({ clause }) => clause.text ?? null,
    say: ({ clause }) => (clause.text === undefined ? '' : quoted(clause.text)),
    change: () => other
  }
]

function giftsOf({ clause }: Side): Set<string> {
  return new Set((clause.access ?? []).map(accessName))
}

function eligibleOf({ clause, parties }: Side): Set<string> {
  return new Set<string>(clause.eligible ?? parties.eligible)
}

function urgentOf({ clause, parties }: Side): Parameters<typeof byEmergency>[0] {
  const { emergency, eligible = parties.eligible } = clause
  return emergency === undefined ? null : { ...emergency, eligible: emergency.eligible ?? eligible }
}

function rulesOf({ clause }: Side): Set<string> {
  return new Set(clause.conditions.require.map(termsDigest))
}

// More in the set lets more happen.
function bySets(before: ReadonlySet<string>, after: ReadonlySet<string>): Change {
  const holds = (all: ReadonlySet<string>, some: ReadonlySet<string>): boolean => [...some].every(one => all.has(one))
  const [wider, narrower] = [holds(after, before), holds(before, after)]
  if (wider === narrower) return other
  return wider ? { direction: 'looser', word: 'more' } : { direction: 'stricter', word: 'fewer' }
}

// More rules let less happen.
function reversed({ direction, ...word }: Change): Change {
  const turned = { looser: 'stricter', stricter: 'looser', other: 'other' } as const
  return { direction: turned[direction], ...word }
}

function byLength(before: number | undefined, after: number | undefined): Change {
  if (before === undefined || after === undefined) return other
  return after > before ? { direction: 'looser', word: 'longer' } : { direction: 'stricter', word: 'shorter' }
}

function byPresence(before: unknown, after: unknown): Change {
  if (before === undefined) return { direction: 'stricter', word: 'new' }
  return after === undefined ? { direction: 'looser', word: 'no longer asked for' } : other
}

function byApprovals(before: Clause, after: Clause): Change {
  const [a, b] = [before.approvals, after.approvals]
  if (a.kind === 'automatic') return b.kind === 'automatic' ? other : { direction: 'stricter', word: 'by people' }
  if (b.kind === 'automatic') return { direction: 'looser', word: 'without people' }
  const more = approvalsOf(after) - approvalsOf(before)
  const word = more > 0 ? { word: 'more' } : more < 0 ? { word: 'fewer' } : {}
  const [stricter, looser] = [implies(b.stages, a.stages), implies(a.stages, b.stages)]
  return { direction: stricter === looser ? 'other' : stricter ? 'stricter' : 'looser', ...word }
}

function byHours(before: Window | undefined, after: Window | undefined): Change {
  if (before === undefined || after === undefined) return byPresence(before, after)
  const [wider, narrower] = [covers(after, before), covers(before, after)]
  if (wider === narrower) return other
  return wider ? { direction: 'looser', word: 'longer' } : { direction: 'stricter', word: 'shorter' }
}

// Only what is plain to see: the same clock, the same days or more, and from no later to no earlier.
function covers(wide: Window, narrow: Window): boolean {
  const end = ({ startMinute, endMinute }: Window): number => (endMinute <= startMinute ? endMinute + 1_440 : endMinute)
  const days = new Set(wide.days)
  if (wide.zone !== narrow.zone || !narrow.days.every(day => days.has(day))) return false
  return wide.startMinute <= narrow.startMinute && end(wide) >= end(narrow)
}

function actionName({ provider, name, inputs }: NonNullable<Clause['action']>): string {
  const inputNames = Object.keys(inputs).map(input => plain(input))
  return `${plain(provider)} ${plain(name)}${inputNames.length === 0 ? '' : ` with ${list(inputNames)}`}`
}

function approvalsName({ approvals }: Clause): string {
  if (approvals.kind === 'automatic') return `automatic where ${quoted(approvals.when)}`
  return list(approvals.stages.map(stageName))
}
