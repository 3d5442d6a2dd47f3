// Merges exactly the head that was decided on (attack #21).
import type { MergeAction } from '../model/action.ts'
import { statusOf } from '../read/github.ts'
import { at } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'

/** `blocked`: GitHub's own rules do not allow it yet. `moved`: the head is another one now, or the merge conflicts. */
export type MergeOutcome = { merged: true; commit: string } | { merged: false; because: 'blocked' | 'moved' }

/** Merges with a merge commit, so that the first parent is the base that was judged; squashes where GitHub allows nothing else. */
export async function performMerge(repository: Repository, action: MergeAction): Promise<MergeOutcome> {
  for (const merge_method of ['merge', 'squash'] as const) {
    try {
      const { data } = await repository.github.request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
        ...at(repository),
        pull_number: action.pull,
        sha: action.head,
        merge_method,
        commit_title: action.title,
        commit_message: action.message
      })
      return { merged: true, commit: data.sha }
    } catch (error) {
      if (statusOf(error) === 409) return { merged: false, because: 'moved' }
      if (statusOf(error) !== 405) throw error
      const message = error instanceof Error ? error.message : ''
      if (!/merge commits are not allowed/i.test(message)) return { merged: false, because: 'blocked' }
    }
  }
  return { merged: false, because: 'blocked' }
}
