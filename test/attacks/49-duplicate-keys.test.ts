// #49 A key stands twice: the reader sees the first, the machine takes the last. A file with any error is no request.
import { expect } from 'vitest'
import { approve, ask, checks, marks, story } from '../stories/company.ts'
import { refusedEvenMerged, said } from './scene.ts'

story('#49 a request whose duration stands twice is refused at the second, approved or not', undefined, async house => {
  const pull = await ask(house, { duration: '1h', more: ['duration: 8h'] })
  await approve(house, pull)
  expect((await checks(house, pull)).terms).toBe('failure')
  expect(await marks(house, pull)).toContain('octocat-refunds.yml:10 failure')
  expect((await said(house, pull, 'terms')).text).toContain('document-valid')
  await refusedEvenMerged(house, pull, 'document-valid')
})
