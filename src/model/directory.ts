// Directory: who is who: GitHub accounts to people, people to identities at providers (DESIGN §3, attack #8, #13).
import type { Parsed, Source } from './problem.ts'

/** The directory as parsed. No GitHub id and no identity at one provider belongs to two people. */
export interface Directory {
  kind: 'Directory'
  people: Person[]
}

/** One human, or one service. */
export interface Person {
  /** Opaque: `p-…`. The ledger knows people by this. */
  id: string
  /** Several accounts, one person. The numeric id counts; the login is a label. */
  github: { id: number; login: string }[]
  class: 'employee' | 'contractor' | 'service'
  company?: string
  /** From this instant on the person may hold nothing. */
  untilAt?: Date
  /** By provider name: the identity there. */
  identities: Record<string, string>
}

/** Parses the directory, or says everything that is wrong with it. */
export declare function parseDirectory(file: string, text: Source): Parsed<Directory>

/** The person who has this GitHub account, by numeric id. */
export function personOf(directory: Directory, githubId: number): Person | undefined {
  return directory.people.find(p => p.github.some(account => account.id === githubId))
}
