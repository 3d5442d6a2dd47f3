// An expression inside a YAML file: compiled, or what is wrong with it on the file's own lines.
import type { Lines, Position, Problem } from '../../model/problem.ts'
import { compile } from '../cel/compile.ts'
import type { Compiled } from '../cel/compile.ts'
import type { CelProblem } from '../cel/problem.ts'
import type { Environment } from '../cel/types.ts'

/** Where an expression stands. */
export interface Place {
  file: string
  pointer: string
  lines: Lines
}

/** The compiled condition, or its problems where they stand in the file. */
export function compileAt(source: string, environment: Environment, place: Place): Compiled | Problem[] {
  const compiled = compile(source, environment)
  return Array.isArray(compiled) ? compiled.map(problem => placed(source, problem, place)) : compiled
}

function placed(source: string, problem: CelProblem, { file, pointer, lines }: Place): Problem {
  const { code, message, suggestion } = problem
  const position = { ...within(source, problem, lines(pointer)) }
  const expected = 'a condition in CEL, of what is known here'
  const found = source.slice(0, 200)
  const example = "request.duration <= duration('4h')"
  const words = { file, pointer, expected, found, message, example }
  return { code, ...position, ...words, ...(suggestion === undefined ? {} : { suggestion }) }
}

// A text on one line, as it is or in plain quotes, is told to the column; one that YAML folds or escapes, as a whole.
function within(source: string, problem: CelProblem, whole: Position): Position {
  const { line, column, endLine, endColumn } = whole
  const width = endColumn - column
  const quote = width === source.length ? 0 : width === source.length + 2 ? 1 : undefined
  if (line !== endLine || quote === undefined || source.includes('\n')) return { line, column, endLine, endColumn }
  const from = column + quote - 1
  return { line, column: from + problem.column, endLine: line, endColumn: from + problem.endColumn }
}
