// Attacks 45 to 88 of the catalogue (see catalogue.ts): what is read whole, hostile input, ways round the checks, what outlives them.
import type { Attack } from './attack.ts'

/** Rows 45 to 88. */
export const attacks45to88: readonly Attack[] = [
  {
    number: 45,
    attempt: 'The request hides among more files than GitHub lists',
    defence: 'A list of changes that is not whole is unknown, and a request is one added file',
    heldBy: ['src/read/pull.ts', 'src/decide/one-document.ts'],
    off: { file: 'src/read/pull.ts', search: 'data.length !== pull.changedFiles', replacement: 'false' }
  },
  {
    number: 46,
    attempt: 'A push so large that a comparison shows only its first 300 files',
    defence: 'Steps of main are found by comparing whole trees; GitHub’s comparison is never asked for',
    heldBy: ['src/read/main.ts', 'src/reconcile/main.ts'],
    off: { file: 'src/reconcile/main.ts', search: 'return [...tree.values()].filter(', replacement: 'return [...tree.values()].slice(0, 300).filter(' }
  },
  {
    number: 47,
    attempt: 'The approver’s commit lies beyond the 250 commits that GitHub lists, or on another page',
    defence: 'Every page is read, and a list whose length is not the count that GitHub names is unknown',
    heldBy: ['src/read/pull.ts', 'src/decide/people-known.ts'],
    off: { file: 'src/read/pull.ts', search: 'if (data.length < 100) return all', replacement: 'return all' }
  },
  {
    number: 48,
    attempt: 'A bad push, then a harmless one',
    defence: 'The whole difference from base to head is judged, never a push',
    heldBy: ['src/read/pull.ts', 'src/decide/one-document.ts'],
    off: { file: 'src/read/pull.ts', search: 'const changes = data.map(file', replacement: 'const changes = data.slice(-1).map(file' }
  },
  {
    number: 49,
    attempt: 'A key stands twice in the file',
    defence: 'Any error of YAML makes it no document',
    heldBy: ['src/model/yaml-value.ts'],
    off: { file: 'src/model/yaml-value.ts', search: '} else if (again) {', replacement: '} else if (again && name === \'\') {' }
  },
  {
    number: 50,
    attempt: '`%YAML 1.1` makes `no` false and `1:30` ninety',
    defence: 'YAML 1.2, core schema; directives are refused',
    heldBy: ['src/model/yaml.ts'],
    off: { file: 'src/model/yaml.ts', search: 'if (type !== \'directive-line\') return true', replacement: 'return true' }
  },
  {
    number: 51,
    attempt: 'Tags, merge keys, anchors, several documents, `__proto__`',
    defence: 'Each is refused at its place; unknown keys as well',
    heldBy: ['src/model/yaml.ts', 'src/model/yaml-value.ts', 'src/decide/own.ts'],
    off: { file: 'src/model/yaml.ts', search: 'if (second !== undefined) {', replacement: 'if (false) {' }
  },
  {
    number: 52,
    attempt: 'A file that costs a parser quadratic time',
    defence: 'Size, marks and depth are bounded before anything is parsed, and reading costs time in proportion to the size',
    heldBy: ['src/model/yaml.ts'],
    off: { file: 'src/model/yaml.ts', search: 'if (bytes > maxBytes) reportSize', replacement: 'if (false) reportSize' }
  },
  {
    number: 53,
    attempt: 'A pattern that takes a regular expression engine for ever',
    defence: 'Patterns are a linear subset with a matcher of its own; no text of a repository becomes a RegExp',
    heldBy: ['src/model/ticket-pattern.ts', 'src/decide/cel/functions.ts'],
    off: { file: 'src/model/ticket-pattern.ts', search: 'if (parsed === undefined || ticket.length > maxTicketLength) return false', replacement: 'return new RegExp(pattern).test(ticket)' }
  },
  {
    number: 54,
    attempt: 'A credential stands in the file',
    defence: 'It is found by its shape, refused at its line, and repeated nowhere',
    heldBy: ['src/model/secrets.ts', 'src/model/schema.ts'],
    off: { file: 'src/model/schema.ts', search: 'if (secrets.length > 0) return', replacement: 'if (false) return' }
  }
]
