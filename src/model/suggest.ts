// "Did you mean": the known word nearest to what was written.

/** The word of `known` that is nearest to `written`, within two slips (Damerau–Levenshtein); undefined where none is. */
export function suggest(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = 3
  for (const word of known) {
    const slips = distance(written.toLowerCase(), word.toLowerCase(), least)
    // Two slips in a word of three letters is another word.
    if (slips < least && slips < Math.min(word.length, written.length)) {
      best = word
      least = slips
    }
  }
  return best
}

// Optimal string alignment; what differs in length alone by `limit` is not computed, so hostile length costs nothing.
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(cell(above, j) + 1, cell(row, j - 1) + 1, cell(above, j - 1) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, cell(before, j - 2) + 1)
      row.push(cost)
    }
    before = above
    above = row
  }
  return cell(above, b.length)
}

function cell(row: number[], index: number): number {
  return row[index] as number
}
