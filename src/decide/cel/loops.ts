// The loops of CEL over bounded lists: all, exists, exists_one, filter, map. Their cost is known at load.
import { bounded } from './operators.ts'
import { CelError } from './types.ts'
import type { CelValue, ListType, Piece, Run } from './types.ts'

/** The names of the loops. */
export const loops: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

/** The piece of `list.name(variable, body)`, the variable being the local of `depth`; all but `map` ask for a bool. */
export function loop(name: string, list: Piece & { type: ListType }, body: Piece, depth: number): Piece {
  const { most } = list.type
  const cost = list.cost + most * (body.cost + 1) + 1
  const items = list.run
  const over = (v: Parameters<Run>[0], l: CelValue[]): readonly CelValue[] => bounded(items(v, l), most)
  const at = (v: Parameters<Run>[0], l: CelValue[], item: CelValue): CelValue => {
    l[depth] = item
    return body.run(v, l)
  }
  const total = list.constant !== undefined && body.total
  switch (name) {
    case 'all':
      return { type: 'bool', total, cost, run: quantifier(over, at, false) }
    case 'exists':
      return { type: 'bool', total, cost, run: quantifier(over, at, true) }
    case 'exists_one':
      return { type: 'bool', total, cost, run: (v, l) => over(v, l).filter(item => at(v, l, item)).length === 1 }
    case 'filter':
      return { type: list.type, total, cost, run: (v, l) => over(v, l).filter(item => at(v, l, item)) }
    default:
      return { type: { list: body.type, most }, total, cost, run: (v, l) => over(v, l).map(item => at(v, l, item)) }
  }
}

// One member that decides absorbs the failures of the others, as CEL has it (language definition, "Macros").
function quantifier(
  over: (v: Parameters<Run>[0], l: CelValue[]) => readonly CelValue[],
  at: (v: Parameters<Run>[0], l: CelValue[], item: CelValue) => CelValue,
  decides: boolean
): Run {
  return (v, l) => {
    let failure: CelError | undefined
    for (const item of over(v, l)) {
      try {
        if (at(v, l, item) === decides) return decides
      } catch (error) {
        if (!(error instanceof CelError)) throw error
        failure ??= error
      }
    }
    if (failure !== undefined) throw failure
    return !decides
  }
}
