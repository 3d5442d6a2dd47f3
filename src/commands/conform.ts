// `addendum conform CONTRACT`: what is agreed at an instant, as a contract; and what changes between two instants.
import { conform, contractYaml } from '../decide/agreement/conform.ts'
import { redline } from '../decide/agreement/redline.ts'
import type { ClauseChange, Conformed } from '../model/agreement.ts'
import { formatInstant } from '../model/instant.ts'
import { visible } from '../model/problem.ts'
import { contractIdOf, instantOf, openAgreements } from './agreement.ts'
import type { Agreements } from './agreement.ts'
import type { Output } from './output.ts'
import { writeJson } from './output.ts'

/** `contract`: its id or path. `at`, `diff`: RFC 3339 or a date; `at` absent: now. */
export interface ConformOptions {
  contract: string
  at?: string
  diff?: string
  directory?: string
  json?: boolean
  /** When it is called; the wall clock where absent. */
  now?: Date
}

/** 1 where an amendment is in its window and cannot be applied, else 0. What cannot be read is a `UsageError`. */
export async function conformCommand(options: ConformOptions, out: Output): Promise<number> {
  const now = options.now ?? new Date()
  const at = instantOf(options.at, now)
  const until = options.diff === undefined ? undefined : instantOf(options.diff, now, '--diff')
  const id = contractIdOf(options.contract)
  const agreements = await openAgreements({ directory: options.directory, now })
  try {
    const then = await conformedAt(agreements, id, at)
    const later = until === undefined ? undefined : await conformedAt(agreements, id, until)
    if (until !== undefined && later !== undefined) return difference([then, later], [at, until], options, out)
    return effective(then, at, options, out)
  } finally {
    agreements.close()
  }
}

type Found = Conformed & { notes: string[] }

async function conformedAt(agreements: Agreements, id: string, at: Date): Promise<Found> {
  const { contract, amendments, notes } = await agreements.of(id, at)
  return { ...conform(contract, amendments, at), notes }
}

function effective(found: Found, at: Date, { json }: ConformOptions, out: Output): number {
  const yaml = contractYaml(found)
  const { digest, provenance, applied, reserved, unapplied, notes } = found
  const amended = `As amended by ${applied.join(', ')}.`
  const by = applied.length === 0 ? 'As the contract says: no amendment is in force.' : amended
  const failed = unapplied.filter(({ code }) => code !== 'superseded')
  const ok = failed.length === 0
  if (json === true) {
    const head = { ok, contract: found.contract.id, at: formatInstant(at), digest }
    writeJson(out, { ...head, applied, provenance, reserved, unapplied, notes, yaml })
    return ok ? 0 : 1
  }
  const rows = [
    `# In effect at ${formatInstant(at)}: ${digest}`,
    `# ${by}`,
    ...unapplied.map(({ id, because }) => `# Not applied: ${id}. ${because}`),
    ...notes.map(note => `# ${note}`)
  ]
  out.write(`${rows.map(visible).join('\n')}\n${yaml}`)
  return ok ? 0 : 1
}

function difference(
  [before, after]: [Found, Found],
  [from, to]: [Date, Date],
  { json }: ConformOptions,
  out: Output
): number {
  const changes = redline(before, after)
  if (json === true) {
    const end = (at: Date, { digest }: Found): object => ({ at: formatInstant(at), digest })
    const ends = { before: end(from, before), after: end(to, after) }
    writeJson(out, { ok: true, contract: before.contract.id, ...ends, changes })
    return 0
  }
  out.write(`--- ${formatInstant(from)}  ${before.digest}\n+++ ${formatInstant(to)}  ${after.digest}\n`)
  out.write(changes.length === 0 ? 'No clause changes.\n' : redlineText(changes))
  return 0
}

/** A redline for a terminal: each clause with what changes in words, then its lines. */
export function redlineText(changes: readonly ClauseChange[]): string {
  const rows = changes.flatMap(({ clause, kind, title, fields, diff }) => [
    '',
    `${clause} ${kind}: ${title}`,
    ...fields.map(({ sentence }) => `  ${sentence}`),
    ...diff.map(line => `    ${line}`)
  ])
  return `${rows.map(visible).join('\n')}\n`
}
