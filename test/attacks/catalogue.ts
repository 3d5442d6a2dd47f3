// The catalogue of attacks: 88 rows in two files, in the order of their numbers.
import type { Attack } from './attack.ts'
import { attacks1to44 } from './rows-01-44.ts'
import { attacks45to88 } from './rows-45-88.ts'

/** Every attack. catalogue.test.ts holds it against the test files, docs/threats.md is written from it. */
export const catalogue: readonly Attack[] = [...attacks1to44, ...attacks45to88]

/** How a number stands in names of files and tests: two digits. */
export function shownNumber(number: number): string {
  return String(number).padStart(2, '0')
}
