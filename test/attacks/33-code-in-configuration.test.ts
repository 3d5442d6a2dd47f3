// #33 Code hides in what a pull request brings, to be run by who reads it. There is no code in any document: nothing of a pull request is ever run.
import { expect } from 'vitest'
import { checks, propose, requestPath, requestText, story, works } from '../stories/company.ts'

const canary = 'globalThis.theDocumentRan = true'
const policy = `apiVersion: addendum/v1\nkind: Policy\nid: mine\ntitle: Mine\nrules:\n  - id: run\n    on: [request]\n    deny: '${canary}'\n    because: It runs.\n`

for (const [name, files] of [
  ['a tag of YAML', { [requestPath()]: requestText({ more: [`inputs: !!js/function 'function () { ${canary} }'`] }) }],
  ['a tag of another YAML', { [requestPath()]: requestText({ more: [`inputs: !<tag:yaml.org,2002:js/function> '${canary}'`] }) }],
  ['an expression of a policy', { 'policies/mine.yml': policy }],
  ['an expression that looks like a call', { 'policies/mine.yml': policy.replace(canary, `this.constructor.constructor("${canary}")()`) }],
  ['scripts beside a request', { [requestPath()]: requestText({}), 'package.json': `{"scripts":{"install":"${canary}"}}`, 'addendum.js': canary }]
] as const) {
  story(`#33 ${name} is refused and not run`, undefined, async house => {
    const pull = await propose(house, 'octocat', { ...files })
    await house.settle()
    expect((await checks(house, pull)).terms).toBe('failure')
    expect('theDocumentRan' in globalThis).toBe(false)
    expect(works(house)).toBe(false)
    expect(house.records().filter(record => record.type === 'request.decided')).toEqual([])
  })
}
