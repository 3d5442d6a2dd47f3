// One TypeScript file as the architecture test sees it: what it imports and exports, and which doors it opens.
import { parseAst } from 'vitest/node'

/** One import, `export … from`, `import()` or `import('…').Type`. Type imports count: an arrow is an arrow. */
export interface Import {
  specifier: string
  names: string[]
  /** Nothing of it is left when the types are stripped. */
  typeOnly: boolean
  line: number
}

/** One exported name. */
export interface Export {
  name: string
  documented: boolean
  line: number
}

/** One use of something that the pure core may not know. `bound`: the file declares a name like it somewhere. */
export interface Use {
  what: string
  bound: boolean
  line: number
}

/** What the rules of the house need to know of a file. */
export interface Source {
  path: string
  text: string
  imports: Import[]
  exports: Export[]
  uses: Use[]
}

interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

/** Globals through which time, randomness, the network or the environment come in. `Date` has its own rule. */
const doors = new Set([
  'Bun',
  'Deno',
  'EventSource',
  'Function',
  'WebSocket',
  'XMLHttpRequest',
  'console',
  'crypto',
  'eval',
  'fetch',
  'global',
  'globalThis',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout'
])

/** Methods that answer in the time zone or the language of the machine. */
const local =
  /^([gs]et)(FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds|TimezoneOffset|Year)$|^toLocale|^toDateString$/

/** Keys under which an identifier is a name of something, and no reference to it. */
const naming: Record<string, string[]> = {
  ExportSpecifier: ['exported'],
  ImportSpecifier: ['imported', 'local'],
  MemberExpression: ['property'],
  MetaProperty: ['meta', 'property'],
  MethodDefinition: ['key'],
  Property: ['key'],
  PropertyDefinition: ['key'],
  TSMethodSignature: ['key'],
  TSPropertySignature: ['key'],
  TSQualifiedName: ['left', 'right'],
  TSTypeQuery: ['exprName'],
  TSTypeReference: ['typeName']
}

/** Reads one file. Throws on a syntax error: a file that cannot be read cannot be judged. */
export function readSource(path: string, text: string): Source {
  const program = parseAst(text, { lang: 'ts' }, path) as unknown as Node
  const source: Source = { path, text, imports: [], exports: [], uses: [] }
  const lineOf = lineCounter(text)
  const bindings = new Set<string>()
  visit(program, undefined, '', node => collectBindings(node, bindings))
  visit(program, undefined, '', (node, parent, key) => {
    const found = importOf(node)
    if (found !== undefined) source.imports.push({ ...found, line: lineOf(node.start) })
    const what = useOf(node, parent, key)
    if (what !== undefined) {
      source.uses.push({ what, bound: bindings.has(what.split('.')[0] ?? what), line: lineOf(node.start) })
    }
  })
  source.exports = exportsOf(program, text, lineOf)
  return source
}

function importOf(node: Node): Omit<Import, 'line'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      if (node.source === null || node.source === undefined) return undefined
      return {
        specifier: literal(node.source as Node),
        names: nodes(node.specifiers).map(importedName),
        typeOnly: node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type'
      }
    case 'TSExternalModuleReference':
      return { specifier: literal(node.expression as Node), names: ['*'], typeOnly: false }
    default:
      return undefined
  }
}

// A computed specifier could name anything: it becomes a specifier that no table allows.
function literal(node: Node): string {
  if (node.type === 'TSLiteralType') return literal(node.literal as Node)
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : '(computed)'
}

function importedName(specifier: Node): string {
  if (specifier.type !== 'ImportSpecifier') return '*'
  const imported = specifier.imported as Node
  return String(imported.name ?? imported.value)
}

function useOf(node: Node, parent: Node | undefined, key: string): string | undefined {
  if (node.type === 'MemberExpression' && node.computed === false) {
    const name = String((node.property as Node).name)
    if (local.test(name)) return `.${name}`
  }
  if (node.type === 'MetaProperty' && (node.meta as Node).name === 'import') return 'import.meta'
  if (node.type !== 'Identifier' || isNaming(parent, key)) return undefined
  const name = String(node.name)
  if (doors.has(name)) return name
  if (name === 'Date') return dateUse(parent)
  const member = parent?.type === 'MemberExpression' && key === 'object' ? `${name}.${memberName(parent)}` : name
  if (name === 'Math') return /^Math\.(?!random$)\w+$/.test(member) ? undefined : 'Math.random'
  return member === 'Temporal.Now' ? member : undefined
}

