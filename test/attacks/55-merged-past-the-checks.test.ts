// #55 An administrator merges past the checks. The check only gates the merge; what counts is decided after it, and
// refuses.
import { ask, story } from '../stories/company.ts'
import { refusedEvenMerged } from './scene.ts'

story(
  '#55 merged with an administrator’s rights, an unapproved request grants nothing and goes',
  undefined,
  async house => {
    await refusedEvenMerged(house, await ask(house), 'approved')
  }
)

story('#55 nor does one that breaks its clause', undefined, async house => {
  await refusedEvenMerged(house, await ask(house, { duration: '9h' }), 'duration-within')
})
