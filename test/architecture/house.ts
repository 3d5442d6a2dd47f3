// The house as DESIGN §9 draws it, as data, and what breaks it.
import { posix } from 'node:path'
import { findCircle } from './circle.ts'
import type { Source, Use } from './source.ts'

/** One thing that is not as drawn. Tests go by the code. */
export interface Violation {
  code:
    | 'arrow'
    | 'circle'
    | 'default'
    | 'docstring'
    | 'extension'
    | 'impure'
    | 'length'
    | 'opening'
    | 'package'
    | 'room'
    | 'unlisted'
  path: string
  line: number
  because: string
}

/**
 * Who may import whom (DESIGN §9). A room is a folder of src/ or a file directly in it. A room may import itself.
 * `database`, `clock`, `log` and `config` are ports: of the house they know each other and, in model/, the interfaces and the Fault.
 * `act` knows what `read` reads: a repository, and the pull request that it acts on; never the other way round.
 */
export const mayImport: Record<string, readonly string[] | 'everything'> = {
  app: [
    'model',
    'decide',
    'ledger',
    'providers',
    'read',
    'act',
    'report',
    'reconcile',
    'queue',
    'receive',
    'config',
    'database',
    'clock',
    'log',
    'server'
  ],
  cli: 'everything',
  commands: 'everything',
  sandbox: ['app', 'clock', 'config', 'database', 'ledger', 'log', 'model', 'providers', 'receive', 'server', 'status'],
  config: [],
  database: ['clock', 'model'],
  clock: ['model'],
  log: ['model'],
  status: ['server', 'reconcile', 'queue', 'read', 'ledger', 'model'],
  server: ['receive', 'model'],
  receive: ['queue', 'model'],
  queue: ['clock', 'database', 'model'],
  reconcile: ['read', 'decide', 'act', 'ledger', 'providers', 'report', 'model'],
  report: ['read', 'ledger', 'decide', 'model'],
  act: ['read', 'providers', 'ledger', 'model'],
  read: ['providers', 'ledger', 'model'],
  ledger: ['model'],
  decide: ['model'],
  providers: ['model'],
  model: []
}

/** Rooms whose code knows no clock, network, environment or randomness, not even through a package. */
const pure: Record<string, readonly string[]> = {
  model: ['ajv', 'canonicalize', 'node:crypto', 'yaml'],
  decide: ['@marcbachmann/cel-js', 're2js', 'yaml']
}

/** Packages that one room hides from all others. */
const hidden: Record<string, readonly string[]> = {
  '@clack/prompts': ['commands'],
  commander: ['cli', 'commands'],
  hono: ['status'],
  'node-cron': ['app'],
  'pg-boss': ['queue']
}

/** Where the clock, randomness, the environment, the network and the file system come in (COMMON rule of DESIGN §5). */
const ports = /^src\/(app|app\/probot|clock|server|cli)\.ts$|^src\/(database|sandbox|commands)\//
const portsOf: Record<string, RegExp> = {
  files: /^src\/(config\/variables|read\/baseline)\.ts$/,
  processes: /^src\/ledger\/git-(repository|store)\.ts$/,
  randomness: /^src\/ledger\/keys\.ts$/
}
const doorOf: Record<string, string> = {
  'node:fs': 'files',
  'node:fs/promises': 'files',
  'node:child_process': 'processes'
}
const shut = new Set(
  (
    'child_process cluster dgram dns fs http http2 https inspector net os perf_hooks process repl timers tls vm ' +
    'worker_threads'
  ).split(' ')
)
const longest = 300
/** The formatter breaks code at 120; sentences may run a little further. */
const widest = 140

/** Everything in `sources`, all files of src/ with paths from the root, that is not as drawn; by path and line. */
export function violationsOf(sources: readonly Source[]): Violation[] {
  const found = sources.flatMap(source => [...arrows(source), ...doors(source), ...form(source)])
  found.push(...circles(sources), ...listings(sources))
  return found.toSorted((a, b) => a.path.localeCompare(b.path) || a.line - b.line)
}

/** The room of a path under src/: `src/read/pull.ts` is in `read`, `src/queue.ts` is `queue`. */
export function roomOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '')
}

function arrows(source: Source): Violation[] {
  const from = roomOf(source.path)
  const allowed = mayImport[from]
  if (allowed === undefined) {
    return [{ code: 'room', path: source.path, line: 1, because: `"${from}" is no room of the house` }]
  }
  return source.imports.flatMap(({ specifier, line }): Violation[] => {
    const { path } = source
    const wrong = (code: Violation['code'], because: string): Violation[] => [{ code, path, line, because }]
    if (!specifier.startsWith('.')) return packages(source.path, from, specifier, line)
    const target = posix.join(posix.dirname(source.path), specifier)
    if (!/\.(ts|json)$/.test(target)) return wrong('extension', `write the extension: ${specifier}`)
    if (!target.startsWith('src/')) {
      const data =
        (target.startsWith('policies/') && ['model', 'providers'].includes(from)) ||
        (target === 'package.json' && from === 'app')
      return data || allowed === 'everything' ? [] : wrong('arrow', `${from} may not import ${target}`)
    }
    const to = roomOf(target)
    if (to === from || allowed === 'everything' || allowed.includes(to)) return []
    return wrong('arrow', `${from} may not import ${to}`)
  })
}

