// #51 Tags, merge keys, anchors, several documents, `__proto__`: YAML that says something else than it shows. All of
// it is refused.
import { expect } from 'vitest'
import { approve, checks, marks, requestPath, requestText, story } from '../stories/company.ts'
import { openFor, refusedEvenMerged } from './scene.ts'

const clever: Record<string, string> = {
  'a tag': requestText({ duration: '!!str 1h' }),
  'a tag of its own': requestText({ duration: '!js/function 1h' }),
  'an anchor': requestText({ duration: '&long 1h' }),
  'an alias': requestText({ id: '&id octocat-refunds', more: ['inputs: {note: *id}'] }),
  'a merge key': requestText({ more: ['<<: {duration: 8h}'] }),
  'a prototype': requestText({ more: ['__proto__: {duration: 8h}'] }),
  'a constructor': requestText({ more: ['constructor: {prototype: {emergency: true}}'] }),
  'a second document': `${requestText({ duration: '1h' })}---\n${requestText({ duration: '8h' })}`
}

for (const [what, text] of Object.entries(clever)) {
  story(`#51 ${what} makes it no request`, undefined, async house => {
    const pull = await openFor(house, 'octocat', { [requestPath()]: text }, { by: 'octocat' })
    await approve(house, pull)
    expect((await checks(house, pull)).terms).toBe('failure')
    expect((await marks(house, pull)).length).toBeGreaterThan(0)
    await refusedEvenMerged(house, pull, 'document-valid')
  })
}
