// #50 `%YAML 1.1` makes `no` false and `1:30` ninety. Directives are refused, and without one every such word is a
// text.
import { expect, test } from 'vitest'
import { readYaml } from '../../src/model/yaml.ts'
import { approve, checks, requestPath, requestText, story } from '../stories/company.ts'
import { openFor, refusedEvenMerged } from './scene.ts'

story('#50 a request that asks to be read as YAML 1.1 is refused', undefined, async house => {
  const text = `%YAML 1.1\n---\n${requestText({ duration: '1h' })}`
  const pull = await openFor(house, 'octocat', { [requestPath()]: text }, { by: 'octocat' })
  await approve(house, pull)
  expect((await checks(house, pull)).terms).toBe('failure')
  await refusedEvenMerged(house, pull, 'document-valid')
})

test('#50 words that older YAML would turn into something else stay words', () => {
  const read = readYaml('a.yml', 'a: no\nb: 1:30\nc: on\nd: 2026-01-01\ne: 1_000\n', 1024)
  expect(read.ok && read.value).toEqual({ a: 'no', b: '1:30', c: 'on', d: '2026-01-01', e: '1_000' })
})

test('#50 any directive is refused', () => {
  for (const directive of ['%YAML 1.1', '%YAML 1.2', '%TAG ! tag:example.com,2026:']) {
    const read = readYaml('a.yml', `${directive}\n---\na: 1\n`, 1024)
    expect(read.ok ? [] : read.problems.map(({ code }) => code)).toContain('yaml.directive')
  }
})
