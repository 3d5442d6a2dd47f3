// The rules of decide(), each listed once, in the order in which a reader must act on them.
import type { Reason } from '../model/decision.ts'
import { approved } from './rules/approved.ts'
import { breakglassReviewed } from './rules/breakglass-reviewed.ts'
import { clauseInEffect } from './rules/clause-in-effect.ts'
import { conditionsHold } from './rules/conditions-hold.ts'
import { contentBound } from './rules/content-bound.ts'
import type { Context } from './context.ts'
import { documentValid } from './rules/document-valid.ts'
import { durationWithin } from './rules/duration-within.ts'
import { dutiesSeparated } from './rules/duties-separated.ts'
import { idUnused } from './rules/id-unused.ts'
import { inputsFit } from './rules/inputs-fit.ts'
import { mergedRightly } from './rules/merged-rightly.ts'
import { notBlocked } from './rules/not-blocked.ts'
import { oneDocument } from './rules/one-document.ts'
import { ownersReadable } from './rules/owners-readable.ts'
import { pathRight } from './rules/path-right.ts'
import { peopleKnown } from './rules/people-known.ts'
import { policyHolds } from './rules/policy-holds.ts'
import { branchesProtected } from './rules/protected.ts'
import { providerReady } from './rules/provider-ready.ts'
import { readyForReview } from './rules/ready-for-review.ts'
import { sameRepository } from './rules/same-repository.ts'
import { startInReach } from './rules/start-in-reach.ts'
import { subjectEligible } from './rules/subject-eligible.ts'
import { subjectKnown } from './rules/subject-known.ts'
import { termsUnchanged } from './rules/terms-unchanged.ts'

/** One rule: pure and total. It answers with one reason, or with one for each thing that is wrong. */
export type Rule = (context: Context) => Reason | Reason[]

/** Every rule. All are asked, always, so that a reader sees at once all that is missing. */
export const rules: readonly Rule[] = [
  sameRepository,
  oneDocument,
  documentValid,
  pathRight,
  idUnused,
  clauseInEffect,
  subjectKnown,
  subjectEligible,
  inputsFit,
  durationWithin,
  startInReach,
  conditionsHold,
  breakglassReviewed,
  policyHolds,
  providerReady,
  branchesProtected,
  ownersReadable,
  peopleKnown,
  readyForReview,
  dutiesSeparated,
  approved,
  contentBound,
  termsUnchanged,
  notBlocked,
  mergedRightly
]
