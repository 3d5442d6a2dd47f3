// Attacks 01-44 of the catalogue (see catalogue.ts).
import type { Attack } from './attack.ts'

/** Rows 01-44. */
export const attacks1to44: readonly Attack[] = []
