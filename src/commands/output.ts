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

/** Writes `value` as JSON for a program to read. */
export function writeJson(out: Output, value: unknown): void {
  out.write(`${JSON.stringify(value, null, 2)}\n`)
}
