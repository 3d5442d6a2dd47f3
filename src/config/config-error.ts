// What is wrong with the environment, told all at once.

/** Names every problem of the environment at once, each with how to set it right; never shows a secret's value. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: Problem[]) {
    const lines = problems.map(({ variable, hint }) => `  ${variable}: ${hint}`)
    super(['The configuration has problems:', ...lines].join('\n'))
    this.name = 'ConfigError'
    this.problems = Object.freeze(problems)
  }
}

/** What is wrong with one variable, and how to set it right. */
export interface Problem {
  variable: string
  code: 'missing' | 'invalid' | 'unsafe' | 'unknown' | 'unreadable' | 'conflicting'
  hint: string
}
