// Every open pull request to main: what must be looked at again when the rules that judge it change.
import { at } from '../read/repository.ts'
import { forgetRevert, pullLook } from './world.ts'
import type { AccessRepository, Look } from './world.ts'

/** Looks at each of them. */
export async function openPulls(access: AccessRepository): Promise<Look[]> {
  const { repository, home } = access
  const look: Look[] = []
  const open = new Set<number>()
  for (let page = 1; ; page += 1) {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/pulls', {
      ...at(repository),
      state: 'open',
      per_page: 100,
      page
    })
    for (const { number } of data) open.add(number)
    const toMain = data.filter(pull => pull.base.ref === repository.defaultBranch)
    look.push(...toMain.map(pull => pullLook(home, pull.number)))
    if (data.length < 100) break
  }
  for (const { pull } of [...(access.reverts?.values() ?? [])]) if (!open.has(pull)) forgetRevert(access, pull)
  return look
}
