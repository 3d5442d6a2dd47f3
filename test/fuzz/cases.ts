// What all fuzz tests share: how many cases, hostile strings, and the bound on time.
import fc from 'fast-check'

/** 2,000 with every change; FUZZ_CASES=100000 at night. */
export const cases = Number(process.env['FUZZ_CASES'] ?? 2000)
/** For a whole test: a case takes well under a millisecond, and 100 ms are the bound. */
export const patience = { timeout: Math.max(60_000, cases * 30) }

const payloads = [
  '`',
  '``',
  '```',
  '````',
  '"',
  "'",
  '\\',
  '\\"',
  '\\\\"',
  '\\`',
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  '\t',
  '    ',
  ' ',
  '\u00a0',
  '\u2028',
  '@octocat',
  '@acme/payments-leads',
  'octocat@github.com',
  '[x](https://evil.example)',
  '![x](//evil.example/x.png)',
  '[x][1]',
  '](',
  '[^1]',
  '\n[1]: https://evil.example\n',
  'https://evil.example/?a=b&c',
  'http://',
  'www.evil.example',
  'mailto:a@b.example',
  'javascript:alert(1)',
  '<img src=x onerror=alert(1)>',
  '<a href="https://evil.example">',
  '<script>',
  '</details>',
  '</sub>',
  '<!--',
  '-->',
  '<https://evil.example>',
  '<',
  '>',
  '#1',
  'GH-1',
  'acme/access#1',
  'deadbeefdeadbeefdeadbeefdeadbeefdeadbeef',
  'acme/access@deadbeef',
  '$',
  '$`',
  '`$',
  '$$\\href{x}{y}$$',
  '- ',
  '* ',
  '1. ',
  '> ',
  '# ',
  '## x',
  '---',
  '===',
  '| a | b |\n|---|---|',
  '~~~',
  '~~x~~',
  '**',
  '__',
  '*x*',
  '&lt;',
  '&#64;octocat',
  '&commat;',
  '\u202e',
  '\u200b',
  '\u2060',
  '\ufeff',
  '\0',
  '\u001b[31m',
  '\ud83d',
  '\ude00',
  '😀',
  'é',
  'x',
  'word',
  'C-read',
  ':tada:',
  '!',
  '(',
  ')',
  '.',
  'a'.repeat(300),
  '`'.repeat(150)
]

/** Text as somebody would write it who wants out of a code span. */
export const hostile: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.constantFrom(...payloads), { maxLength: 12 }).map(parts => parts.join('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 600 }) }
)

/**
 * Runs `work`; 100 ms is a hang. A pause of the machine is not: then the same is run again, and its best time counts.
 */
export function bounded<T>(work: () => T): T {
  let best = Infinity
  for (let attempt = 0; ; attempt += 1) {
    const began = performance.now()
    const answer = work()
    best = Math.min(best, performance.now() - began)
    if (best <= 100) return answer
    if (attempt === 3) throw new Error(`It took ${Math.round(best)} ms`)
  }
}
