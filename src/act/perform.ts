// The table of what can be done to a pull request. An action without a performer does not compile.
import type { Action } from '../model/action.ts'
import type { Repository } from '../read/repository.ts'
import { performCheck } from './check.ts'
import { performComment } from './comment.ts'
import { performMerge } from './merge.ts'
import { performReviewers } from './reviewers.ts'
import { performStatement } from './statement.ts'
import type { Written } from './written.ts'

interface Target {
  repository: Repository
  written: Written
}

const performers: {
  [K in Action['kind']]: (target: Target, action: Action & { kind: K }, fresh: boolean) => Promise<unknown>
} = {
  check: async ({ repository, written }, action, fresh) => await performCheck(repository, written, action, fresh),
  comment: async ({ repository, written }, action, fresh) => await performComment(repository, written, action, fresh),
  statement: async ({ repository }, action) => await performStatement(repository, action),
  reviewers: async ({ repository }, action) => await performReviewers(repository, action),
  merge: async ({ repository }, action) => await performMerge(repository, action)
}

/** Performs actions in their order. `fresh`: nothing of ours is on the pull request yet, so nothing is looked for. */
export async function perform(target: Target, actions: readonly Action[], fresh: boolean): Promise<void> {
  for (const action of actions) {
    const performer = performers[action.kind] as (target: Target, action: Action, fresh: boolean) => Promise<unknown>
    await performer(target, action, fresh)
  }
}
