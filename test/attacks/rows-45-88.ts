// Attacks 45-88 of the catalogue (see catalogue.ts).
import type { Attack } from './attack.ts'

/** Rows 45-88. */
export const attacks45to88: readonly Attack[] = []
