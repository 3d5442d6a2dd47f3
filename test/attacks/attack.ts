// The form of one row of the catalogue of attacks: what somebody tries, what holds, and how to switch that off.

/** One edit of a source file. `search` occurs in the file exactly once. */
export interface Edit {
  file: string
  search: string
  replacement: string
}

/** One attack. Numbers and attempts are those of the catalogue that issue 4 is built to. */
export interface Attack {
  number: number
  attempt: string
  /** What happens instead, in one sentence. */
  defence: string
  /** The files that hold it. */
  heldBy: string[]
  /** Switches the defence off, or, of several that each hold a part, each alone: the attack's test must fail (mutants.ts). Left out only where there is no test. */
  off?: Edit | [Edit, ...Edit[]]
}

/** The edits that switch a defence off, one at a time. */
export function offsOf({ off }: Pick<Attack, 'off'>): Edit[] {
  return off === undefined ? [] : [off].flat()
}
