// #13 An account is renamed, and somebody else takes its old login.
// People are numeric ids: a login that the directory gives to another account names nobody.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { at } from '../house.ts'
import type { House } from '../house.ts'
import { approve, ask, checks, granted, remove, story, works } from '../stories/company.ts'
import { asLogin, join, manual, refusedEvenMerged, refusedOnceMerged, said } from './scene.ts'

const starter = readFileSync(new URL('../../policies/starter/.github/CODEOWNERS', import.meta.url), 'utf8')
const byLogin = starter.replace(/^\/requests\/payments-production\/.*$/m, '/requests/payments-production/ @mona')

function recycle(house: House, login: string): void {
  house.github.seed.rename(login, `${login}-before`)
  house.github.seed.user(login)
  house.github.seed.member('acme', login)
  house.github.seed.collaborator('acme/access', login, 'write')
}

story(
  '#13 who takes the login of an owner approves nothing',
  { files: { '.github/CODEOWNERS': byLogin } },
  async house => {
    recycle(house, 'mona')
    const pull = await ask(house)
    house.clock.forward(1000)
    await asLogin(house, 'mona').rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
    await house.settle()
    expect((await checks(house, pull)).approvals).toBe('failure')
    expect((await said(house, pull, 'approvals')).text).toContain('directory')
    await refusedEvenMerged(house, pull, 'owners-readable')
  }
)

story("#13 nor ends somebody else's access", { files: { '.github/CODEOWNERS': byLogin } }, async house => {
  await granted(house)
  recycle(house, 'mona')
  const pull = await remove(house, 'octocat-refunds', 'monalisa')
  house.clock.forward(1000)
  await asLogin(house, 'mona').rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
  await house.settle()
  expect((await checks(house, pull)).approvals).toBe('failure')
  expect(works(house)).toBe(true)
})

story('#13 an approval stays with the account that gave it, whoever has its login now', manual(), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  expect((await checks(house, pull)).approvals).toBe('success')
  recycle(house, 'mona')
  const team = Object.values(house.github.world.state.teams).find(one => one.slug === 'payments-leads')
  if (team !== undefined) delete team.members[1002]
  await join(house, 'payments-leads', 'mona')
  await house.sweep()
  expect((await checks(house, pull)).approvals).toBe('in_progress')
  await house.as.lisa.rest.pulls.merge({ ...at, pull_number: pull })
  await house.settle()
  await refusedOnceMerged(house, pull, 'approved')
})

story("#13 who takes the login of the subject gets nothing: the access is the person's", undefined, async house => {
  recycle(house, 'octocat')
  const pull = await ask(house, { subject: 'octocat' }, 'monalisa')
  await approve(house, pull)
  const { subject } = (await house.ledger()).requests.get(`R-${pull}`) ?? {}
  expect(subject).toBe(1001)
  expect(works(house)).toBe(true)
})
