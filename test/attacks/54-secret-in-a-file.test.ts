// #54 A credential stands in the file, and would be told again in checks, comments and the ledger. It is found,
// refused, and never repeated.
import { expect } from 'vitest'
import { approve, checks, comments, marks, requestPath, requestText, story } from '../stories/company.ts'
import { at } from '../house.ts'
import { openFor, refusedEvenMerged, said } from './scene.ts'

const secret = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`

story(
  '#54 a request with a token in its reason is refused at its line, and the token stands nowhere else',
  undefined,
  async house => {
    const text = requestText({}).replace('Investigate duplicate refunds', `Use ${secret} to look`)
    const pull = await openFor(house, 'octocat', { [requestPath()]: text }, { by: 'octocat' })
    await approve(house, pull)
    expect((await checks(house, pull)).terms).toBe('failure')
    expect(await marks(house, pull)).toEqual(['octocat-refunds.yml:8 failure'])
    await refusedEvenMerged(house, pull, 'document-valid')
    const { data: runs } = await house.as.lisa.rest.checks.listForRef({
      ...at,
      ref: `refs/pull/${pull}/head`,
      filter: 'all'
    })
    const remarks = await Promise.all(
      runs.check_runs.map(run => house.as.lisa.rest.checks.listAnnotations({ ...at, check_run_id: run.id }))
    )
    const words = JSON.stringify([
      await comments(house, pull),
      await said(house, pull, 'terms'),
      runs,
      remarks.map(({ data }) => data),
      house.records()
    ])
    expect(words).toContain('a GitHub token')
    expect(words).not.toContain(secret)
    expect(words).not.toContain(secret.slice(4, 20))
  }
)
