// The door of the ledger: whether a JSON value is a record. Used before a line is written and after one is read.
import type { RecordType } from '../model/record.ts'

type Check = (value: unknown) => boolean
type Shape = Record<string, Check>

const text: Check = value => typeof value === 'string'
const whole: Check = value => Number.isSafeInteger(value) && (value as number) >= 0
const flag: Check = value => typeof value === 'boolean'
const request: Check = value => typeof value === 'string' && /^R-[1-9]\d{0,15}$/.test(value)
const amendment: Check = value => typeof value === 'string' && /^A-[1-9]\d{0,15}$/.test(value)
const person: Check = value => typeof value === 'string' && /^gh:\d{1,16}$/.test(value)
const instant: Check = value =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value) &&
  !Number.isNaN(Date.parse(value))
const nullable =
  (check: Check): Check =>
  value =>
    value === null || check(value)
const optional =
  (check: Check): Check =>
  value =>
    value === undefined || check(value)
const oneOf =
  (...words: string[]): Check =>
  value =>
    words.includes(value as string)
const listOf =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.every(check)
const object = (shape: Shape): Check => {
  const entries = Object.entries(shape)
  return value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    return entries.every(([key, check]) => check((value as Record<string, unknown>)[key]))
  }
}

const target = object({ key: text, provider: text, resource: text, role: text })

const approvals = listOf(object({ by: person, stage: whole, reviewId: whole, commit: text, submittedAt: instant }))

const decision: Shape = {
  pr: whole,
  outcome: oneOf('allow', 'refuse'),
  merge: text,
  file: object({ blob: text, sha256: text }),
  idSha256: text,
  author: person,
  contract: nullable(text),
  approvals,
  beyond: optional(approvals),
  sod: listOf(object({ rule: text, holds: flag })),
  failed: listOf(text),
  inputs: object({
    base: text,
    head: text,
    request: text,
    contract: text,
    effective: text,
    directory: text,
    codeowners: text,
    settings: nullable(text),
    policy: nullable(text),
    people: text
  }),
  decision: text
}

const frameShape: Shape = {
  v: value => value === 1,
  ledger: text,
  seq: value => whole(value) && value !== 0,
  prev: text,
  occurredAt: instant,
  recordedAt: instant,
  app: text,
  type: text
}

const bodies: Record<RecordType, Shape> = {
  'ledger.created': {
    repository: whole,
    root: text,
    main: text,
    continues: optional(object({ branch: text, seq: whole, head: text }))
  },
  'ledger.sealed': { next: text },
  'key.added': { keyId: text, publicKey: text, certificate: text },
  'key.revoked': { keyId: text, lastGoodSeq: whole, certificate: text },
  'main.advanced': {
    from: text,
    to: text,
    pr: nullable(whole),
    removed: listOf(request),
    amendments: optional(listOf(amendment))
  },
  'request.decided': {
    ...decision,
    request,
    subject: nullable(person),
    clause: nullable(text),
    targets: listOf(target),
    window: nullable(object({ notBefore: instant, notAfter: instant }))
  },
  'grant.intended': { request, target, notAfter: instant },
  'grant.done': {
    request,
    target,
    notAfter: instant,
    changed: flag,
    receiptSha256: text,
    readBack: oneOf('present'),
    recovered: optional(value => value === true)
  },
  'revoke.done': {
    request,
    target,
    cause: oneOf('expired', 'removed', 'ineligible', 'contract'),
    due: instant,
    latencyMs: value => Number.isSafeInteger(value),
    receiptSha256: text,
    readBack: oneOf('absent', 'carried', 'foreign')
  },
  'revoke.failed': { request, target, due: instant, attempt: whole, code: text },
  'revert.merged': {
    requests: listOf(request),
    amendments: optional(listOf(amendment)),
    pr: whole,
    merge: text
  },
  'amendment.decided': {
    ...decision,
    amendment,
    mergedAt: instant,
    window: nullable(object({ from: instant, until: nullable(instant) }))
  },
  'amendment.inforce': { amendment, contract: text, effective: text },
  'amendment.lapsed': { amendment, contract: text, effective: text },
  'contract.effective': {
    contract: text,
    base: nullable(text),
    amendments: listOf(amendment),
    effective: nullable(text)
  },
  'grant.rebound': { request, notAfter: instant, cause: oneOf('amendment', 'lapse', 'contract', 'eligibility') },
  'breakglass.opened': { request, reviewDue: instant },
  'breakglass.reviewed': { request, by: person, verdict: oneOf('ok', 'finding'), issue: whole },
  'notice.opened': { notice: text, issue: whole },
  'notice.closed': { notice: text },
  'exception.recorded': {
    control: text,
    code: text,
    pr: nullable(whole),
    commit: nullable(text),
    owner: nullable(person)
  },
  'inventory.observed': { provider: text, count: whole, sha256: text },
  'drift.found': { provider: text, target, found: oneOf('extra', 'missing') },
  'protection.observed': { rules: text, findings: listOf(text), bypassActors: nullable(whole) },
  heartbeat: { open: whole, pending: whole, failed: whole }
}

const known = new Map<string, Shape>(Object.entries(bodies))

/**
 * Null when `value` is a record; otherwise which member is missing or wrong. Fields beyond the known ones and types
 * that are not known pass, so that an older reader survives a newer writer (reliability fault 74).
 */
export function recordProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not an object'
  const record = value as Record<string, unknown>
  const wrong = firstWrong(record, frameShape)
  if (wrong !== undefined) return `"${wrong}" of the frame is missing or wrong`
  const shape = known.get(record['type'] as string)
  if (shape === undefined) return null
  const bad = firstWrong(record, shape)
  return bad === undefined ? null : `"${bad}" of ${record['type'] as string} is missing or wrong`
}

function firstWrong(record: Record<string, unknown>, shape: Shape): string | undefined {
  for (const key in shape) {
    if (!(shape[key] as Check)(record[key])) return key
  }
  return undefined
}
