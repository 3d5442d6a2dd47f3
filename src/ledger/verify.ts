// `addendum verify`: the ledger, checked offline from a plain clone. Reads git objects, never the worktree.
import { branchPattern } from './format.ts'
import type { GitRepository } from './git-repository.ts'
import { ledgerBranches } from './git-store.ts'
import { keyIdOf } from './keys.ts'
import { statusOf, type Finding, type Verdict } from './verdict.ts'
import { checkBranch, checkClone, strangeBranches } from './verify-clone.ts'
import { checkState } from './verify-controls.ts'
import { anchorsOf, checkAnchors, checkFiles, checkSteps, mainLine, mainOf, type AnchorClaim } from './verify-main.ts'
import { RecordReading } from './verify-records.ts'

/** What the auditor knows from elsewhere. */
export interface VerifyOptions {
  /** The root's public key or key id, as handed over out of band: without it, a ledger swapped whole is believed. */
  root?: string
  /** `seq:hash` of an earlier verdict: what was seen then must still stand (tampering row 6). */
  pin?: string
  /** Name of the main branch. */
  main?: string
}

/** What a pin looks like. */
export const pinPattern = /^([1-9]\d{0,15}):([0-9a-f]{64})$/

/**
 * Checks everything that the tampering table of the ledger's reference lists, as far as a clone can show it, and says
 * what it found. Throws only where git itself cannot be asked, and for a pin that is none.
 */
export async function verify(repository: GitRepository, options: VerifyOptions = {}): Promise<Verdict> {
  const findings = await checkClone(repository)
  // Half a history would look like tampering everywhere.
  if (statusOf(findings) === 'unchecked') {
    const nothing = new RecordReading(repository, new Set(), findings)
    return verdictOf(findings, nothing, { branches: [], commits: 0, main: null })
  }
  const all = await ledgerBranches(repository)
  findings.push(...strangeBranches(all))
  const branches = all.filter(({ name }) => branchPattern.test(name))
  const main = await mainOf(repository, options.main)
  const claims = main === undefined ? [] : await anchorsOf(repository, main)
  const pinned = options.pin === undefined ? undefined : readPin(options.pin)
  const wanted = new Set([...claims, ...(pinned === undefined ? [] : [pinned])].map(({ seq }) => seq))

  const reading = new RecordReading(repository, wanted, findings)
  for (const branch of branches) {
    const checked = await checkBranch(repository, branch)
    findings.push(...checked.findings)
    await reading.read(branch.name, branch.commit, checked.committedAt)
  }
  if (reading.records === 0) findings.push({ code: 'E-MISSING', message: 'there is no ledger in this clone' })
  reading.checkKeys(options.root)
  if (pinned !== undefined && reading.hashAt.get(pinned.seq) !== pinned.hash) {
    findings.push({ code: 'E-PIN', seq: pinned.seq, message: 'this is not the ledger that was seen before' })
  }
  const compared = await checkMain(repository, main, claims, reading)
  findings.push(...compared.findings, ...checkState(reading.state))
  const names = branches.map(({ name }) => name)
  return verdictOf(findings, reading, { branches: names, commits: compared.commits, main: main ?? null })
}

/** Main beside what the records say of it, and how many of its commits that are. */
async function checkMain(
  repository: GitRepository,
  main: string | undefined,
  claims: readonly AnchorClaim[],
  { start, steps, files, state, hashAt }: RecordReading
): Promise<{ findings: Finding[]; commits: number }> {
  if (main === undefined) {
    return { findings: [{ code: 'E-MAIN', message: 'the clone has no main branch to compare with' }], commits: 0 }
  }
  const commits = await mainLine(repository, main)
  if (!Array.isArray(commits)) return { findings: [commits], commits: 0 }
  const findings: Finding[] = []
  if (start !== null) {
    findings.push(...checkSteps(commits, start, steps))
    findings.push(...(await checkFiles(repository, commits, files)))
  }
  findings.push(...checkAnchors(claims, state, hashAt))
  return { findings, commits: commits.length }
}

function verdictOf(
  findings: Finding[],
  { state: { ledger, root, seq, head }, segments, records }: RecordReading,
  seen: Pick<Verdict, 'branches' | 'commits' | 'main'>
): Verdict {
  return {
    status: statusOf(findings),
    findings,
    ledger,
    root: root === null ? null : keyIdOf(root),
    ...seen,
    segments,
    records,
    pin: ledger === null ? null : `${seq}:${head}`
  }
}

function readPin(pin: string): { seq: number; hash: string } {
  const match = pinPattern.exec(pin)
  if (match === null) throw new TypeError('not a pin')
  return { seq: Number(match[1]), hash: match[2] as string }
}
