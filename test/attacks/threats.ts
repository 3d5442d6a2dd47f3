// Writes docs/threats.md from the catalogue: `node test/attacks/threats.ts`.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { claims, invariants } from './assurance.ts'
import type { Attack } from './attack.ts'
import { catalogue, shownNumber } from './catalogue.ts'
import { notShown } from './not-shown.ts'

/** The whole page. `files`: the names of the test files beside this one. */
export function threatsPage(files: readonly string[]): string {
  return [
    '# Threats, and what holds against them',
    '',
    '<!-- Written by `node test/attacks/threats.ts`; a test fails when this page and the rows differ. -->',
    '',
    'First what is claimed, the invariants that each claim rests on, and the tests that hold them. Then every attack',
    'of the catalogue: what somebody tries, what happens instead, which files see to it, and the test that tries it',
    'through the whole app on the local GitHub. `node test/attacks/mutants.ts` switches each defence off in turn, and',
    'demands that its test fails.',
    '',
    '## The assurance case',
    '',
    ...claims.flatMap(({ claim, because, invariants: numbers, tests }, index) => [
      `**Claim ${index + 1}. ${claim}** ${because}`,
      '',
      ...numbers.map(number => `- ${number}: ${invariants[number] ?? ''}`),
      `- Tests: ${tests.map(linked).join(', ')}`,
      ''
    ]),
    '## The attacks',
    '',
    '| # | Attempt | Defence | Held by | Test |',
    '|--:|---|---|---|---|',
    ...catalogue.map(attack => row(attack, files)),
    ''
  ].join('\n')
}

function row({ number, attempt, defence, heldBy }: Attack, files: readonly string[]): string {
  const file = files.find(name => name.startsWith(`${shownNumber(number)}-`))
  const missing = `Not shown: ${notShown[number] ?? 'nothing says why'}`
  const shown = file === undefined ? missing : linked(`test/attacks/${file}`)
  const cells = [String(number), attempt, defence, heldBy.map(linked).join(', '), shown]
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function linked(path: string): string {
  return `[${path.replace(/^(src|test\/attacks)\//, '')}](../${path})`
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..', '..')
  const files = readdirSync(import.meta.dirname).filter(file => /^\d\d-.*\.test\.ts$/.test(file))
  writeFileSync(join(root, 'docs', 'threats.md'), threatsPage(files))
}
