// Asks for the reviews that are missing. GitHub asks code owners by itself; this is for whom the clause names besides.
import type { ReviewersAction } from '../model/action.ts'
import { statusOf } from '../read/github.ts'
import { at } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'

/** Requests reviews. An account or team that GitHub will not ask (422) is left out: the check says who is needed all the same. */
export async function performReviewers(repository: Repository, action: ReviewersAction): Promise<void> {
  try {
    await repository.github.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', {
      ...at(repository),
      pull_number: action.pull,
      reviewers: action.users,
      team_reviewers: action.teams
    })
  } catch (error) {
    if (statusOf(error) !== 422) throw error
  }
}
