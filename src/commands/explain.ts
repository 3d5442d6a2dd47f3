// `addendum explain FILE`: the Decision for a request in a working tree: every reason, and who is still needed.
import { contextOf } from '../decide/context.ts'
import { decide } from '../decide/decide.ts'
import { actionName } from '../model/clause.ts'
import type { Stage } from '../model/contract.ts'
import type { Decision, Reason } from '../model/decision.ts'
import { formatDuration } from '../model/duration.ts'
import { accessName } from '../model/entitlement.ts'
import type { RequestFacts } from '../model/facts.ts'
import { formatInstant, parseInstantOrDate } from '../model/instant.ts'
import { ownersOf } from '../model/codeowners.ts'
import { placeOf } from '../model/place.ts'
import { visible } from '../model/problem.ts'
import type { InputValue } from '../model/request.ts'
import { openAgreements } from './agreement.ts'
import { needsGitHub, offlineFacts } from './offline-facts.ts'
import type { Output } from './output.ts'
import { UsageError, writeJson } from './output.ts'
import { ownerName } from './owners.ts'
import { locate } from './working-tree.ts'

/** `at`: judge at this instant (RFC 3339 or a date), else now. `subject`: as if for this login. */
export interface ExplainOptions {
  file: string
  directory?: string
  subject?: string
  at?: string
  json?: boolean
}

/** Who must approve, as the clause says it, with owners looked up. */
interface Needed {
  count: number
  from: string[]
}

/** 1 where a rule that can be judged here is against the request, else 0: the rest is for GitHub and the owners. */
export async function explainCommand(options: ExplainOptions, out: Output): Promise<number> {
  const now = options.at === undefined ? new Date() : parseInstantOrDate(options.at)
  if (now === undefined) throw new UsageError(`--at takes an instant, as 2026-11-22T15:00:00Z, not "${options.at}".`)
  const facts = await amended(offlineFacts({ ...options, now }), options)
  const decision = decide(facts)
  const open = needsGitHub(facts)
  const against = decision.reasons.filter(reason => !reason.holds && !open.has(reason.rule))
  const needed = neededFrom(facts)
  if (options.json === true) {
    const needs = [...open].filter(rule => decision.reasons.some(reason => reason.rule === rule))
    writeJson(out, { ok: against.length === 0, file: facts.file?.path, needed, needsGitHub: needs, decision })
  } else {
    out.write(asText(facts, decision, needed, against.length))
  }
  return against.length === 0 ? 0 : 1
}

// The amendments beside the contract here, as far as they are merged; one that cannot be read makes all unknown.
async function amended(facts: RequestFacts, { file, directory }: ExplainOptions): Promise<RequestFacts> {
  const { root, path } = locate(file, directory)
  const place = placeOf(path)
  if (place?.kind !== 'request' || facts.rules.contract.parsed?.ok !== true) return facts
  const agreements = await openAgreements({ directory: root, now: facts.now })
  try {
    const { amendments } = await agreements.of(place.contract, facts.now)
    return { ...facts, amendments: { known: true, value: amendments } }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { ...facts, amendments: { known: false, because: error.message } }
  } finally {
    agreements.close()
  }
}

// Stages of the request's clause, `codeowners` written out as the file's owners. Empty where the clause is unknown.
function neededFrom(facts: RequestFacts): Needed[] {
  const approvals = contextOf(facts).clause?.approvals
  if (approvals?.kind !== 'stages') return []
  const { parsed: codeowners } = facts.rules.codeowners
  const path = facts.file?.path ?? ''
  const owners = codeowners === null ? [] : ownersOf(codeowners, path).owners.map(ownerName)
  const names = (one: Stage['from'][number]): string[] => (one === 'codeowners' ? owners : [one])
  return approvals.stages.map(({ count, from }) => ({ count, from: [...new Set(from.flatMap(names))] }))
}

function inputsOf(inputs: Record<string, InputValue>): string {
  return Object.entries(inputs)
    .map(([name, value]) => `${name}=${visible(String(value))}`)
    .join(' ')
}

// In the order in which a reader must act: what is to be mended, then who must approve, then what already holds.
function asText(facts: RequestFacts, decision: Decision, needed: Needed[], against: number): string {
  const rows = [`${visible(facts.file?.path ?? '')} at ${formatInstant(facts.now)}`]
  const { terms } = decision
  if (terms !== null) {
    const { access, action, durationSeconds } = terms
    const what = action === null ? access.map(accessName).join(', ') : actionName(action)
    const length = action === null ? `  for ${formatDuration(durationSeconds)}` : `  ${inputsOf(action.inputs)}`
    const by = terms.amendedBy === null ? '' : ` (as amended by ${terms.amendedBy.id})`
    rows.push(`  @${terms.subject.login}  ${what}${length}`.trimEnd())
    rows.push(`  under ${terms.contract} ${terms.clause}${by}: ${visible(terms.clauseTitle)}`)
  }
  const open = needsGitHub(facts)
  const judged = decision.reasons.filter(reason => !open.has(reason.rule))
  const failed = judged.filter(reason => !reason.holds)
  if (failed.length > 0) rows.push('', 'To be mended:')
  for (const reason of failed) rows.push(...reasonRows(reason))
  if (needed.length > 0) rows.push('', failed.length > 0 ? 'Then needed:' : 'Needed:')
  for (const { count, from } of needed) {
    const names = from.length === 0 ? 'nobody who is named' : from.join(' or ')
    rows.push(`  ${count} ${count === 1 ? 'approval' : 'approvals'} from ${names}`)
  }
  const warnings = judged.filter(reason => reason.warning === true)
  if (warnings.length > 0) rows.push('', 'To be read:')
  for (const reason of warnings) rows.push(...reasonRows(reason))
  rows.push('', 'Holds:')
  for (const reason of judged) if (reason.holds && reason.warning !== true) rows.push(...reasonRows(reason))
  rows.push('', 'Needs GitHub, so not judged here:')
  const others = decision.reasons.filter(reason => open.has(reason.rule)).map(reason => reason.rule)
  rows.push(`  ${[...new Set(others)].join(', ')}`)
  rows.push('', against === 0 ? 'Nothing that can be judged here is against it.' : `Against it: ${against}.`, '')
  return rows.join('\n')
}

function reasonRows({ rule, holds, because, todo, mark }: Reason): string[] {
  const where = mark === undefined ? '' : ` (${mark.path}:${mark.line}:${mark.column})`
  const rows = [`  ${rule.padEnd(16)} ${visible(because + where)}`]
  if (!holds && todo !== undefined) rows.push(`${' '.repeat(19)}→ ${visible(todo)}`)
  return rows
}
