// The inputs of an action: what is given held against what is taken.
import { inputHolds } from './clause.ts'
import type { InputRule } from './clause.ts'
import type { InputValue } from './request.ts'
import { suggest } from './suggest.ts'

/** One input that is not as the action takes it. `value` is absent where the input is missing. */
export type InputFault =
  | { name: string; fault: 'unknown'; nearest: string | undefined }
  | { name: string; fault: 'missing'; rule: InputRule }
  | { name: string; fault: 'wrong'; rule: InputRule; value: InputValue }

/** Every input that is not taken, missing, or of a value that is not allowed; in the order of what is given, then taken. */
export function inputFaults(
  taken: Readonly<Record<string, InputRule>>,
  given: Readonly<Record<string, InputValue>>
): InputFault[] {
  const names = Object.keys(taken)
  const unknown = Object.keys(given).filter(name => !Object.hasOwn(taken, name))
  return [
    ...unknown.map((name): InputFault => ({ name, fault: 'unknown', nearest: suggest(name, names) })),
    ...Object.entries(taken).flatMap(([name, rule]): InputFault[] => {
      const value = Object.hasOwn(given, name) ? given[name] : undefined
      if (value === undefined) return [{ name, fault: 'missing', rule }]
      return inputHolds(rule, value) ? [] : [{ name, fault: 'wrong', rule, value }]
    })
  ]
}

/** What an input may be, for a sentence. `quoted` writes a text of the contract's. */
export function inputRuleName(rule: InputRule, quoted: (text: string) => string): string {
  switch (rule.kind) {
    case 'enum':
      return `one of ${rule.values.map(value => quoted(String(value))).join(', ')}`
    case 'pattern':
      return `a text that matches ${quoted(rule.pattern)}`
    case 'text':
      return `a text of ${rule.maxLength} characters at most`
    case 'number':
      return `a number from ${rule.minimum} to ${rule.maximum}`
  }
}
