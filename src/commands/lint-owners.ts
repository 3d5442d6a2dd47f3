// Beside `lint`: what is wrong with a CODEOWNERS file, line by line, and with who owns what by it.
import { coversOf } from '../model/codeowners-cover.ts'
import type { Codeowners, CodeownersRule } from '../model/codeowners.ts'
import { ownersOf } from '../model/codeowners.ts'

/** One line of a linter. `warning`: it works, and not as it reads. Its strings may quote hostile text. */
export interface Finding {
  path: string
  line: number
  column: number
  severity: 'error' | 'warning'
  code: string
  message: string
}

/** A path that must have an owner, and the line that decides; null where none does. */
export interface Owned {
  path: string
  line: number | null
}

/** Which line decides each of `paths`; the last that matches. */
export function decidedBy(codeowners: Codeowners, paths: readonly string[]): Owned[] {
  return paths.map(path => ({ path, line: ownersOf(codeowners, path).rule?.line ?? null }))
}

/**
 * Lines that GitHub skips, lines that never count, and paths that nobody can approve. Whether an owner is there and may
 * write only GitHub knows: that is `doctor`'s.
 */
export function lintOwners(source: string, codeowners: Codeowners, owned: readonly Owned[]): Finding[] {
  const at = (line: number, column = 1) => ({ path: source, line, column })
  const found: Finding[] = skipped(source, codeowners, owned)
  const covers = coversOf(codeowners.rules.map(rule => rule.pattern))
  for (const [index, rule] of codeowners.rules.entries()) {
    const winner = codeowners.rules[covers[index] as number]
    if (rule.pattern === '/') {
      const message = '/ matches nothing. Write * for everything, or /* for the files of the root.'
      found.push({ ...at(rule.line), severity: 'warning', code: 'owners.nothing', message })
    } else if (winner !== undefined) {
      found.push({ ...at(rule.line), severity: 'warning', code: 'owners.shadowed', message: shadowed(rule, winner) })
    }
  }
  if (codeowners.problems.some(problem => problem.kind === 'size')) return found
  const byLine = new Map(codeowners.rules.map(rule => [rule.line, rule]))
  for (const { path, line } of owned) {
    const problem = unapprovable(line === null ? undefined : byLine.get(line))
    if (problem === undefined) continue
    const message = `${problem.because} ${path}: nobody can approve it. ${problem.mend}`
    found.push({ ...at(line ?? codeowners.lines), severity: 'error', code: problem.code, message })
  }
  return found
}

function skipped(source: string, { problems }: Codeowners, owned: readonly Owned[]): Finding[] {
  return problems.map(({ line, column, kind, because, mend }) => {
    // What Addendum makes of it (attack #14): any line above it may have been overruled.
    const doubted = owned.filter(one => one.line !== null && one.line < line).length
    const doubt = `Until then Addendum refuses what a line above it decides: ${doubted} of ${owned.length} places.`
    const message = kind === 'size' ? `${because} ${mend}` : `GitHub skips this line: ${because} ${mend}`
    return {
      path: source,
      line,
      column,
      severity: 'error',
      code: `owners.${kind}`,
      message: doubted === 0 ? message : `${message} ${doubt}`
    }
  })
}

function shadowed(rule: CodeownersRule, winner: CodeownersRule): string {
  const taken = `Line ${winner.line}, ${winner.pattern}, matches all that ${rule.pattern} does`
  return `${taken}, so this line never counts. Remove it, or move it below that one.`
}

function unapprovable(rule: CodeownersRule | undefined): { code: string; because: string; mend: string } | undefined {
  if (rule === undefined) return { code: 'owners.unowned', because: 'No line matches', mend: 'Add one that does.' }
  if (rule.owners.length === 0) {
    return {
      code: 'owners.unowned',
      because: 'This line gives no owner to',
      mend: 'Name one on it, or on a later line.'
    }
  }
  if (!rule.owners.some(owner => owner.kind === 'email')) return undefined
  const because = 'This line names an e-mail address, which tells no account, for'
  return { code: 'owners.email', because, mend: 'Write the @login.' }
}
