// #8 One human with two accounts approves twice, or approves their own request.
// The directory makes accounts persons, and persons are counted.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { HouseOptions } from '../house.ts'
import { approve, ask, checks, story } from '../stories/company.ts'
import { join, refusedEvenMerged, said } from './scene.ts'

const starter = new URL('../../policies/starter/', import.meta.url)
const text = (path: string): string => readFileSync(new URL(path, starter), 'utf8')

/** hubot is a second account of somebody of the starter's directory. */
function second(login: string, id: number): Record<string, string> {
  const own = `{id: ${id}, login: ${login}}`
  return { 'directory.yml': text('directory.yml').replace(own, `${own}, {id: 1005, login: hubot}`) }
}

function two(): HouseOptions {
  const path = 'contracts/payments-production.yml'
  const contract = text(path).replace('{count: 1, from: [codeowners]}', '{count: 2, from: [codeowners]}')
  return { files: { ...second('mona', 1002), [path]: contract } }
}

story('#8 two accounts of one person are one approval', two(), async house => {
  await join(house, 'payments-leads', 'hubot')
  await join(house, 'payments-leads', 'lisa')
  const pull = await ask(house)
  await approve(house, pull, 'mona')
  await approve(house, pull, 'hubot')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await said(house, pull, 'approvals')).text).toContain('1 more of 2 approvals')
  await refusedEvenMerged(house, pull, 'approved')
})

story('#8 the second account of the subject approves nothing', { files: second('octocat', 1001) }, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await ask(house)
  await approve(house, pull, 'hubot')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'approved')
})
