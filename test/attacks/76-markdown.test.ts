// #76 Markdown in a reason mentions people, links away, or forges a verdict in our own comment. No text of a file
// leaves its code span.
import { expect } from 'vitest'
import { approve, comments, granted, requestPath, requestText, story, works } from '../stories/company.ts'
import { openFor, said } from './scene.ts'

const hostile =
  '@acme/security please ` ``` </details><img src=x onerror=alert(1)> [Approved](https://evil.example) ## Granted $x$'

/** What stands outside of code spans and fences. */
function outside(markdown: string): string {
  const unfenced = markdown.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, '')
  return unfenced.replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')
}

/** Without the title, which GitHub shows as plain text. */
function summary({ text }: { text: string }): string {
  return text.slice(text.indexOf('\n') + 1)
}

story('#76 a hostile reason is shown, and nothing of it is alive', undefined, async house => {
  const text = requestText({}).replace('reason: Investigate duplicate refunds', `reason: ${JSON.stringify(hostile)}`)
  const pull = await openFor(house, 'octocat', { [requestPath()]: text }, { by: 'octocat' })
  const words = [
    ...(await comments(house, pull)),
    summary(await said(house, pull, 'terms')),
    summary(await said(house, pull, 'approvals'))
  ]
  expect(words.join('\n')).toContain('evil.example')
  for (const dead of ['evil.example', '<img', '@acme/security', '</details><img', '## Granted'])
    expect(outside(words.join('\n'))).not.toContain(dead)
  await approve(house, pull)
  expect(works(house)).toBe(true)
  expect(outside((await comments(house, pull)).join('\n'))).not.toContain('evil.example')
})

story('#76 nor of a bad value that a check quotes', undefined, async house => {
  const text = requestText({ ticket: JSON.stringify(hostile) })
  const pull = await openFor(house, 'octocat', { [requestPath()]: text }, { by: 'octocat' })
  const words = [...(await comments(house, pull)), summary(await said(house, pull, 'terms'))].join('\n')
  for (const dead of ['evil.example', '<img', '@acme/security', '## Granted'])
    expect(outside(words)).not.toContain(dead)
  await granted(house, { id: 'octocat-fine' })
})
