// The same promise, judged by somebody else's parser: GitHub-flavoured Markdown as micromark renders it (attack #76).
import fc from 'fast-check'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { expect, test } from 'vitest'
import { code, fenced, prose, sentence } from '../../src/act/markdown.ts'
import { quoted } from '../../src/model/problem.ts'
import { cases, hostile, patience } from './cases.ts'

/** What is alive in the HTML: elements that we never write, and mentions outside of code. */
function aliveIn(markdown: string): string[] {
  const html = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true })
  const outside = html.replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, '')
  const elements = (outside.match(/<[a-z!/][^>]*>/gi) ?? []).filter(
    tag => !/^<\/?(p|ul|li|em|strong|blockquote)>$/.test(tag)
  )
  return [...elements, ...(outside.match(/@[a-z0-9]/gi) ?? [])]
}

test('nothing hostile is alive after another parser has rendered it', patience, () => {
  fc.assert(
    fc.property(hostile, text => {
      for (const written of [
        `- **Why** ${code(text)} and ${code(text)}`,
        `- **Clause** ${prose(text)}`,
        `- ${sentence(`It asks ${quoted(text)}.`)}`,
        fenced(text, 'yaml').join('\n')
      ]) {
        expect(aliveIn(written)).toEqual([])
      }
    }),
    { numRuns: cases }
  )
})

test('the judge knows a live link, a mention and HTML when it sees them', () => {
  for (const live of ['[x](https://github.com)', 'https://github.com', 'ask @octocat', '<img src=x>', '`a` @octocat']) {
    expect(aliveIn(live)).not.toEqual([])
  }
})
