// A contract as YAML again: the other direction of `contract.ts`, and the check of a contract that was computed.
import { Document, isCollection, visit } from 'yaml'
import type { Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { Approvals, Clause, Conditions, InputRule, Window } from './clause.ts'
import type { Emergency } from './emergency.ts'
import { checkContract } from './contract.ts'
import type { Contract, Floor } from './contract.ts'
import { formatDuration } from './duration.ts'
import { formatInstant } from './instant.ts'
import type { Json } from './ports.ts'
import { largeBytes } from './schema.ts'

type Raw = Record<string, Json | undefined>

/** Comments for a contract's YAML: over a clause, by its id, and after all clauses. Ids only; nobody's prose. */
export interface Notes {
  clauses: Readonly<Record<string, string>>
  end: readonly string[]
}

const none: Notes = { clauses: {}, end: [] }

/** The contract as YAML: `parseContract` reads the same contract back, whatever its texts hold. */
export function writeContract(contract: Contract, notes: Notes = none): string {
  const document = documentOf(rawContract(contract))
  const clauses = document.get('clauses') as YAMLMap<Scalar<string>>
  for (const { key } of clauses.items) {
    if (Object.hasOwn(notes.clauses, key.value)) key.commentBefore = ` ${notes.clauses[key.value]}`
  }
  if (notes.end.length > 0) document.comment = notes.end.map(note => ` ${note}`).join('\n')
  return textOf(document)
}

/** One clause as YAML, as it stands under its id. */
export function writeClause(clause: Clause): string {
  return textOf(documentOf(rawClause(clause)))
}

/** What keeps a computed contract from being a valid document: one sentence for each, none where it is one. */
export function contractFaults(contract: Contract): string[] {
  const raw = rawContract(contract)
  const found = checkContract(raw as Json).map(finding => finding.message)
  // YAML indents, so it can be some times longer than JSON; only then is it worth writing out.
  const near = Buffer.byteLength(JSON.stringify(raw)) > largeBytes / 4
  if (found.length > 0 || !near || Buffer.byteLength(writeContract(contract)) <= largeBytes) return found
  return [`The contract is longer than ${largeBytes} bytes.`]
}

// Short maps and lists of words on one line, as people write them.
function documentOf(raw: Raw): Document {
  const document = new Document(raw, { version: '1.2', schema: 'core', aliasDuplicateObjects: false })
  visit(document, {
    Map: (_, node) => {
      if (
        node.items.length <= 3 &&
        isShort(
          node,
          node.items.map(pair => pair.value)
        )
      )
        node.flow = true
    },
    Seq: (_, node) => {
      if (isShort(node, node.items)) node.flow = true
    }
  })
  return document
}

function isShort(node: YAMLMap | YAMLSeq, values: readonly unknown[]): boolean {
  const text = JSON.stringify(node.toJSON())
  return !values.some(isCollection) && text.length <= 72 && !text.includes('\\n')
}

function textOf(document: Document): string {
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

function rawContract(contract: Contract): Raw {
  const { id, title, version, parties, effective, clauses, floors } = contract
  return {
    apiVersion: 'addendum/v1',
    kind: 'Contract',
    id,
    title,
    version,
    parties: { owner: parties.owner, eligible: parties.eligible },
    effective: { from: instantText(effective.fromAt), until: instantText(effective.untilAt) },
    clauses: Object.fromEntries(Object.entries(clauses).map(([name, clause]) => [name, rawClause(clause) as Json])),
    ...(floors.length === 0 ? {} : { floors: Object.fromEntries(floors.map(rawFloor)) })
  }
}

// A computed contract may hold an instant that is none; its check then says so.
function instantText(at: Date): string {
  return Number.isNaN(at.getTime()) ? '' : formatInstant(at)
}

function rawFloor({ clause, term, value }: Floor): [string, Json] {
  const plain = typeof value === 'number' && term !== 'approvals.count' ? formatDuration(value) : value
  return [`${clause}.${term}`, plain]
}

function rawClause(clause: Clause): Raw {
  const { title, text, access, action, eligible, duration, approvals, conditions, emergency, controls } = clause
  const raw: Raw = {
    title,
    text,
    access: access?.map(({ provider, resource, role }) => ({ provider, resource, role })),
    action: action === undefined ? undefined : rawAction(action),
    eligible,
    duration:
      duration === undefined
        ? undefined
        : { default: formatDuration(duration.defaultSeconds), max: formatDuration(duration.maxSeconds) },
    approvals: rawApprovals(approvals),
    conditions: rawConditions(conditions),
    emergency: emergency === undefined ? undefined : rawEmergency(emergency),
    controls: controls.length === 0 ? undefined : controls
  }
  return defined(raw)
}

function rawAction({ provider, name, inputs }: NonNullable<Clause['action']>): Json {
  const rules = Object.entries(inputs).map(([key, rule]): [string, Json] => [key, rawInput(rule)])
  return { provider, name, ...(rules.length === 0 ? {} : { inputs: Object.fromEntries(rules) }) }
}

function rawInput(rule: InputRule): Json {
  switch (rule.kind) {
    case 'enum':
      return { enum: rule.values }
    case 'pattern':
      return { pattern: rule.pattern }
    case 'text':
      return { maxLength: rule.maxLength }
    case 'number':
      return { minimum: rule.minimum, maximum: rule.maximum }
  }
}

function rawApprovals(approvals: Approvals): Json {
  if (approvals.kind === 'automatic') return { automatic: approvals.when }
  const stages = approvals.stages.map(({ count, from }) => ({ count, from }))
  return stages.length === 1 ? (stages[0] as Json) : stages
}

function rawEmergency({ stages, maxSeconds, reviewSeconds, eligible }: Emergency): Json {
  const [stage] = stages
  return defined({
    approvals: stage === undefined ? 'none' : { count: stage.count, from: stage.from },
    max: formatDuration(maxSeconds),
    review: formatDuration(reviewSeconds),
    eligible
  }) as Json
}

function rawConditions({ ticket, window, require }: Conditions): Json | undefined {
  if (ticket === undefined && window === undefined && require.length === 0) return undefined
  const rules = require.map(({ when, rule, because }) => defined({ when, rule, because }) as Json)
  const hours = window === undefined ? undefined : rawWindow(window)
  return defined({ ticket, window: hours, require: rules.length === 0 ? undefined : rules }) as Json
}

function rawWindow({ days, startMinute, endMinute, zone }: Window): Json {
  return { days, hours: `${clock(startMinute)}-${clock(endMinute)}`, zone }
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

function defined(raw: Raw): Raw {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined))
}
