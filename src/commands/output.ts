// What every command writes to, and how it says that it could not do its work.

/** Where a command writes. The terminal's standard output in life, a list in tests. */
export interface Output {
  write(text: string): void
}

/** The command could not run as it was called. Its message says what to do; exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

/** Writes `value` as JSON for a program to read. What a terminal would obey or not show is escaped, as JSON can. */
export function writeJson(out: Output, value: unknown): void {
  out.write(`${JSON.stringify(value, null, 2).replace(unseen, escaped)}\n`)
}

// The line feeds of the form itself stay; those of a string, and all else below a blank, JSON.stringify has escaped.
const unseen = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu

function escaped(text: string): string {
  return text.replace(/[^]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
