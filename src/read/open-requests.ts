// How much somebody asks for at once: their open pull requests, for policies that limit them (attack #74).
import type { Account, Known, Read, RequestFacts } from '../model/facts.ts'
import { personOf } from '../model/directory.ts'
import type { Policy } from '../model/policy.ts'
import { at } from './repository.ts'
import type { Repository } from './repository.ts'

const mostPages = 20

/** Open pull requests by any account of the author's person. Asked for only where a readable policy limits them. */
export async function readOpenRequests(
  repository: Repository,
  author: Account,
  { policies, directory }: { policies: Read<Policy>[]; directory: RequestFacts['rules']['directory'] }
): Promise<Known<number>> {
  const limited = policies.some(({ parsed }) => parsed?.ok === true && parsed.value.limits.openRequests !== undefined)
  if (!limited) return { known: false, because: 'No policy limits them, so they were not read.' }
  const person = directory.parsed?.ok === true ? personOf(directory.parsed.value, author.id) : undefined
  const accounts = new Set([author.id, ...(person?.github.map(({ id }) => id) ?? [])])
  let count = 0
  for (let page = 1; page <= mostPages; page += 1) {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/pulls', {
      ...at(repository),
      state: 'open',
      per_page: 100,
      page
    })
    count += data.filter(pull => accounts.has(Number(pull.user?.id))).length
    if (data.length < 100) return { known: true, value: count }
  }
  return { known: false, because: `More than ${mostPages * 100} pull requests are open.` }
}