function packages(path: string, room: string, specifier: string, line: number): Violation[] {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const rooms = hidden[name]
  if (rooms !== undefined && !rooms.includes(room)) {
    return [{ code: 'package', path, line, because: `${name} is known to ${rooms.join(' and ')} only` }]
  }
  const known = pure[room]
  if (specifier === '(computed)') return [{ code: 'package', path, line, because: 'a computed import can be anything' }]
  if (known === undefined || known.includes(name)) return []
  return [{ code: 'impure', path, line, because: `${room} may not know ${name}` }]
}

function doors(source: Source): Violation[] {
  const { path } = source
  if (ports.test(path)) return []
  const isPure = pure[roomOf(path)] !== undefined
  const uses = source.uses.filter(use => (isPure ? true : isDoor(use) && !use.bound))
  const found: Violation[] = []
  const impure = (what: string, line: number): void => {
    found.push({ code: 'impure', path, line, because: `${what} belongs to a port` })
  }
  for (const { what, line } of uses) impure(what, line)
  for (const { specifier, names, typeOnly, line } of source.imports) {
    // A type opens no door; the core may not even speak of one.
    if (typeOnly && !isPure) continue
    const door = doorOf[specifier]
    if (shut.has(builtin(specifier)) && !(door !== undefined && portsOf[door]?.test(path))) {
      impure(specifier, line)
    }
    if (builtin(specifier) === 'crypto' && !portsOf.randomness?.test(path)) {
      const random = names.filter(name => /^(random|generate|getRandom|webcrypto|subtle|\*)/.test(name))
      for (const name of random) impure(`crypto ${name}`, line)
    }
  }
  return found
}

function builtin(specifier: string): string {
  return specifier.replace(/^node:/, '').split('/')[0] ?? ''
}

// The wall clock's zone and import.meta matter to the pure core alone; `console` is the linter's business elsewhere.
function isDoor({ what }: Use): boolean {
  return !what.startsWith('.') && !['import.meta', 'new Date(local)', 'Date', 'Date.parse', 'console'].includes(what)
}

function form(source: Source): Violation[] {
  const { path, text } = source
  const found: Violation[] = []
  const lines = text.split('\n')
  const length = lines.at(-1) === '' ? lines.length - 1 : lines.length
  const wrong = (code: Violation['code'], line: number, because: string): void => {
    found.push({ code, path, line, because })
  }
  if (length > longest) wrong('length', longest, `${length} lines, ${longest} at most`)
  for (const [at, { length: width }] of lines.entries()) {
    if (width > widest) wrong('length', at + 1, `${width} columns, ${widest} at most`)
  }
  const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0]
  if (!first?.startsWith('// ')) wrong('opening', 1, 'opens without its one line')
  for (const { name, documented, line } of source.exports) {
    if (!documented) wrong('docstring', line, `${name} has no docstring`)
    if (name === 'default' && path !== 'src/app.ts') wrong('default', line, 'named exports only')
  }
  return found
}

function circles(sources: readonly Source[]): Violation[] {
  const graph = new Map(sources.map(source => [source.path, targets(source)]))
  const circle = findCircle(graph)
  return circle === undefined ? [] : [{ code: 'circle', path: circle[0] ?? '', line: 1, because: circle.join(' → ') }]
}

function listings(sources: readonly Source[]): Violation[] {
  const byPath = new Map(sources.map(source => [source.path, source]))
  const unlisted = (path: string, list: string): Violation[] => {
    const index = byPath.get(list)
    const listed = index !== undefined && targets(index).includes(path)
    return listed ? [] : [{ code: 'unlisted', path, line: 1, because: `is not listed in ${list}` }]
  }
  return sources.flatMap(source => {
    const { path } = source
    if (isProvider(source)) return unlisted(path, 'src/providers/index.ts')
    return path.startsWith('src/decide/rules/') ? unlisted(path, 'src/decide/rules.ts') : []
  })
}

// A provider is what takes up the interface, wherever in its room it lives; the rest there is its private parts.
function isProvider({ path, imports }: Source): boolean {
  if (roomOf(path) !== 'providers' || /^src\/providers\/(index|instances)\.ts$/.test(path)) return false
  return imports.some(({ specifier, names }) => specifier.endsWith('/provider.ts') && names.includes('Provider'))
}

function targets(source: Source): string[] {
  const relative = source.imports.filter(({ specifier }) => specifier.startsWith('.'))
  return relative.map(({ specifier }) => posix.join(posix.dirname(source.path), specifier))
}
