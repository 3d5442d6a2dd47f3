// Any file of the access repository: which document it must be by its path, and whether it is that (DESIGN §3).
import type { AccessRequest } from './request.ts'
import type { Amendment } from './amendment.ts'
import type { Contract } from './contract.ts'
import type { Directory } from './directory.ts'
import type { Policy } from './policy.ts'
import type { Parsed, Source } from './problem.ts'
import type { Settings } from './settings.ts'

/** One document, told apart by `kind`. */
export type Document = AccessRequest | Contract | Amendment | Policy | Directory | Settings

/** Parses `text` as what `path` says it must be. File name = id and directory = contract are part of it. */
export declare function parseDocument(path: string, text: Source): Parsed<Document>
