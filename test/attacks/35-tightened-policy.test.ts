// #35 A policy is tightened after the check turned green.
// Every change of the rules on main judges open pull requests anew, and the grant is judged by them.
import { expect } from 'vitest'
import { approve, ask, checks, mergePast, story } from '../stories/company.ts'
import { manual, refusedEvenMerged, refusedOnceMerged } from './scene.ts'

const policy = [
  'apiVersion: addendum/v1',
  'kind: Policy',
  'id: short',
  'title: Nothing for long',
  'rules:',
  '  - id: one-hour',
  '    on: [request]',
  "    require: request.duration <= duration('1h')",
  '    because: An hour is enough.',
  'examples:',
  '  - {name: An hour, on: request, given: {request: {duration: 1h}}, expect: allow}',
  '  - {name: Two, on: request, given: {request: {duration: 2h}}, expect: deny, by: [one-hour]}',
  ''
].join('\n')

story('#35 a green check turns when main gets a stricter policy', manual(), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
  house.github.seed.commit('acme/access', 'main', { 'policies/short.yml': policy }, { by: 'lisa' })
  await house.settle()
  expect(await checks(house, pull)).toEqual({ terms: 'failure', approvals: 'success' })
  await refusedEvenMerged(house, pull, 'policy-holds')
})

story('#35 what is merged while the check is still green is refused', manual(), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  house.webhooks = false
  house.github.seed.commit('acme/access', 'main', { 'policies/short.yml': policy }, { by: 'lisa' })
  house.webhooks = true
  await mergePast(house, pull)
  await refusedOnceMerged(house, pull, 'policy-holds')
})
