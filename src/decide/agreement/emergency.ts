// Break-glass among the terms of a clause: in words, and whether a change of it lets more happen or less.
import type { Direction } from '../../model/agreement.ts'
import type { Emergency, Stage } from '../../model/contract.ts'
import { formatDuration } from '../../model/duration.ts'
import { list, plain } from '../wording.ts'
import { implies } from './stricter.ts'

/** The terms for an emergency with everyone who may ask, whoever named them. */
export type Urgent = Omit<Emergency, 'eligible'> & { eligible: readonly string[] }

/** What a change of the terms for an emergency does. Null: no break-glass at all. */
export function byEmergency(before: Urgent | null, after: Urgent | null): { direction: Direction; word?: string } {
  if (before === null) return { direction: 'looser', word: 'new' }
  if (after === null) return { direction: 'stricter', word: 'no longer' }
  const [stricter, looser] = [noLooser(after, before), noLooser(before, after)]
  return { direction: stricter === looser ? 'other' : stricter ? 'stricter' : 'looser' }
}

function noLooser(after: Urgent, before: Urgent): boolean {
  const who = new Set(before.eligible.map(name => name.toLowerCase()))
  const within = after.eligible.every(name => who.has(name.toLowerCase()))
  const sooner = after.maxSeconds <= before.maxSeconds && after.reviewSeconds <= before.reviewSeconds
  return within && sooner && implies(after.stages, before.stages)
}

/** The terms for an emergency in words. */
export function emergencyName({ stages, maxSeconds, reviewSeconds, eligible }: Emergency): string {
  const [first] = stages
  const asked = first === undefined ? 'without approval' : stageName(first)
  const names = (eligible ?? []).map(name => plain(name))
  const who = names.length === 0 ? '' : ` by ${list(names, 'or')}`
  return `${asked}${who}, for ${formatDuration(maxSeconds)} at most, reviewed within ${formatDuration(reviewSeconds)}`
}

/** One stage in words. */
export function stageName({ count, from }: Stage): string {
  const names = from.map(name => plain(name))
  return `${count} from ${list(names, 'or')}`
}
