// #75 Each event clones the repository, until the disk is full. The app keeps no clone: it reads objects over the
// API, and writes no file.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { granted, story, works } from '../stories/company.ts'

const root = join(import.meta.dirname, '..', '..', 'src')

/** Every file that is loaded with `entry`, with its text; imports of types load nothing. */
function loaded(entry: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(entry)) return seen
  const text = readFileSync(entry, 'utf8')
  seen.set(entry, text)
  for (const [, path = ''] of text.matchAll(/^import \{[^}]*\} from '(\.[^']+\.ts)'/gm))
    loaded(join(entry, '..', path), seen)
  return seen
}

const writes =
  /\b(write|append|create|copy|cp|mk|open)(File|Dir|dir|dtemp|WriteStream)?(Sync)?\b[^'\n]* from '(node:)?fs/
const starts = /from '(node:)?child_process'/

test('#75 no walk can start git or write a file', () => {
  const walks = loaded(join(root, 'reconcile', 'reconcile.ts'))
  expect(walks.size).toBeGreaterThan(100)
  expect(
    [...walks].filter(([, text]) => writes.test(text) || starts.test(text)).map(([file]) => file.slice(root.length + 1))
  ).toEqual([])
})

story('#75 a request’s whole life leaves no file', undefined, async house => {
  const here = process.cwd()
  const before = readdirSync(here).filter(name => statSync(join(here, name)).isDirectory())
  await granted(house)
  expect(works(house)).toBe(true)
  expect(readdirSync(here).filter(name => statSync(join(here, name)).isDirectory())).toEqual(before)
})
