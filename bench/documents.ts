// Documents: what it costs to read one, and what a hostile one can cost (reference: perf.md C and its bars). CPU time.
import { parseDocument as parseYaml } from 'yaml'
import { parseDocument } from '../src/model/document.ts'
import { readYaml } from '../src/model/yaml.ts'

const path = 'requests/payments-production/2026-11-22-octocat-read.yml'
const head = `apiVersion: addendum/v1
kind: AccessRequest
id: 2026-11-22-octocat-read
contract: payments-production
clause: C-read
subject: octocat
duration: 2h
start: 2026-11-22T15:00:00Z
reason: Investigate duplicate refunds
ticket: PAY-1234
inputs:
`
const inputs = Array.from({ length: 20 }, (_, i) => `  input_${i}: ${'checkout and ledger '.repeat(4)}${i}\n`).join('')
const request = head + inputs
const misspelt = request.replace('ticket', 'tikcet')
const broken = misspelt.replace('octocat\n', 'octo cat\n').replace('duration: 2h', 'duration: long')
const cap = 16 * 1024

function cpuMs(run: () => void, times: number): number {
  const startedAt = process.cpuUsage()
  for (let i = 0; i < times; i++) run()
  const { user, system } = process.cpuUsage(startedAt)
  return (user + system) / 1_000 / times
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number
}

const steps: [string, () => void][] = [
  ["yaml's own parse", () => void parseYaml(request)],
  ['our strict parse', () => void readYaml(path, request, cap)],
  ['parse + validate + build', () => void parseDocument(path, request)],
  ['the same with 3 problems', () => void parseDocument(path, broken)]
]
for (const [, run] of steps) cpuMs(run, 300)
const rounds = Array.from({ length: 7 }, () => steps.map(([, run]) => cpuMs(run, 150)))
console.log(`one request of ${Buffer.byteLength(request)} bytes, median of 7 interleaved rounds (CPU time)\n`)
console.log('| step | µs | × |\n|---|---|---|')
steps.forEach(([name], i) => {
  const micros = median(rounds.map(round => (round[i] as number) * 1_000))
  const ratio = median(rounds.map(round => (round[i] as number) / (round[0] as number)))
  console.log(`| ${name} | ${micros.toFixed(0)} | ${ratio.toFixed(2)} |`)
})
const ratio = median(rounds.map(round => (round[2] as number) / (round[0] as number)))
const verdict = ratio <= 1.5 ? 'held' : 'MISSED'
console.log(`\nbar: parse + validate + positions ≤ 1.5 × yaml's own parse: ${verdict} (${ratio.toFixed(2)})\n`)

const fill = (part: (i: number) => string) => {
  let text = ''
  for (let i = 0; text.length < cap; i++) text += part(i)
  return text.slice(0, cap)
}
const hostile: [string, string][] = [
  ['keys', fill(i => `${i.toString(36)}: 1\n`)],
  ['flow keys', `{${fill(i => `${i.toString(36)}:,`).slice(2)}}`],
  ['[[[[', '['.repeat(cap)],
  ['{a: {a:', fill(() => '{a: ')],
  ['- - - -', '- '.repeat(cap / 2)],
  ['? ? ? ?', '? '.repeat(cap / 2)],
  ['[,,,,]', `[${','.repeat(cap - 2)}]`],
  ['[,,,,] just under the limit of marks', `[${','.repeat(cap / 2 - 8)}]`],
  ['}}}}', '}\n'.repeat(cap / 2)],
  ['}}}} just under the limit of marks', '}\n'.repeat(cap / 4 - 8)],
  ['&a &a &a', '&a '.repeat(cap / 3)],
  ['[*a,*a]', `[${'*a,'.repeat(cap / 3 - 1)}]`],
  ['!a !a !a', '!a '.repeat(cap / 3)],
  ['%a %a', '%a\n'.repeat(cap / 3)],
  ['--- --- ---', '---\n'.repeat(cap / 4)],
  ['a: b: c', 'a: b: c\n'.repeat(cap / 8)],
  ['empty lines', '\n'.repeat(cap)],
  ['unclosed quote', `"${'a\n'.repeat(cap / 2 - 1)}`],
  ['hidden characters', '\u200b\n'.repeat(cap / 4)],
  ['duplicate keys', 'a: 1\n'.repeat(cap / 5)],
  [
    'unknown keys of the schema',
    head.slice(0, -8) +
      fill(i => `unknown_${i}: 1\n`)
        .split('\n', 700)
        .join('\n')
  ],
  ['one list of a thousand names', `${head.slice(0, -8)}inputs: {a: [${'abcdef, '.repeat(1_900)}]}\n`]
]
console.log('| hostile 16 KiB | first problem | ms, worst of 5 |\n|---|---|---|')
let worst = 0
for (const [name, text] of hostile) {
  const costs = Array.from({ length: 5 }, () => cpuMs(() => void parseDocument(path, text), 1))
  const parsed = parseDocument(path, text)
  worst = Math.max(worst, ...costs)
  const code = parsed.ok ? 'none' : `${parsed.problems[0]?.code} (${parsed.problems.length})`
  console.log(`| ${name.replaceAll('|', '/')} | ${code} | ${Math.max(...costs).toFixed(1)} |`)
}
console.log(`\nbar: a hostile 16 KiB file ≤ 100 ms: ${worst <= 100 ? 'held' : 'MISSED'} (${worst.toFixed(1)} ms)`)
