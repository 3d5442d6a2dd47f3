// AccessRequest: one person asks for one clause's access, or its action, for a while (DESIGN §3).
import { parseDuration } from './duration.ts'
import { parseInstant } from './instant.ts'
import type { Parsed, Source } from './problem.ts'
import { parseAs, smallBytes } from './schema.ts'
import type { DocumentType } from './schema.ts'

/** A value handed to an action. */
export type InputValue = string | number | boolean

/** A request as parsed. Immutable once merged; its id is burned on use (attack #42, #44). */
export interface AccessRequest {
  kind: 'AccessRequest'
  id: string
  /** The id of the contract; equals the directory of the file. */
  contract: string
  /** The id of the clause. */
  clause: string
  /** The GitHub login of who gets access. */
  subject: string
  /** Absent: the clause's default. Runs from the grant, not from the request. */
  durationSeconds?: number
  /** Not before this instant. Absent: as soon as it is merged. */
  startAt?: Date
  /** 10–500 characters, one paragraph. */
  reason: string
  ticket?: string
  /** Break-glass. Absent in the file: false. */
  emergency: boolean
  /** For a clause that is an action; empty otherwise. */
  inputs: Record<string, InputValue>
}

/** Parses a request, or says everything that is wrong with it. */
export function parseRequest(file: string, text: Source): Parsed<AccessRequest> {
  return parseAs(type, file, text)
}

type RawRequest = Pick<AccessRequest, 'id' | 'contract' | 'clause' | 'subject' | 'reason' | 'ticket'> & {
  duration?: string
  start?: string
  emergency?: boolean
  inputs?: Record<string, InputValue>
}

const type: DocumentType<RawRequest, AccessRequest> = {
  kind: 'AccessRequest',
  schema: 'request.schema.json',
  maxBytes: smallBytes,
  check: () => [],
  build: raw => ({
    kind: 'AccessRequest',
    id: raw.id,
    contract: raw.contract,
    clause: raw.clause,
    subject: raw.subject,
    ...(raw.duration === undefined ? {} : { durationSeconds: parseDuration(raw.duration) as number }),
    ...(raw.start === undefined ? {} : { startAt: parseInstant(raw.start) as Date }),
    reason: raw.reason.trim(),
    ...(raw.ticket === undefined ? {} : { ticket: raw.ticket }),
    emergency: raw.emergency ?? false,
    inputs: raw.inputs ?? {}
  })
}
