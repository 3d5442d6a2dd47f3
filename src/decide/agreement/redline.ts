// What changes between two effective contracts, clause by clause, in words and in lines (DESIGN §3).
import type { ClauseChange, Conformed, FieldChange } from '../../model/agreement.ts'
import type { Clause } from '../../model/contract.ts'
import { writeClause } from '../../model/contract-text.ts'
import { termsDigest } from '../digests.ts'
import { own } from '../own.ts'
import { quoted } from '../wording.ts'
import { lineDiff } from './line-diff.ts'
import { terms } from './terms.ts'
import type { Side } from './terms.ts'

/**
 * Every clause that differs, by id, with one plain sentence for each term and the whole clause as a diff. A term is
 * `looser` or `stricter` only where that is beyond doubt; a reader must weigh the others. Equal contracts give nothing.
 */
export function redline(before: Pick<Conformed, 'contract'>, after: Pick<Conformed, 'contract'>): ClauseChange[] {
  const [older, newer] = [before.contract, after.contract]
  const ids = [...new Set([...Object.keys(older.clauses), ...Object.keys(newer.clauses)])].sort()
  return ids.flatMap((id): ClauseChange[] => {
    const [was, is] = [own(older.clauses, id), own(newer.clauses, id)]
    // The same object under the same parties is the same; most clauses are that.
    if (was === is && older.parties === newer.parties) return []
    if (was === undefined) {
      const added = is as Clause
      return [change(id, 'added', undefined, added, addedFields({ clause: added, parties: newer.parties }))]
    }
    if (is === undefined) {
      const sentence = 'Struck: nobody may ask for it any more.'
      return [change(id, 'struck', was, undefined, [{ field: 'clause', direction: 'stricter', sentence }])]
    }
    const fields = changedFields({ clause: was, parties: older.parties }, { clause: is, parties: newer.parties })
    return fields.length === 0 ? [] : [change(id, 'amended', was, is, fields)]
  })
}

function change(
  clause: string,
  kind: ClauseChange['kind'],
  was: Clause | undefined,
  is: Clause | undefined,
  fields: FieldChange[]
): ClauseChange {
  const { title } = (is ?? was) as Clause
  const controls = [...new Set([was, is].flatMap(side => side?.controls ?? []))].sort()
  return { clause, kind, title, fields, diff: lineDiff(textOf(was), textOf(is)), controls }
}

function changedFields(before: Side, after: Side): FieldChange[] {
  return terms.flatMap((term): FieldChange[] => {
    if (termsDigest(term.data(before)) === termsDigest(term.data(after))) return []
    const { direction, word } = term.change(before, after)
    const [was, is] = [term.say(before), term.say(after)].map(text => (text === '' ? 'none' : text))
    const told = was === is ? 'changed' : `${was} → ${is}`
    const tag = word ?? (direction === 'other' ? undefined : direction)
    const sentence = `${term.label}: ${told}${tag === undefined ? '' : ` (${tag})`}.`
    return [{ field: term.field, direction, sentence }]
  })
}

// What a clause newly allows is looser as a whole; that it asks for approvals does not make it less so.
function addedFields(after: Side): FieldChange[] {
  const whole: FieldChange = {
    field: 'clause',
    direction: 'looser',
    sentence: `New: ${quoted(after.clause.title)} can be asked for.`
  }
  const told = terms
    .filter(({ field }) => field !== 'title' && field !== 'text')
    .flatMap((term): FieldChange[] => {
      const text = term.say(after)
      return text === '' ? [] : [{ field: term.field, direction: 'other', sentence: `${term.label}: ${text}.` }]
    })
  return [whole, ...told]
}

function textOf(clause: Clause | undefined): string {
  return clause === undefined ? '' : writeClause(clause)
}
