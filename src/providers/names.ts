// The first gate of every provider: a name is text that can be shown, logged and quoted, or the entitlement is refused.
import type { Entitlement } from '../model/entitlement.ts'

const longest = 255
// Controls (NUL among them), format and bidirectional characters, lone surrogates, separators: attack #39, #79.
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/**
 * Says what is wrong with the entitlement's names before anything looks at them: empty, over 255 characters, or holding
 * a character that cannot be seen. `undefined` when they may be compared with an allow-list. Never quotes the name.
 */
export function malformed(e: Entitlement): string | undefined {
  for (const part of ['identity', 'resource', 'role'] as const) {
    const name = e[part]
    if (name === '') return `the ${part} is empty`
    if (name.length > longest) return `the ${part} is longer than ${longest} characters`
    if (unseen.test(name)) return `the ${part} holds a character that cannot be seen`
  }
  return undefined
}
