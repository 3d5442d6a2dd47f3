// An amendment of the starter's contract, to run commands on.

/** The path of the amendment that `amendment` writes. */
export const amendmentPath = 'amendments/payments-production/2026-12-migration-week.yml'

/** Twelve hours of C-read in the first week of December 2026, with lines replaced or (by undefined) left out. */
export function amendment(changes: Record<string, string | undefined> = {}): string {
  const lines: Record<string, string | undefined> = {
    apiVersion: 'addendum/v1',
    kind: 'Amendment',
    id: '2026-12-migration-week',
    contract: 'payments-production',
    effective: '{from: 2026-12-01, until: 2026-12-08}',
    reason: 'Migration week of the payments platform',
    changes: '[{amend: C-read, set: {duration: {default: 4h, max: 12h}}}]',
    ...changes
  }
  return Object.entries(lines)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}\n`]))
    .join('')
}
