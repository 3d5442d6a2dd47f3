// Turns what was decided and done into ledger drafts: numeric ids and digests only (DESIGN §7).
import type { AmendmentDecision, Approver, Decision, StageStatus } from '../model/decision.ts'
import { digestOf, sha256 } from '../model/digest.ts'
import { entitlementKey } from '../model/entitlement.ts'
import type { Entitlement } from '../model/entitlement.ts'
import type { AmendmentFacts, RequestFacts } from '../model/facts.ts'
import { formatInstant } from '../model/instant.ts'
import { amendmentRef, personRef, requestRef } from '../model/record.ts'
import type { ApprovalNote, Draft, DutyNote, Target } from '../model/record.ts'

/** How the ledger names an entitlement. */
export function targetOf(entitlement: Entitlement): Target {
  const { provider, resource, role } = entitlement
  return { key: sha256(entitlementKey(entitlement)), provider, resource, role }
}

/** How the ledger burns an id, without naming it. */
export function idDigest(contract: string, id: string): string {
  return sha256(`${contract}\0${id}`)
}

/** How the ledger burns an amendment's id; never the digest of a request's. */
export function amendmentIdDigest(contract: string, id: string): string {
  return sha256(`amendment\0${contract}\0${id}`)
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
    window:
      terms === null || window === null
        ? null
        : { notBefore: formatInstant(window.notBefore), notAfter: formatInstant(window.notAfter) },
    ...judgementOf(decision)
  }
}

/** `breakglass.opened` where what was decided is break-glass: it is on the ledger before the grant (S10). */
export function breakGlassDrafts(facts: RequestFacts, decision: Decision, decidedAt: Date): Draft[] {
  const asked = facts.file?.parsed.ok === true && facts.file.parsed.value.emergency
  const emergency = decision.clause?.emergency
  if (!asked || emergency === undefined || decision.outcome !== 'allow') return []
  const reviewDue = formatInstant(new Date(decidedAt.getTime() + emergency.reviewSeconds * 1_000))
  return [{ type: 'breakglass.opened', occurredAt: decidedAt, request: requestRef(facts.pull.number), reviewDue }]
}

/** `amendment.decided` for a merged pull request; undefined where it brought no single file that could be recorded. */
export function amendedDraft(
  facts: AmendmentFacts,
  decision: AmendmentDecision
): (Draft & { type: 'amendment.decided' }) | undefined {
  const { file, merge, pull, now } = facts
  if (file === null || merge === null) return undefined
  const amendment = file.parsed.ok ? file.parsed.value : null
  const allowed = decision.outcome === 'allow' && amendment !== null
  const { fromAt, untilAt } = amendment?.effective ?? {}
  const window = { from: formatInstant(fromAt ?? now), until: untilAt === undefined ? null : formatInstant(untilAt) }
  return {
    type: 'amendment.decided',
    occurredAt: now,
    amendment: amendmentRef(pull.number),
    pr: pull.number,
    outcome: allowed ? 'allow' : 'refuse',
    merge: merge.commit,
    mergedAt: formatInstant(facts.mergedAt ?? now),
    file: { blob: file.sha, sha256: sha256(file.text) },
    idSha256: amendment === null ? sha256(`path\0${file.path}`) : amendmentIdDigest(amendment.contract, amendment.id),
    author: personRef(pull.author.id),
    contract: amendment === null || facts.rules.contract.blob === null ? null : amendment.contract,
    window: allowed ? window : null,
    ...judgementOf(decision)
  }
}

/** What every decision leaves on the ledger, whatever it was about. */
function judgementOf(decision: Decision | AmendmentDecision): {
  approvals: ApprovalNote[]
  beyond?: ApprovalNote[]
  sod: DutyNote[]
  failed: string[]
  inputs: Decision['inputs']
  decision: string
} {
  const { stages, reasons, inputs } = decision
  const noted = (of: (stage: StageStatus) => readonly Approver[]): ApprovalNote[] => {
    return stages.flatMap((stage, index) =>
      of(stage).map(({ id, reviewId, commit, submittedAt }) => {
        return { by: personRef(id), stage: index, reviewId, commit, submittedAt }
      })
    )
  }
  const beyond = noted(stage => stage.beyond ?? [])
  return {
    approvals: noted(stage => stage.approvedBy),
    ...(beyond.length === 0 ? {} : { beyond }),
    sod: reasons.filter(({ rule }) => rule === 'duties-separated').map(({ rule, holds }) => ({ rule, holds })),
    failed: [...new Set(reasons.filter(reason => !reason.holds).map(reason => reason.rule))],
    inputs,
    decision: digestOf(JSON.parse(JSON.stringify(decision)))
  }
}
