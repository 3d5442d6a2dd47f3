// Every attack has a test of its own or a reason, what its row names is there, and docs/threats.md says what they say.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { claims } from './assurance.ts'
import { offsOf } from './attack.ts'
import type { Edit } from './attack.ts'
import { catalogue, shownNumber } from './catalogue.ts'
import { notShown } from './not-shown.ts'
import { threatsPage } from './threats.ts'

const root = join(import.meta.dirname, '..', '..')
const files = readdirSync(import.meta.dirname).filter(file => /^\d\d-.*\.test\.ts$/.test(file))
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('the catalogue', () => {
  test('has the numbers 1 to 88, in order, each once', () => {
    expect(catalogue.map(({ number }) => number)).toEqual(Array.from({ length: 88 }, (_, index) => index + 1))
  })

  test('has a test file of its own or a reason for each number, and never both', () => {
    const wrong = catalogue.filter(({ number }) => {
      const own = files.filter(file => file.startsWith(`${shownNumber(number)}-`))
      return own.length + (number in notShown ? 1 : 0) !== 1
    })
    expect(wrong.map(({ number }) => number)).toEqual([])
  })

  test('names no number that there is not', () => {
    const known = new Set(catalogue.map(({ number }) => number))
    const named = [...files.map(file => Number(file.slice(0, 2))), ...Object.keys(notShown).map(Number)]
    expect(named.filter(one => !known.has(one))).toEqual([])
  })

  test('has tests that are named by their numbers, and files that say the attempt first', () => {
    const wrong = files.filter(file => {
      const text = textOf(`test/attacks/${file}`)
      const number = Number(file.slice(0, 2))
      return !text.startsWith(`// #${number} `) || !new RegExp(`['"\`]#${number} `).test(text)
    })
    expect(wrong).toEqual([])
  })

  test('names only files that exist', () => {
    expect(catalogue.flatMap(({ heldBy }) => heldBy).filter(path => !existsSync(join(root, path)))).toEqual([])
  })

  test('can switch each defence off that a test shows, by an edit of a text that stands exactly once', () => {
    const wrong = catalogue.filter(attack => {
      const offs = offsOf(attack)
      if (attack.number in notShown) return offs.length > 0
      const known = ({ file, search }: Edit): boolean =>
        existsSync(join(root, file)) && textOf(file).split(search).length === 2
      return offs.length === 0 || !offs.every(known)
    })
    expect(wrong.map(({ number }) => number)).toEqual([])
  })
})

describe('the assurance case', () => {
  test('names every invariant S1 to S14, and only tests that exist', () => {
    const named = new Set(claims.flatMap(({ invariants }) => invariants))
    expect(Array.from({ length: 14 }, (_, index) => `S${index + 1}`).filter(one => !named.has(one))).toEqual([])
    expect(claims.flatMap(({ tests }) => tests).filter(path => !existsSync(join(root, path)))).toEqual([])
  })
})

test('docs/threats.md is what `node test/attacks/threats.ts` writes', () => {
  expect(textOf('docs/threats.md')).toBe(threatsPage(files))
})
