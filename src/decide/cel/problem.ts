// What is wrong with an expression, on its exact place in it, before anything is ever evaluated.
import type { ProblemCode } from '../../model/problem.ts'

/** A stretch of an expression: offsets in UTF-16 units, the end exclusive. */
export interface Stretch {
  start: number
  end: number
}

/** One thing that is wrong. Lines and columns are 1-based, inside the expression. `message` may quote hostile text. */
export interface CelProblem {
  code: Extract<ProblemCode, `cel.${string}`>
  line: number
  column: number
  endLine: number
  endColumn: number
  message: string
  suggestion?: string
}

/** Thrown while an expression is compiled; never leaves `compile`. */
export class CelRefusal extends Error {
  readonly code: CelProblem['code']
  readonly at: Stretch
  readonly suggestion: string | undefined

  constructor(code: CelProblem['code'], at: Stretch, message: string, suggestion?: string) {
    super(message)
    this.code = code
    this.at = at
    this.suggestion = suggestion
  }
}

/** The refusal as a problem, its stretch as lines and columns of `source`. */
export function problemOf(source: string, { code, at, message, suggestion }: CelRefusal): CelProblem {
  const [from, to] = [placeIn(source, at.start), placeIn(source, at.end)]
  const place = { line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
  return { code, ...place, message, ...(suggestion === undefined ? {} : { suggestion }) }
}

function placeIn(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
