// Documents for tests: valid YAML with parts replaced.

/** A valid request; `lines` replaces or removes (undefined) whole lines by key, or adds them at the end. */
export function requestYaml(lines: Record<string, string | undefined> = {}): string {
  return join({
    apiVersion: 'addendum/v1',
    kind: 'AccessRequest',
    id: '2026-11-22-octocat-read',
    contract: 'payments-production',
    clause: 'C-read',
    subject: 'octocat',
    reason: 'Investigate duplicate refunds',
    ...lines
  })
}

/** A valid contract with one clause; `clause` replaces its fields, `more` is text after the clauses. */
export function contractYaml(
  lines: Record<string, string | undefined> = {},
  clause: Record<string, string | undefined> = {},
  more = ''
): string {
  const head = join({
    apiVersion: 'addendum/v1',
    kind: 'Contract',
    id: 'payments-production',
    title: 'Production access to the payments platform',
    version: '3',
    parties: '{owner: "@acme/payments-leads", eligible: ["@acme/payments"]}',
    effective: '{from: 2026-01-01, until: 2027-01-01}',
    ...lines
  })
  const body = join({
    title: 'Read the ledger database',
    access: '[{provider: payments-db, resource: ledger, role: reader}]',
    duration: '{default: 1h, max: 8h}',
    approvals: '{count: 1, from: [codeowners]}',
    ...clause
  })
  return `${head}clauses:\n  C-read:\n${body.replaceAll(/^(?=.)/gm, '    ')}${more}`
}

/** A valid amendment with the given changes. */
export function amendmentYaml(changes: string[], lines: Record<string, string | undefined> = {}): string {
  const head = join({
    apiVersion: 'addendum/v1',
    kind: 'Amendment',
    id: '2026-12-migration-week',
    contract: 'payments-production',
    effective: '{from: 2026-12-01T00:00:00Z, until: 2026-12-08T00:00:00Z}',
    reason: 'Migration week of the payments platform',
    ...lines
  })
  return `${head}changes:\n${changes.map(change => `  - ${change}\n`).join('')}`
}

function join(lines: Record<string, string | undefined>): string {
  return Object.entries(lines)
    .map(([key, value]) => (value === undefined ? '' : `${key}: ${value}\n`))
    .join('')
}
