// #33 Code hides in what a pull request brings, to be run by who reads it.
// There is no code in any document: nothing of a pull request is ever run.
import { expect } from 'vitest'
import { checks, propose, requestPath, requestText, story, works } from '../stories/company.ts'

const canary = 'globalThis.theDocumentRan = true'
const head = 'apiVersion: addendum/v1\nkind: Policy\nid: mine\ntitle: Mine\nrules:\n'
const policy = `${head}  - id: run\n    on: [request]\n    deny: '${canary}'\n    because: It runs.\n`
const call = `this.constructor.constructor("${canary}")()`
const inputs = (text: string): Record<string, string> => {
  return { [requestPath()]: requestText({ more: [`inputs: ${text}`] }) }
}
const scripts = { 'package.json': '{"scripts":{"install":"x"}}', 'x.js': canary }

for (const [name, files] of [
  ['a tag of YAML', inputs(`!!js/function 'function () { ${canary} }'`)],
  ['a tag of another YAML', inputs(`!<tag:yaml.org,2002:js/function> '${canary}'`)],
  ['an expression of a policy', { 'policies/mine.yml': policy }],
  ['an expression that looks like a call', { 'policies/mine.yml': policy.replace(canary, call) }],
  ['scripts beside a request', { [requestPath()]: requestText({}), ...scripts }]
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
