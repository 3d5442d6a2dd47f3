// #32 The pull request brings the rules that allow it: CODEOWNERS, a policy, a contract.
// Rules are those of the base branch, and what is mixed is refused.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import {
  approve,
  checks,
  exceptions,
  fate,
  mergePast,
  propose,
  requestPath,
  requestText,
  story,
  works
} from '../stories/company.ts'

const starter = new URL('../../policies/starter/', import.meta.url)
const text = (path: string): string => readFileSync(new URL(path, starter), 'utf8')
const request = { [requestPath()]: requestText({ duration: '20h' }) }
const longer = text('contracts/payments-production.yml').replace('max: 8h', 'max: 24h')
const mine = text('.github/CODEOWNERS').replace('@acme/payments-leads', '@octocat')

for (const [name, files] of [
  ['the contract', { 'contracts/payments-production.yml': longer }],
  ['CODEOWNERS', { '.github/CODEOWNERS': mine }],
  ['a policy', { 'policies/mine.yml': 'apiVersion: addendum/v1\nkind: Policy\nid: mine\ntitle: Mine\nrules: []\n' }],
  ['the settings', { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' }],
  ['anything else', { 'NOTES.md': 'Only a note\n' }]
] as const) {
  story(`#32 a request together with ${name} is refused as it stands and after a merge`, undefined, async house => {
    const pull = await propose(house, 'octocat', { ...files, ...request })
    await house.settle()
    await approve(house, pull)
    expect((await checks(house, pull)).terms).toBe('failure')
    expect(await fate(house, pull)).toBe('open')
    await mergePast(house, pull)
    expect(works(house)).toBe(false)
    expect(house.payments.calls.filter(call => call.operation === 'grant')).toEqual([])
    expect(exceptions(house)).toEqual(['merged-unqualified', 'unrequested-file'])
    expect(house.onMain()).toEqual([])
  })
}
