// The rules of decide(), each listed once, in the order in which a reader must act on them.
import type { Reason } from '../model/decision.ts'
import { approved } from './approved.ts'
import { breakglassReviewed } from './breakglass-reviewed.ts'
import { clauseInEffect } from './clause-in-effect.ts'
import { conditionsHold } from './conditions-hold.ts'
import { contentBound } from './content-bound.ts'
import type { Context } from './context.ts'
import { documentValid } from './document-valid.ts'
import { durationWithin } from './duration-within.ts'
import { dutiesSeparated } from './duties-separated.ts'
import { idUnused } from './id-unused.ts'
import { mergedRightly } from './merged-rightly.ts'
import { notBlocked } from './not-blocked.ts'
import { oneDocument } from './one-document.ts'
import { ownersReadable } from './owners-readable.ts'
import { pathRight } from './path-right.ts'
import { peopleKnown } from './people-known.ts'
import { policyHolds } from './policy-holds.ts'
import { branchesProtected } from './protected.ts'
import { providerReady } from './provider-ready.ts'
import { readyForReview } from './ready-for-review.ts'
import { sameRepository } from './same-repository.ts'
import { startInReach } from './start-in-reach.ts'
import { subjectEligible } from './subject-eligible.ts'
import { subjectKnown } from './subject-known.ts'

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
  notBlocked,
  mergedRightly
]
