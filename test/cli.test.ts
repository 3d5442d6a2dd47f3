// The command line itself: help for every verb, exit codes, and the door for a Node that is too old.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { addendum, tree } from './commands/tree.ts'

const verbs = ['check', 'owners', 'lint', 'explain', 'request', 'verify', 'keys', 'start', 'doctor', 'demo', 'sandbox']

describe('addendum', () => {
  test('lists every verb', async () => {
    const { code, out } = await addendum('--help')
    expect(code).toBe(0)
    for (const verb of verbs) expect(out).toMatch(new RegExp(`^ {2}${verb}\\b`, 'm'))
  })

  test.each(verbs)('%s has help with an example', async verb => {
    const { code, out } = await addendum(verb, '--help')
    expect(code).toBe(0)
    expect(out).toContain(`$ addendum ${verb}`)
  })

  const wrong = [['chekc'], ['check'], ['check', '--jsno', 'a'], ['owners'], []]
  test.each(wrong.map(argv => [argv]))('answers 2 to %j', async argv => {
    const { code, problems } = await addendum(...argv)
    expect(code).toBe(2)
    expect(problems).not.toBe('')
  })

  test('tells an error as a message, and its stack only when asked', async () => {
    const root = tree()
    const plain = await addendum('check', '-C', root, 'contracts/nothing.yml')
    expect(plain).toMatchObject({ code: 2, out: '', problems: 'addendum: contracts/nothing.yml is not there.\n' })
    const traced = await addendum('--trace', 'check', '-C', root, 'contracts/nothing.yml')
    expect(traced.problems).toMatch(/\n\s+at /)
  })

  test('runs as a process, through the door that any Node can open', async () => {
    const door = join(import.meta.dirname, '../src/addendum.mjs')
    const { stdout } = await promisify(execFile)(process.execPath, [door, 'owners', '-C', tree(), 'README.md'])
    expect(stdout).toBe('README.md  @acme/security  (.github/CODEOWNERS:4  *)\n')
    const failed = promisify(execFile)(process.execPath, [door, 'check', 'nothing.yml'])
    await expect(failed).rejects.toMatchObject({ code: 2 })
  })
})
