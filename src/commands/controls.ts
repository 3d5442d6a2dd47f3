// `addendum controls`: which clause serves which control, and what the ledger holds as evidence of it.
import { conform } from '../decide/agreement/conform.ts'
import { controlOf, suggestControl } from '../model/controls.ts'
import { formatInstant } from '../model/instant.ts'
import { visible } from '../model/problem.ts'
import { instantOf, openAgreements } from './agreement.ts'
import type { Agreements } from './agreement.ts'
import type { Output } from './output.ts'
import { writeJson } from './output.ts'
import { policiesIn } from './policies.ts'

/** `at`: the instant whose agreements are asked for; now where absent. */
export interface ControlsOptions {
  at?: string
  directory?: string
  json?: boolean
  /** When it is called; the wall clock where absent. */
  now?: Date
}

/** One cell of the matrix. `by`: `contract/clause` or `policy/rule`. `title` null: not in the catalogue. */
interface Cell {
  control: string
  title: string | null
  by: string
  evidence: readonly string[]
  suggestion?: string
}

/** 0, or 1 where a clause or a rule cites a control that the catalogue does not have. */
export async function controlsCommand(options: ControlsOptions, out: Output): Promise<number> {
  const now = options.now ?? new Date()
  const at = instantOf(options.at, now)
  const agreements = await openAgreements({ directory: options.directory, now })
  try {
    const cells = [...(await byClauses(agreements, at)), ...byPolicies(agreements.root)].map(cellOf)
    cells.sort((a, b) => order(a.control, b.control) || order(a.by, b.by))
    const unknown = cells.filter(({ title }) => title === null)
    if (options.json === true) writeJson(out, { ok: unknown.length === 0, at: formatInstant(at), cells })
    else out.write(asText(cells, at))
    return unknown.length === 0 ? 0 : 1
  } finally {
    agreements.close()
  }
}

interface Citation {
  control: string
  by: string
}

async function byClauses(agreements: Agreements, at: Date): Promise<Citation[]> {
  const cited: Citation[] = []
  for (const id of await agreements.ids(at)) {
    const { contract, amendments } = await agreements.of(id, at)
    for (const [clause, { controls }] of Object.entries(conform(contract, amendments, at).contract.clauses)) {
      cited.push(...controls.map(control => ({ control, by: `${id}/${clause}` })))
    }
  }
  return cited
}

function byPolicies(root: string): Citation[] {
  return policiesIn(root).flatMap(({ parsed }) => {
    if (parsed?.ok !== true) return []
    const { id, rules } = parsed.value
    return rules.flatMap(rule => rule.controls.map(control => ({ control, by: `${id}/${rule.id}` })))
  })
}

function cellOf({ control, by }: Citation): Cell {
  const known = controlOf(control)
  if (known !== undefined) return { control, title: known.title, by, evidence: known.evidence }
  const suggestion = suggestControl(control)
  return { control, title: null, by, evidence: [], ...(suggestion === undefined ? {} : { suggestion }) }
}

function asText(cells: readonly Cell[], at: Date): string {
  const rows = [`Controls at ${formatInstant(at)}`]
  for (const control of new Set(cells.map(cell => cell.control))) {
    const of = cells.filter(cell => cell.control === control)
    const { title, evidence, suggestion } = of[0] as Cell
    const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
    rows.push('', title === null ? `${control}  is not in the catalogue${meant}` : `${control}  ${title}`)
    rows.push(`  by        ${of.map(({ by }) => by).join(', ')}`)
    if (title !== null) rows.push(`  evidence  ${evidence.join(', ') || 'none on the ledger'}`)
  }
  return `${rows.map(visible).join('\n')}\n`
}

function order(a: string, b: string): number {
  return Number(a > b) - Number(a < b)
}
