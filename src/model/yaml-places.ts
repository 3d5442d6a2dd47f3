// Where things stand in a YAML file: offsets to lines and columns, JSON pointers (RFC 6901) to offsets.
import { isMap, isScalar, isSeq } from 'yaml'
import type { Node } from 'yaml'
import type { Lines, Position, Problem, ProblemCode } from './problem.ts'

/** What a problem says about itself. */
export type Words = Pick<Problem, 'message' | 'expected' | 'example'> & { found?: string; suggestion?: string }

/** Adds one problem at a stretch of the text. */
export type ReportAt = (code: ProblemCode, start: number, end: number, pointer: string, words: Words) => void

/** The places of one text. */
export interface YamlPlaces {
  position(start: number, end: number): Position
  of(root: Node | null): { lines: Lines; keyLines: Lines; sourceOf(pointer: string): string }
}

/** One step of a JSON pointer, escaped. */
export function pointerStep(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Indexes the lines of `text` once; every question after that costs a binary search. */
export function yamlPlaces(text: string): YamlPlaces {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)

  const place = (offset: number) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle
    }
    return { line: low + 1, column: offset - (starts[low] as number) + 1 }
  }
  const position = (start: number, end: number): Position => {
    const from = place(start)
    const to = place(Math.max(start, end))
    return { ...from, endLine: to.line, endColumn: to.column }
  }
  const of = (root: Node | null) => {
    const lines: Lines = pointer => position(...find(root, pointer).value)
    const keyLines: Lines = pointer => position(...find(root, pointer).key)
    return { lines, keyLines, sourceOf: (pointer: string) => text.slice(...find(root, pointer).value) }
  }
  return { position, of }
}

type Stretch = [start: number, end: number]

// Descends as far as the pointer leads; what is missing has the place of the last thing that was there.
function find(root: Node | null, pointer: string): { key: Stretch; value: Stretch } {
  let node: unknown = root
  let value = stretch(root, [0, 0])
  let key: Stretch = [value[0], value[0]]
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === name)
      if (pair === undefined) break
      node = pair.value
      key = stretch(pair.key, key)
      value = stretch(pair.value, key)
    } else if (isSeq(node) && node.items[Number(name)] !== undefined) {
      node = node.items[Number(name)]
      value = stretch(node, value)
      key = value
    } else break
  }
  return { key, value }
}

function stretch(node: unknown, fallback: Stretch): Stretch {
  const range = (node as Node | null)?.range
  return range ? [range[0], range[1]] : fallback
}
