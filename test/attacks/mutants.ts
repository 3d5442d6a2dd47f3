// Nightly: switches each defence off in a copy of the tree and demands that the attack's test fails.
// `node test/attacks/mutants.ts` hunts all of them, `… 18 19` these.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { offsOf } from './attack.ts'
import type { Edit } from './attack.ts'
import { catalogue, shownNumber } from './catalogue.ts'

const root = join(import.meta.dirname, '..', '..')
const copied = ['src', 'test', 'policies', 'app.yml', 'package.json', 'tsconfig.json', 'vitest.config.ts']

/** What became of one run: every test passed, at least one failed, or it never got as far. */
type Result = 'passed' | 'failed' | 'broken'

interface Report {
  numPassedTests: number
  numFailedTests: number
}

/** Copies the tree, runs the tests of `numbers` as they are, then once more for each with its defence off. */
function hunt(numbers: readonly number[]): number {
  const tree = mkdtempSync(join(tmpdir(), 'addendum-mutants-'))
  try {
    for (const name of copied) cpSync(join(root, name), join(tree, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
    const asked = (number: number): boolean => numbers.length === 0 || numbers.includes(number)
    const all = catalogue.flatMap(attack => offsOf(attack).map(off => ({ number: attack.number, off })))
    const chosen = all.filter(({ number }) => asked(number))
    const survivors = chosen.filter(mutant => !killed(tree, mutant))
    const noticed = chosen.length - survivors.length
    process.stdout.write(`${noticed} of ${chosen.length} defences, switched off, were noticed by their tests\n`)
    return survivors.length === 0 && chosen.length > 0 ? 0 : 1
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
}

function killed(tree: string, { number, off }: { number: number; off: Edit }): boolean {
  const tests = readdirSync(import.meta.dirname).filter(name => name.endsWith('.test.ts'))
  const file = tests.find(name => name.startsWith(`${shownNumber(number)}-`))
  if (file === undefined) return tell(number, 'has no test')
  const path = `test/attacks/${file}`
  if (run(tree, path) !== 'passed') return tell(number, 'fails as the code is')
  const undo = apply(tree, off)
  if (undo === undefined) return tell(number, `does not know ${off.file} any more`)
  const result = run(tree, path)
  undo()
  if (result === 'failed') return tell(number, 'killed', true)
  return tell(number, result === 'passed' ? 'SURVIVES' : 'could not be run: the edit breaks more than the defence')
}

function tell(number: number, what: string, good = false): boolean {
  process.stdout.write(`#${shownNumber(number)} ${what}\n`)
  return good
}

function apply(tree: string, { file, search, replacement }: Edit): (() => void) | undefined {
  const path = join(tree, file)
  const text = readFileSync(path, 'utf8')
  const [before, after, ...more] = text.split(search)
  if (before === undefined || after === undefined || more.length > 0) return undefined
  writeFileSync(path, `${before}${replacement}${after}`)
  return () => writeFileSync(path, text)
}

function run(tree: string, path: string): Result {
  const [vitest, report] = [join(tree, 'node_modules', 'vitest', 'vitest.mjs'), join(tree, 'report.json')]
  rmSync(report, { force: true })
  const options = ['run', path, '--reporter=json', `--outputFile=${report}`]
  spawnSync(process.execPath, [vitest, ...options], { cwd: tree, timeout: 90_000 })
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as Report
    if (numFailedTests > 0) return 'failed'
    return numPassedTests > 0 ? 'passed' : 'broken'
  } catch {
    return 'broken'
  }
}

if (import.meta.main) process.exitCode = hunt(process.argv.slice(2).map(Number))
