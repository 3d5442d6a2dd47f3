// A secret of the configuration, wrapped so that it cannot be shown by accident.
import { inspect } from 'node:util'

/** Holds a secret so that no print of its surroundings shows it: JSON, inspect and text give `[secret]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The secret itself, for the one call that needs it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
