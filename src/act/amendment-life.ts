// The comment after an amendment's merge: what became of it. From the ledger's state alone, the same after a restart.
import { amendmentEnd } from '../ledger/amendment-state.ts'
import type { AmendmentState } from '../ledger/amendment-state.ts'
import type { CommentAction } from '../model/action.ts'
import type { Amendment } from '../model/amendment.ts'
import { amendmentLines } from './amendment.ts'
import { code, item } from './markdown.ts'
import { instant } from './summary.ts'

/** What the comment needs beside the state. `amendment` is null when the file cannot be read any more. */
export interface AmendmentLifeTold {
  amendment: Amendment | null
  zone: string
  /** Logins by numeric id, from the directory under which it was decided. */
  logins: ReadonlyMap<number, string>
}

/** The life of an amendment whose pull request was merged. */
export function amendmentLifeComment(state: AmendmentState, told: AmendmentLifeTold): CommentAction {
  const { amendment, zone, logins } = told
  const by = state.approvedBy.map(id => code(logins.get(id) ?? `account ${id}`)).join(', ')
  const closing =
    state.window === null || state.lapsedAt !== undefined
      ? 'Its id is never used again.'
      : 'To end it early, open a pull request that deletes its file.'
  const lines = [
    `### ${headline(state, zone)}`,
    '',
    ...(amendment === null ? [] : amendmentLines(amendment, zone)),
    '#### What happened',
    '',
    item('Merged', `as ${code(state.merge.slice(0, 12))}${by === '' ? '' : `, approved by ${by}`}`),
    ...history(state, zone),
    '',
    `<sub>Recorded as ${code(state.amendment)} on the ledger. ${closing}</sub>`
  ]
  return { kind: 'comment', pull: state.pr, body: lines.join('\n') }
}

function headline(state: AmendmentState, zone: string): string {
  if (state.window === null) return '❌ Merged, but it changes nothing'
  if (state.lapsedAt !== undefined) return '⏹️ This amendment has lapsed'
  if (state.inForceAt === undefined) return `🕒 In force from ${instant(state.window.fromAt, zone)}`
  const end = amendmentEnd(state)
  return `✅ In force${end === null ? '' : ` until ${instant(end, zone)}`}`
}

function history(state: AmendmentState, zone: string): string[] {
  if (state.window === null) {
    const rules = [...new Set(state.failed)].map(rule => code(rule)).join(', ')
    const consequence = 'It changes nothing, and the file is taken out of main again.'
    return [item('Refused', `what was merged does not qualify: ${rules}. ${consequence}`)]
  }
  const removed = state.revertedBy
  const end = amendmentEnd(state) ?? state.lapsedAt
  const by = removed?.pr == null ? 'a push' : `#${removed.pr}`
  return [
    ...(state.inForceAt === undefined ? [] : [item('In force', `since ${instant(state.window.fromAt, zone)}`)]),
    ...(state.lapsedAt === undefined || end === undefined
      ? []
      : [item('Lapsed', `at ${instant(end, zone)}; its clauses are as if it had never been`)]),
    ...(removed === undefined ? [] : [item('Removed', `its file left main by ${by}`)])
  ]
}
