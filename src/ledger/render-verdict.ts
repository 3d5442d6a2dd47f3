// How a verdict is told to a person: what was looked at, every finding, and what to keep for next time.
import { printable, type Finding, type Verdict } from './verdict.ts'

const shown = 100

/** Plain text; one finding a line. What a forger wrote cannot move the terminal. */
export function renderVerdict(verdict: Verdict): string {
  const { status, findings, ledger, root, branches, segments, records, commits, pin } = verdict
  const lines = [
    `ledger    ${printable(ledger ?? 'none')}${branches.length === 0 ? '' : ` on ${branches.join(', ')}`}`,
    `looked at ${count(records, 'record')} in ${count(segments, 'segment')}, ${count(commits, 'commit')} of main`,
    ...(root === null ? [] : [`root      ${root}`]),
    ''
  ]
  const order = ({ code, seq = 0 }: Finding): string => 'EXUW'.indexOf(code.charAt(0)) + String(seq).padStart(16, '0')
  const sorted = [...findings].sort((a, b) => (order(a) < order(b) ? -1 : 1))
  lines.push(...sorted.slice(0, shown).map(renderFinding))
  if (sorted.length > shown) lines.push(`… and ${sorted.length - shown} more (--json shows all)`)
  if (sorted.length > 0) lines.push('')
  lines.push(
    {
      sound: 'SOUND: nothing was changed since it was recorded, and no control failed.',
      failed: 'FAILED: do not rely on this ledger before each finding is explained.',
      unchecked: 'NOT CHECKED: the clone does not hold all that is needed.'
    }[status]
  )
  if (status === 'sound' && pin !== null) lines.push(`Keep this, and give it next time as --pin: ${pin}`)
  return `${lines.join('\n')}\n`
}

function renderFinding({ code, seq, record, path, commit, message }: Finding): string {
  const where = [
    ...(seq === undefined ? [] : [`record ${seq}`]),
    ...(record === undefined ? [] : [`(${printable(record)})`]),
    ...(path === undefined ? [] : [printable(path)]),
    ...(commit === undefined ? [] : [`commit ${printable(commit.slice(0, 12))}`])
  ].join(' ')
  return `${code.padEnd(16)}${where === '' ? '' : `${where}: `}${message}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
