// Turns what was decided and done into ledger drafts: numeric ids and digests only (DESIGN §7).
import type { Decision } from '../model/decision.ts'
import { digestOf, sha256 } from '../model/digest.ts'
import { entitlementKey } from '../model/entitlement.ts'
import type { Entitlement } from '../model/entitlement.ts'
import type { RequestFacts } from '../model/facts.ts'
import { formatInstant } from '../model/instant.ts'
import { personRef, requestRef } from '../model/record.ts'
import type { Draft, Target } from '../model/record.ts'

/** How the ledger names an entitlement. */
export function targetOf(entitlement: Entitlement): Target {
  const { provider, resource, role } = entitlement
  return { key: sha256(entitlementKey(entitlement)), provider, resource, role }
}

/** How the ledger burns an id, without naming it. */
export function idDigest(contract: string, id: string): string {
  return sha256(`${contract}\0${id}`)
}

/** `request.decided` for a merged pull request; undefined where it brought no single file that could be recorded. */
export function decidedDraft(
  facts: RequestFacts,
  decision: Decision,
  window: { notBefore: Date; notAfter: Date } | null
): (Draft & { type: 'request.decided' }) | undefined {
  const { file, merge, pull, now } = facts
  if (file === null || merge === null) return undefined
  const terms = decision.outcome === 'allow' ? decision.terms : null
  const asked = file.parsed.ok ? file.parsed.value : null
  return {
    type: 'request.decided',
    occurredAt: now,
    request: requestRef(pull.number),
    pr: pull.number,
    outcome: terms === null ? 'refuse' : 'allow',
    merge: merge.commit,
    file: { blob: file.sha, sha256: sha256(file.text) },
    idSha256: asked === null ? sha256(`path\0${file.path}`) : idDigest(asked.contract, asked.id),
    author: personRef(pull.author.id),
    subject: decision.terms === null ? null : personRef(decision.terms.subject.id),
    contract: asked === null || facts.rules.contract.blob === null ? null : asked.contract,
    clause: decision.terms?.clause ?? null,
    targets: terms === null ? [] : terms.entitlements.map(targetOf),
    window: terms === null || window === null ? null : { notBefore: formatInstant(window.notBefore), notAfter: formatInstant(window.notAfter) },
    approvals: decision.stages.flatMap((stage, index) =>
      stage.approvedBy.map(by => ({ by: personRef(by.id), stage: index, reviewId: by.reviewId, commit: by.commit, submittedAt: by.submittedAt }))
    ),
    sod: decision.reasons.filter(reason => reason.rule === 'duties-separated').map(({ rule, holds }) => ({ rule, holds })),
    failed: [...new Set(decision.reasons.filter(reason => !reason.holds).map(reason => reason.rule))],
    inputs: decision.inputs,
    decision: digestOf(JSON.parse(JSON.stringify(decision)))
  }
}
