// Revert pull requests of ours that are open, by branch: an earlier one is continued and never doubled.
import { at } from './repository.ts'
import type { Repository } from './repository.ts'

/** Open pull requests of the app itself, on branches that begin with `prefix`. */
export async function openReverts(repository: Repository, prefix: string): Promise<Map<string, number>> {
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/pulls', {
    ...at(repository),
    state: 'open',
    base: repository.defaultBranch,
    sort: 'created',
    direction: 'desc',
    per_page: 100
  })
  const ours = data.filter(pull => Number(pull.user?.id) === repository.bot.id && pull.head.ref.startsWith(prefix))
  return new Map(ours.map(pull => [pull.head.ref, pull.number]))
}
