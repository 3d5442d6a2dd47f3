// #46 A push so large that a comparison of commits shows only its first 300 files. Trees are compared whole;
// comparisons are never asked for.
import { expect } from 'vitest'
import { exceptions, requestPath, requestText, story, works } from '../stories/company.ts'

story(
  '#46 a request that is pushed to main behind 400 other files is found, grants nothing and goes',
  undefined,
  async house => {
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`notes/${index}.md`, 'Nothing\n']))
    house.github.seed.commit('acme/access', 'main', { ...many, [requestPath()]: requestText({}) }, { by: 'lisa' })
    await house.settle()
    expect(works(house)).toBe(false)
    expect(exceptions(house)).toEqual(['unrequested-file'])
    expect(house.onMain()).toEqual([])
    expect(house.asked.filter(({ operation }) => operation === 'repos/compare-commits')).toEqual([])
  }
)
