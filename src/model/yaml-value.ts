// From the tree of a YAML file to plain data, refusing what JSON or JavaScript would read differently (attacks #49–51).
import { isMap, isScalar, isSeq } from 'yaml'
import type { Node, Scalar } from 'yaml'
import type { Json } from './ports.ts'
import { pointerStep } from './yaml-places.ts'
import type { ReportAt } from './yaml-places.ts'

const dangerous = new Set(['__proto__', 'constructor', 'prototype'])
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const hidden = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u
const example = 'ticket: PAY-1234'

/** The plain data of a tree; reports duplicate, dangerous and merge keys, odd numbers, hidden characters in escapes. */
export function plainValue(root: Node | null, text: string, report: ReportAt): Json {
  if (root === null || (isScalar(root) && root.value === null)) {
    const message = 'The file is empty.'
    report('document.empty', 0, text.length, '', { message, found: '', expected: 'a document', example })
  }
  return valueOf(root, '', report)
}

function valueOf(node: unknown, pointer: string, report: ReportAt): Json {
  if (isScalar(node)) return scalarOf(node, pointer, report)
  if (isSeq(node)) return node.items.map((item, index) => valueOf(item, pointer + pointerStep(index), report))
  if (!isMap(node)) return null
  const members = new Map<string, Json>()
  for (const { key, value } of node.items) {
    const scalar = key as Scalar
    const name = String(scalarOf(scalar, pointer, report))
    const at = pointer + pointerStep(name)
    reportKey(scalar, name, at, members.has(name), report)
    members.set(name, valueOf(value, at, report))
  }
  return Object.fromEntries(members)
}

function reportKey(key: Scalar, name: string, pointer: string, again: boolean, report: ReportAt): void {
  const [start, end] = key.range as [number, number, number]
  if (name === '<<') {
    const message = 'Merge keys (<<) are not allowed: write every value where it is used.'
    report('yaml.merge', start, end, pointer, { message, expected: 'a plain key', example })
  } else if (dangerous.has(name)) {
    report('yaml.key', start, end, pointer, { message: 'This key is not allowed.', expected: 'another key', example })
  } else if (again) {
    const message = 'This key is written twice; only one of the two could hold.'
    report('yaml.duplicate', start, end, pointer, { message, expected: 'each key once', example })
  }
}

function scalarOf(node: Scalar, pointer: string, report: ReportAt): Json {
  const [start, end] = node.range as [number, number, number]
  const { value } = node
  if (typeof value === 'number') {
    const written = node.source as string
    const kept = jsonNumber.test(written) && Number.isFinite(value)
    if (!kept || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      const message = 'This number cannot be kept exactly: write it in quotes if it is a text, or plainly in decimal.'
      report('yaml.number', start, end, pointer, { message, expected: 'a decimal number', example: 'version: 3' })
    }
    return value
  }
  if (typeof value === 'string' && hidden.test(value)) {
    const message = 'The text holds an escaped character that cannot be seen.'
    report('yaml.character', start, end, pointer, { message, expected: 'characters that a reader can see', example })
  }
  return value as Json
}