// `Date` may be built from one value, compared with `instanceof` and asked for `UTC`; all else reads clock or zone.
function dateUse(parent: Node | undefined): string | undefined {
  if (parent?.type === 'NewExpression') {
    const given = nodes(parent.arguments)
    if (given.length === 1 && given[0]?.type !== 'SpreadElement') return undefined
    return given.length === 0 ? 'new Date()' : 'new Date(local)'
  }
  if (parent?.type === 'BinaryExpression' && parent.operator === 'instanceof') return undefined
  if (parent?.type === 'MemberExpression' && ['UTC', 'prototype'].includes(memberName(parent))) return undefined
  return parent?.type === 'MemberExpression' ? `Date.${memberName(parent)}` : 'Date'
}

function memberName(node: Node): string {
  const property = node.property as Node
  if (node.computed === false) return String(property.name)
  return property.type === 'Literal' ? String(property.value) : '(computed)'
}

function isNaming(parent: Node | undefined, key: string): boolean {
  if (parent === undefined || !(naming[parent.type] ?? []).includes(key)) return false
  // `{fetch}` is written as a key and is a reference all the same; its `value` is visited too.
  return parent.computed !== true
}

function collectBindings(node: Node, into: Set<string>): void {
  const declared = [node.id, node.local, node.param, ...nodes(node.params)]
  if (!/^(VariableDeclarator|Function|ArrowFunction|Class|Import\w*Specifier|CatchClause)/.test(node.type)) return
  for (const pattern of declared) bindPattern(pattern as Node | null | undefined, into)
}

function bindPattern(pattern: Node | null | undefined, into: Set<string>): void {
  if (pattern === null || pattern === undefined) return
  if (pattern.type === 'Identifier') into.add(String(pattern.name))
  const parts = [...nodes(pattern.elements), ...nodes(pattern.properties)]
  for (const part of [pattern.left, pattern.argument, pattern.value, ...parts]) {
    if (isNode(part)) bindPattern(part, into)
  }
}

function exportsOf(program: Node, text: string, lineOf: (offset: number) => number): Export[] {
  const body = nodes(program.body)
  const declared = new Map<string, Node>()
  for (const statement of body.toReversed()) for (const name of namesOf(statement)) declared.set(name, statement)
  const found = new Map<string, Export>()
  const add = (name: string, statement: Node): void => {
    const documented = /\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*$/.test(text.slice(0, statement.start))
    if (!found.has(name)) found.set(name, { name, documented, line: lineOf(statement.start) })
  }
  for (const statement of body) {
    if (statement.type === 'ExportDefaultDeclaration') add('default', statement)
    if (statement.type !== 'ExportNamedDeclaration' || isNode(statement.source)) continue
    for (const name of namesOf(statement)) add(name, statement)
    for (const specifier of nodes(statement.specifiers)) {
      const name = String((specifier.local as Node).name)
      const exported = String((specifier.exported as Node).name)
      add(exported, declared.get(name) ?? statement)
    }
  }
  return [...found.values()]
}

function namesOf(statement: Node): string[] {
  const declaration = isNode(statement.declaration) ? statement.declaration : statement
  if (declaration.type === 'VariableDeclaration') {
    const names = new Set<string>()
    for (const one of nodes(declaration.declarations)) bindPattern(one.id as Node, names)
    return [...names]
  }
  return isNode(declaration.id) ? [String(declaration.id.name)] : []
}

function visit(
  node: Node,
  parent: Node | undefined,
  key: string,
  look: (node: Node, parent: Node | undefined, key: string) => void
): void {
  look(node, parent, key)
  for (const [name, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, node, name, look)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}

function lineCounter(text: string): (offset: number) => number {
  return offset => text.slice(0, offset).split('\n').length
}
