// The comment after the merge: what became of the request. Rendered from the ledger's state alone, so that it is the same after a restart.
import type { HoldingState, RequestState } from '../ledger/request-state.ts'
import type { CommentAction } from '../model/action.ts'
import { formatDuration } from '../model/duration.ts'
import { accessName } from '../model/entitlement.ts'
import { code, item } from './markdown.ts'
import { headingOf, instant, summaryOf } from './summary.ts'
import type { Asked } from './summary.ts'

/** What the comment needs beside the state. `asked` is null when the file cannot be read any more. */
export interface Told {
  asked: Asked | null
  zone: string
  /** Logins by numeric id, from the directory under which it was decided. */
  logins: ReadonlyMap<number, string>
  now: Date
}

/** The life of a request whose pull request was merged. */
export function lifeComment(state: RequestState, told: Told): CommentAction {
  const { asked, zone } = told
  const lines = [
    `### ${headline(state, told)}`,
    '',
    ...(asked === null ? [] : [`**${headingOf(asked)}**`, '', ...summaryOf(asked, zone), '']),
    '#### What happened',
    '',
    ...history(state, told),
    '',
    `<sub>Recorded as ${code(state.request)} on the ledger. ${closing(state)}</sub>`
  ]
  return { kind: 'comment', pull: state.pr, body: lines.join('\n') }
}

/** When the request was to end: at its expiry, or when its file left main before. */
export function dueAt(state: RequestState): Date | undefined {
  const { removedAt, window } = state
  if (removedAt === undefined || window === null) return removedAt ?? window?.notAfter
  return removedAt < window.notAfter ? removedAt : window.notAfter
}

/** Every holding is over, whatever the clock says. */
export function isOver(state: RequestState): boolean {
  return state.holdings.every(holding => holding.ended !== undefined)
}

function headline(state: RequestState, { zone, now }: Told): string {
  if (state.outcome === 'refuse' || state.window === null) return '❌ Merged, but not granted'
  if (isOver(state)) return '⏹️ This access has ended'
  const until = instant(state.window.notAfter, zone)
  if (state.removedAt !== undefined || now >= state.window.notAfter) return '⏳ This access is being ended'
  if (state.holdings.every(holding => holding.doneAt !== undefined)) return `✅ Access is held until ${until}`
  if (now < state.window.notBefore) return `🕒 Access starts at ${instant(state.window.notBefore, zone)}`
  return '⏳ Access is being granted'
}

function history(state: RequestState, { zone, logins }: Told): string[] {
  const by = state.approvedBy.map(id => code(logins.get(id) ?? `account ${id}`)).join(', ')
  const lines = [item('Merged', `as ${code(state.merge.slice(0, 12))}${by === '' ? '' : `, approved by ${by}`}`)]
  if (state.outcome === 'refuse') {
    const rules = state.failed.map(rule => code(rule)).join(', ')
    return [
      ...lines,
      item(
        'Refused',
        `what was merged does not qualify: ${rules}. Nothing was granted, and the file is taken out of main again.`
      )
    ]
  }
  return [...lines, ...state.holdings.flatMap(holding => holdingLines(holding, state, zone)), ...endLines(state)]
}

function holdingLines(holding: HoldingState, state: RequestState, zone: string): string[] {
  const name = code(accessName(holding.target))
  const lines: string[] = []
  if (holding.doneAt !== undefined && state.window !== null) {
    lines.push(
      item(
        'Granted',
        `${name} at ${instant(holding.doneAt, zone)}, until ${instant(state.window.notAfter, zone)}; read back at the provider`
      )
    )
  }
  if (holding.attempts > 0 && holding.ended === undefined) {
    lines.push(
      item(
        'Not ended yet',
        `${name}: revoking it has failed ${holding.attempts} times and is tried again until it is done`
      )
    )
  }
  if (holding.ended !== undefined)
    lines.push(
      item(
        'Ended',
        `${name} at ${instant(holding.ended.at, zone)}${lateness(holding, state)}; ${readBack[holding.ended.readBack] ?? ''}`
      )
    )
  return lines
}

const readBack: Record<string, string> = {
  absent: 'the provider no longer shows it',
  carried: 'another request still carries it, so it was left in place',
  foreign: 'what is there now is not ours, and was left alone'
}

function lateness(holding: HoldingState, state: RequestState): string {
  const end = dueAt(state)
  const seconds =
    end === undefined || holding.ended === undefined
      ? 0
      : Math.round((holding.ended.at.getTime() - end.getTime()) / 1000)
  return seconds > 0 ? ` (${formatDuration(seconds)} after it was due)` : ''
}

function endLines(state: RequestState): string[] {
  if (state.revertedBy === undefined) return []
  const pr = state.revertedBy.pr === null ? 'a push' : `#${state.revertedBy.pr}`
  return [item('Removed', `its file left main by ${pr}`)]
}

function closing(state: RequestState): string {
  if (state.outcome === 'refuse' || isOver(state)) return 'Its id is never used again.'
  return 'To end it early, open a pull request that deletes its file.'
}
