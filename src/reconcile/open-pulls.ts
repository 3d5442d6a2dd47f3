// Every open pull request to main: what must be looked at again when the rules that judge it change.
import { digestOf } from '../model/digest.ts'
import { isGuarded, placeOf } from '../model/place.ts'
import { at } from '../read/repository.ts'
import type { Tree } from '../read/repository.ts'
import { forgetRevert, pullLook } from './world.ts'
import type { AccessRepository, Look } from './world.ts'

/** Looks at them: at each, or, of an account that has very many, at a few in every round (attack #74). */
export async function openPulls(access: AccessRepository): Promise<Look[]> {
  const { repository, home } = access
  const toMain: { number: number; author: { id: number } }[] = []
  const open = new Set<number>()
  for (let page = 1; ; page += 1) {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/pulls', {
      ...at(repository),
      state: 'open',
      per_page: 100,
      page
    })
    for (const { number, base, user } of data) {
      open.add(number)
      if (base.ref === repository.defaultBranch) toMain.push({ number, author: { id: Number(user?.id ?? 0) } })
    }
    if (data.length < 100) break
  }
  for (const { pull } of Array.from(access.reverts?.values() ?? [])) if (!open.has(pull)) forgetRevert(access, pull)
  return access.turns.share(toMain).map(({ number }) => pullLook(home, number))
}

/** The rules that main had when we last looked; lost with the process, and then the sweep after the start looks at all. */
const rulesSeen = new WeakMap<AccessRepository, string>()

/** Looks at them where main has other rules than at the last look, whoever changed them (attack #35). */
export async function openPullsUnderNewRules(access: AccessRepository, tree: Tree): Promise<Look[]> {
  // Amendments are looked after by `settleAgreements`, since time changes what they do as well.
  const living = (path: string): boolean => ['request', 'amendment'].includes(placeOf(path)?.kind ?? '')
  const rules = [...tree.values()].filter(({ path }) => isGuarded(path) && !living(path))
  const digest = digestOf(rules.map(({ path, mode, sha }) => `${path} ${mode} ${sha}`).sort())
  const before = rulesSeen.get(access)
  rulesSeen.set(access, digest)
  return before === undefined || before === digest ? [] : await openPulls(access)
}
