// Rule: the file lies where its kind lies, is a plain file, and says of itself what its path says (attacks #39, #40).
import type { Reason } from '../../model/decision.ts'
import { noDocument, placeOf } from '../../model/place.ts'
import type { Proposal } from '../proposal.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { plain, quoted } from '../wording.ts'

const rule = 'path-right'
const articled = { request: 'a request', amendment: 'an amendment' }

type Looked = Pick<Proposal, 'kind' | 'facts' | 'document' | 'markOf'>

/** Refuses every other path and mode, and an id or contract that is not the path's. */
export function pathRight({ kind, facts, document, markOf }: Looked): Reason {
  const { file } = facts
  if (file === null) return unjudged(rule, 'one-document')
  const place = placeOf(file.path)
  if (place?.kind !== kind) {
    const message = place === undefined ? noDocument(file.path).message : 'another document lies there.'
    const because = `${quoted(file.path)} is not where ${articled[kind]} lies: ${plain(message)}`
    return fails(rule, because, `Name the file ${kind}s/<contract>/<id>.yml.`)
  }
  if (file.mode !== '100644') {
    const because = `${quoted(file.path)} is not a plain file: git gives it mode ${plain(file.mode, 10)}, not 100644.`
    return fails(rule, because, 'Add it as a plain file: no symbolic link, no submodule, not executable.')
  }
  if (document === null) return unjudged(rule, 'document-valid')
  if (document.id !== place.id) {
    const because = `The file is named ${quoted(place.id)}, but its id is ${quoted(document.id)}.`
    return fails(rule, because, 'Make the file name and the id the same.', markOf('/id'))
  }
  if (document.contract !== place.contract) {
    const because = `The file lies under ${quoted(place.contract)}, but its contract is ${quoted(document.contract)}.`
    return fails(rule, because, 'Make the folder and the contract the same.', markOf('/contract'))
  }
  return holds(rule, 'The file lies where its contract and its id say.')
}
