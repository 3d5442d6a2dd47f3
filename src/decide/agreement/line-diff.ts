// Two texts line by line: what stays, what goes, what comes. Bounded, whatever the texts.
const mostCells = 1_000_000

/**
 * The lines of both texts in one list, each after its mark: `  ` in both, `- ` before only, `+ ` after only. Shortest
 * edit (longest common subsequence); texts too long and too different for that are told as one replaced by the other.
 */
export function lineDiff(before: string, after: string): string[] {
  const [a, b] = [linesOf(before), linesOf(after)]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1
  return [
    ...a.slice(0, head).map(same),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same)
  ]
}

function middle(a: readonly string[], b: readonly string[]): string[] {
  if (a.length * b.length > mostCells) return [...a.map(gone), ...b.map(come)]
  const width = b.length + 1
  // lengths[i * width + j]: of the longest common subsequence of a from i and b from j.
  const lengths = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] as number
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(same(a[i] as string))
      i += 1
      j += 1
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(gone(a[i] as string))
      i += 1
    } else {
      lines.push(come(b[j] as string))
      j += 1
    }
  }
  return lines
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function same(line: string): string {
  return `  ${line}`
}

function gone(line: string): string {
  return `- ${line}`
}

function come(line: string): string {
  return `+ ${line}`
}
