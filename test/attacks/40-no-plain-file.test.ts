// #40 The file is a symbolic link, a submodule or executable, so that readers see different things.
// Only mode 100644, from git's own tree.
import { expect } from 'vitest'
import { at } from '../house.ts'
import type { House } from '../house.ts'
import {
  approve,
  ask,
  checks,
  exceptions,
  fate,
  mergePast,
  requestPath,
  requestText,
  story,
  works
} from '../stories/company.ts'

async function proposeMode(house: House, mode: '100755' | '120000' | '160000'): Promise<number> {
  const { git, pulls } = house.as.octocat.rest
  const main = (await git.getRef({ ...at, ref: 'heads/main' })).data.object.sha
  const base = (await git.getCommit({ ...at, commit_sha: main })).data.tree.sha
  const blob = { type: 'blob', content: requestText({}) } as const
  const what = mode === '160000' ? ({ type: 'commit', sha: main } as const) : blob
  const entry = { path: requestPath(), mode, ...what }
  const tree = (await git.createTree({ ...at, base_tree: base, tree: [entry] })).data.sha
  const commit = (await git.createCommit({ ...at, message: 'Ask', tree, parents: [main] })).data.sha
  await git.createRef({ ...at, ref: 'refs/heads/odd', sha: commit })
  const { data } = await pulls.create({ ...at, title: 'Odd', head: 'odd', base: 'main' })
  await house.settle()
  return data.number
}

for (const [name, mode] of [
  ['an executable', '100755'],
  ['a symbolic link', '120000'],
  ['a submodule', '160000']
] as const) {
  story(`#40 ${name} is no request`, undefined, async house => {
    const pull = await proposeMode(house, mode)
    await approve(house, pull)
    expect((await checks(house, pull)).terms).toBe('failure')
    expect(await fate(house, pull)).toBe('open')
    await mergePast(house, pull)
    expect(works(house)).toBe(false)
    expect(house.payments.calls.filter(call => call.operation === 'grant')).toEqual([])
    const failed = (await house.ledger()).requests.get(`R-${pull}`)?.failed ?? []
    // A submodule has no bytes that could be recorded: it is told as an exception instead.
    expect([...failed, ...exceptions(house)]).toContain(mode === '160000' ? 'merged-unqualified' : 'path-right')
    expect(house.onMain()).toEqual([])
  })
}

story('#40 a CODEOWNERS that is a symbolic link names no owner', undefined, async house => {
  const { git } = house.as.lisa.rest
  const main = (await git.getRef({ ...at, ref: 'heads/main' })).data.object.sha
  const base = (await git.getCommit({ ...at, commit_sha: main })).data.tree.sha
  const link = { path: '.github/CODEOWNERS', mode: '120000', type: 'blob', content: '* @acme/payments' } as const
  const tree = (await git.createTree({ ...at, base_tree: base, tree: [link] })).data.sha
  const commit = (await git.createCommit({ ...at, message: 'Link', tree, parents: [main] })).data.sha
  await git.updateRef({ ...at, ref: 'heads/main', sha: commit })
  await house.settle()
  const pull = await ask(house)
  await approve(house, pull, 'monalisa')
  expect((await checks(house, pull)).approvals).toBe('failure')
  expect(works(house)).toBe(false)
})
