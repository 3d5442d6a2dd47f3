// The rules of decideAmendment(), each listed once, in the order in which a reader must act on them.
import type { Reason } from '../../model/decision.ts'
import { contentBound } from '../rules/content-bound.ts'
import { documentValid } from '../rules/document-valid.ts'
import { dutiesSeparated } from '../rules/duties-separated.ts'
import { idUnused } from '../rules/id-unused.ts'
import { mergedRightly } from '../rules/merged-rightly.ts'
import { notBlocked } from '../rules/not-blocked.ts'
import { oneDocument } from '../rules/one-document.ts'
import { ownersReadable } from '../rules/owners-readable.ts'
import { pathRight } from '../rules/path-right.ts'
import { peopleKnown } from '../rules/people-known.ts'
import { readyForReview } from '../rules/ready-for-review.ts'
import { sameRepository } from '../rules/same-repository.ts'
import { termsUnchanged } from '../rules/terms-unchanged.ts'
import { changesApply } from './changes-apply.ts'
import type { AmendmentContext } from './context.ts'
import { contractInEffect } from './contract-in-effect.ts'
import { controlsKnown } from './controls-known.ts'
import { expectsCurrent } from './expects-current.ts'
import { floorsKept } from './floors-kept.ts'
import { gatesPassed } from './gates-passed.ts'
import { noConflict } from './no-conflict.ts'
import { notRetroactive } from './not-retroactive.ts'
import { expressionsReadable, policiesHold } from './policies-hold.ts'

/** One rule: pure and total. It answers with one reason, or with one for each thing that is wrong. */
export type AmendmentRule = (context: AmendmentContext) => Reason | Reason[]

/** Every rule. All are asked, always, so that a reader sees at once all that is missing. */
export const amendmentRules: readonly AmendmentRule[] = [
  sameRepository,
  oneDocument,
  documentValid,
  expressionsReadable,
  pathRight,
  idUnused,
  contractInEffect,
  notRetroactive,
  noConflict,
  changesApply,
  expectsCurrent,
  floorsKept,
  controlsKnown,
  policiesHold,
  ownersReadable,
  peopleKnown,
  readyForReview,
  dutiesSeparated,
  gatesPassed,
  contentBound,
  termsUnchanged,
  notBlocked,
  mergedRightly
]
