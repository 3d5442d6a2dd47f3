// The assurance case as data: what the product claims, the invariants that it rests on, and the tests that hold them.

/**
 * One claim. `invariants` by their numbers in the reliability reference; `tests` are files or folders of this
 * repository.
 */
export interface Claim {
  claim: string
  because: string
  invariants: string[]
  tests: string[]
}

/** S1 to S14, each in one sentence. */
export const invariants: Readonly<Record<string, string>> = {
  S1:
    'A grant takes effect only for a request that decide() allowed over the merged commit, under the rules of the ' +
    'commit before the merge.',
  S2:
    'Access that we manage is there only while an allowed request is in force, give or take a bounded delay that ' +
    'is measured and told.',
  S3:
    'One entitlement has at most one managed assignment, and what the provider holds follows from the set of ' +
    'requests in force.',
  S4: 'The ledger only moves forward; every effect has an intent before it and an outcome after it.',
  S5:
    'Who asks, gets or wrote the request never approves it; an approval counts for the content that was approved, ' +
    'by somebody eligible when it is counted.',
  S6: 'What is unknown never permits.',
  S7: 'What we did not make we do not remove; it is reported.',
  S8: 'Ending one request leaves what another still carries.',
  S9: 'No fault, replay, deployment or clock extends an expiry; only an approved amendment could.',
  S10: 'Break-glass is on the ledger before its effect, with a review that is due.',
  S11: 'No secret is in ledger, checks, comments or logs.',
  S12: 'The same facts give the same bytes of decision, on every replica.',
  S13: 'A merge without our consent grants nothing, and leaves an exception.',
  S14: 'A one-shot action runs at most once; what is ambiguous waits for a person.'
}

/** The claims, most important first. */
export const claims: readonly Claim[] = [
  {
    claim: 'Nobody gets access without the approvals that the agreement asks for.',
    because:
      'The decision is made again after the merge, from git and from reviews that are bound to content and to ' +
      'numeric ids; the check is only the first of two.',
    invariants: ['S1', 'S5', 'S6', 'S13'],
    tests: [
      'test/attacks',
      'test/decide/approvals.test.ts',
      'test/decide/properties.test.ts',
      'test/stories/11-merged-past-the-checks.test.ts'
    ]
  },
  {
    claim: 'Nobody keeps access longer than was agreed.',
    because:
      'Expiry is computed from the ledger alone, revocation waits for neither GitHub nor its pull request, and is ' +
      'tried until it is done.',
    invariants: ['S2', 'S3', 'S8', 'S9'],
    tests: [
      'test/stories/01-from-request-to-end.test.ts',
      'test/stories/03-overlap.test.ts',
      'test/stories/12-edited-and-re-added.test.ts',
      'test/stories/crash.test.ts'
    ]
  },
  {
    claim: 'Nobody rewrites what happened.',
    because: 'Records are chained and signed, the branch only moves forward, and a clone is verified offline.',
    invariants: ['S4', 'S12'],
    tests: ['test/ledger/verify.test.ts', 'test/ledger/format.test.ts', 'test/commands/verify.test.ts']
  },
  {
    claim: 'Addendum does no harm of its own.',
    because: 'It removes only what carries its mark, writes no secret anywhere, and runs nothing twice.',
    invariants: ['S7', 'S11', 'S14'],
    tests: ['test/providers', 'test/log.test.ts', 'test/queue/queue-crash.test.ts']
  },
  {
    claim: 'An emergency goes around nothing.',
    because:
      'A clause names the conditions under which it gives access early. It stands on the ledger before its effect, with a ' +
      'review that is due; while one is overdue, the clause gives no more of it.',
    invariants: ['S10'],
    tests: [
      'test/decide/rules/breakglass-reviewed.test.ts',
      'test/decide/review.test.ts',
      'test/stories/25-break-glass.test.ts'
    ]
  }
]
