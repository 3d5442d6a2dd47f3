// CODEOWNERS: 10,000 paths against 3,300 rules (reference: perf.md B and its bars). CPU time.
// Beside it run the floor, one RegExp per rule, and `codeowners`, the fastest of the npm libraries in perf.md.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Codeowners from 'codeowners'
import { ownersOf, parseCodeowners } from '../src/model/codeowners.ts'

const pathCount = 10_000
const ruleCount = 3_300
// The library would take minutes for all paths: it gets one second to warm up, then two that count.
const libraryWarmsMs = 1_000
const libraryRunsMs = 2_000

// A fixed sequence, so that every run measures the same files.
let state = 42
function random(below: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
  return Math.floor((state / 2_147_483_648) * below)
}

const words = 'core plugins server public common test lib security search charts data ui'.split(' ')
const name = () => `${words[random(words.length)]}_${random(60)}`
const folders = Array.from({ length: 4_000 }, () => `x-pack/${name()}/${name()}/${name()}`)
const folder = () => folders[random(folders.length)] as string
const endings = ['ts', 'tsx', 'js', 'scss', 'md', 'json']

// The shape of a large repository: mostly rooted folders, some deep files, a few names and globs at any depth.
function pattern(i: number): string {
  if (i === 0) return '*'
  const kind = random(100)
  if (kind < 88) return `/${folder()}${kind < 44 ? '/' : ''}`
  if (kind < 93) return `/${folder()}/**/*.${endings[random(endings.length)]}`
  if (kind < 97) return `/${folder()}/*`
  return kind < 99 ? `${name()}/` : `/x-pack/**/${name()}*.${endings[random(endings.length)]}`
}

const patterns = Array.from({ length: ruleCount }, (_, i) => pattern(i))
const text = patterns.map((p, i) => `${p} @acme/team-${i % 90}`).join('\n')
const ending = () => endings[random(endings.length)] as string
const paths = Array.from({ length: pathCount }, () => `${folder()}/${name()}/${name()}.${ending()}`)

function cpuMs(run: () => void): number {
  const startedAt = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(startedAt)
  return (user + system) / 1_000
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number
}

function regExpOf(glob: string): RegExp {
  const rooted = glob.startsWith('/')
  const body = glob.replace(/^\//, '').replace(/\/$/, '/**')
  const source = body.replace(/[.+^${}()|\\]/g, '\\$&').replace(/\*\*\/|\/\*\*$|\*/g, found => {
    if (found === '**/') return '(?:.+/)?'
    return found === '/**' ? '/.+' : '[^/]*'
  })
  const below = glob.endsWith('*') || glob.endsWith('/') ? '' : '(?:/.*)?'
  return new RegExp(`^${rooted ? '' : '(?:.+/)?'}${source}${below}$`)
}

const expressions = patterns.map(regExpOf)
const byRegExp = (path: string) => expressions.findLastIndex(expression => expression.test(path))
const codeowners = parseCodeowners(text)
const byTrie = (path: string) => (ownersOf(codeowners, path).rule?.line ?? 0) - 1

// The floor: split the path and look each segment up once, as any matcher must.
const known = new Map(paths.flatMap(path => path.split('/')).map((segment, i) => [segment, i]))
let sink = 0
const floor = (path: string) => {
  for (const segment of path.split('/')) sink += known.get(segment) ?? 0
}

const sample = paths.slice(0, 500)
const wrong = sample.filter(path => byRegExp(path) !== byTrie(path))
if (codeowners.problems.length > 0) throw new Error('the rules have problems')
if (wrong.length > 0) throw new Error(`${wrong.length} of 500 paths differ: ${wrong[0]}`)

// The library reads its file from a directory.
function libraryOf(rules: string): (path: string) => string[] {
  const root = mkdtempSync(join(tmpdir(), 'addendum-bench-'))
  try {
    mkdirSync(join(root, '.github'))
    writeFileSync(join(root, '.github/CODEOWNERS'), rules)
    const library = new Codeowners(root)
    return path => library.getOwner(path)
  } finally {
    rmSync(root, { recursive: true })
  }
}

// How many paths, from the first on, it gets through in about this time.
function runFor(limitMs: number, each: (path: string) => void): { done: number; ms: number } {
  let done = 0
  let ms = 0
  while (ms < limitMs && done < pathCount) ms += cpuMs(() => each(paths[done++] as string))
  return { done, ms }
}

const load = median(Array.from({ length: 7 }, () => cpuMs(() => void ownersOf(parseCodeowners(text), 'a'))))
const rounds = Array.from({ length: 9 }, () => {
  const lookup = cpuMs(() => paths.forEach(floor)) / pathCount
  const trie = cpuMs(() => paths.forEach(byTrie)) / pathCount
  const regExp = cpuMs(() => sample.forEach(byRegExp)) / sample.length
  return { lookup, trie, regExp }
}).slice(2)
const micros = (key: 'lookup' | 'trie' | 'regExp') => median(rounds.map(round => round[key])) * 1_000
const toFloor = median(rounds.map(round => round.trie / round.lookup))
const toRegExp = median(rounds.map(round => round.regExp / round.trie))

const byLibrary = libraryOf(text)
runFor(libraryWarmsMs, byLibrary)
let differ = 0
const { done, ms } = runFor(libraryRunsMs, path => {
  if (byLibrary(path).join() !== `@acme/team-${byTrie(path) % 90}`) differ++
})
const library = (ms / done) * 1_000
const toLibrary = library / micros('trie')

const setting = 'median of 7 interleaved rounds, 500 paths checked against the expressions'
console.log(`${pathCount} paths, ${ruleCount} rules, ${setting}\n`)
console.log('| matcher | µs a path | 10,000 paths, ms |\n|---|---|---|')
const row = (title: string, each: number) =>
  console.log(`| ${title} | ${each.toFixed(2)} | ${(each * 10).toFixed(1)} |`)
row('floor: split and one hash look-up a segment', micros('lookup'))
row('segment trie', micros('trie'))
row('one RegExp per rule (500 paths, extrapolated)', micros('regExp'))
row(`npm codeowners (${done} paths, extrapolated)`, library)
console.log(`\nparse and build: ${load.toFixed(1)} ms (sink ${sink % 2})`)
console.log(`trie : floor = ${toFloor.toFixed(2)}; bar ≤ 2: ${toFloor <= 2 ? 'held' : 'MISSED'}`)
console.log(`RegExp : trie = ${toRegExp.toFixed(0)}`)
console.log(`npm codeowners : trie = ${toLibrary.toFixed(0)}; bar ≥ 1,000: ${toLibrary >= 1_000 ? 'held' : 'MISSED'}`)
console.log(`npm codeowners names other owners for ${differ} of ${done} paths`)
