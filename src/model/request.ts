// AccessRequest: one person asks for one clause's access, or its action, for a while (DESIGN §3).
import type { Parsed, Source } from './problem.ts'

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
export declare function parseRequest(file: string, text: Source): Parsed<AccessRequest>
