// Controls: the catalogue of compliance controls that clauses and policies may cite, as data.
import catalogue from '../../policies/controls.json' with { type: 'json' }
import type { Amendment } from './amendment.ts'
import type { Contract } from './contract.ts'
import type { Policy } from './policy.ts'
import type { Parsed, Problem } from './problem.ts'
import { suggest } from './suggest.ts'

/** One control of a framework, with what the ledger holds as its evidence. */
export interface Control {
  /** `framework:id`, as a clause cites it: `soc2:CC6.3`. */
  control: string
  /** In our own words; the framework itself says what it demands. */
  title: string
  /**
   * A record type or a field of one; `all` is every record; `segment.signature` and `anchor` are the ledger's own. Empty:
   * nothing on the ledger shows it.
   */
  evidence: readonly string[]
}

/** Every control, in the order of `policies/controls.yml`, which people edit; the JSON is made from it and tested. */
export const controls: readonly Control[] = catalogue.controls

const byId: ReadonlyMap<string, Control> = new Map(controls.map(control => [control.control, control]))

/** What a clause or a policy may cite. */
export const knownControls: ReadonlySet<string> = new Set(byId.keys())

/** The control of this id, byte for byte; undefined where the catalogue has none. */
export function controlOf(id: string): Control | undefined {
  return byId.get(id)
}

/** The control that was probably meant by an unknown id: the nearest spelling; undefined where none is near. */
export function suggestControl(written: string): string | undefined {
  return suggest(written, knownControls)
}

/**
 * One problem, on its exact line, for each control that a document cites and the catalogue does not have. Not part of
 * parsing: a catalogue that loses a control must not make a contract unreadable that is in force.
 */
export function controlProblems(
  file: string,
  { value, lines }: Extract<Parsed<Contract | Amendment | Policy>, { ok: true }>
): Problem[] {
  return cited(value).flatMap(({ control, pointer }) => {
    if (knownControls.has(control)) return []
    const suggestion = suggestControl(control)
    return [
      {
        code: 'value.reference' as const,
        file,
        pointer,
        ...lines(pointer),
        expected: 'a control of policies/controls.yml',
        found: control,
        message: 'The catalogue has no such control.',
        ...(suggestion === undefined ? {} : { suggestion }),
        example: `controls: ["${suggestion ?? 'soc2:CC6.3'}"]`
      }
    ]
  })
}

function cited(document: Contract | Amendment | Policy): { control: string; pointer: string }[] {
  const at = (list: readonly string[] | undefined, pointer: string): { control: string; pointer: string }[] =>
    (list ?? []).map((control, index) => ({ control, pointer: `${pointer}/controls/${index}` }))
  switch (document.kind) {
    case 'Contract':
      return Object.entries(document.clauses).flatMap(([id, clause]) => at(clause.controls, `/clauses/${id}`))
    case 'Policy':
      return document.rules.flatMap((rule, index) => at(rule.controls, `/rules/${index}`))
    case 'Amendment':
      return document.changes.flatMap((change, index) => {
        if (change.kind === 'strike') return []
        const [terms, key] = change.kind === 'add' ? [change.with, 'with'] : [change.set, 'set']
        return at(terms.controls, `/changes/${index}/${key}`)
      })
  }
}
