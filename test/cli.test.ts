// The command line itself: help for every verb, exit codes, and the door for a Node that is too old.
import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readCertificate } from '../src/ledger/keys.ts'
import { addendum, tree } from './commands/tree.ts'

const verbs =
  'check owners lint explain test conform impact who what controls request verify keys start doctor demo sandbox'.split(
    ' '
  )

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

  test('makes another app key under the root that is there', async () => {
    const [first, second] = [join(tree(), 'first'), join(tree(), 'second')]
    await addendum('keys', '--out', first, '--repository', '1010')
    const { code } = await addendum('keys', '--out', second, '--root', join(first, 'ledger-root.pem'))
    expect([code, readdirSync(second).toSorted()]).toEqual([0, ['ledger-app.certificate', 'ledger-app.pem']])
    expect(readCertificate(readFileSync(join(first, 'ledger-app.certificate'), 'utf8').trim())?.repository).toBe(1010)
  })

  test('is told whole in the README', async () => {
    const table = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
    const told = [...table.matchAll(/^\| (`.+`) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([a-z]+)[^`]*`/g)].map(([, verb]) => verb)
    )
    const { out } = await addendum('--help')
    const known = [...out.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, verb]) => verb)
    expect(told.toSorted()).toEqual(known.toSorted())
  })

  const wrong = [
    ['chekc'],
    ['keys', '--repository', 'acme/access'],
    ['check'],
    ['check', '--jsno', 'a'],
    ['owners'],
    []
  ]
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
