// Beneath schema.ts: credentials in a document. Found by shape, told by kind and place, never repeated (attack #54).
import type { Problem, Source } from './problem.ts'
import { yamlPlaces } from './yaml-places.ts'

/** Where a credential stands in a text, and what it is. The text itself is nowhere in here. */
export interface FoundSecret {
  start: number
  end: number
  /** With its article, for a sentence: `a GitHub token`. */
  what: string
}

/**
 * Shapes that their issuers publish. Every one begins at the edge of a word and runs through that word once, so that
 * the scan costs time in proportion to the text whatever it holds (attack #53).
 */
const shapes: readonly { what: string; shape: RegExp }[] = [
  { what: 'a private key', shape: /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g },
  { what: 'a GitHub token', shape: /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/g },
  { what: 'a GitHub token', shape: /(?<![A-Za-z0-9_])v1\.[0-9a-f]{40}(?![0-9a-f])/g },
  { what: 'a GitLab token', shape: /(?<![A-Za-z0-9_-])gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_-]{20,}/g },
  { what: 'an AWS access key', shape: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g },
  { what: 'a Google API key', shape: /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g },
  { what: 'a Google OAuth secret', shape: /(?<![A-Za-z0-9_-])(?:GOCSPX-[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{30,})/g },
  { what: 'a Slack token', shape: /(?<![A-Za-z0-9-])xox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { what: 'a Slack webhook', shape: /hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9+/]{20,}/g },
  { what: 'a Stripe key', shape: /(?<![A-Za-z0-9_])[rs]k_(?:live|test)_[A-Za-z0-9]{20,}/g },
  { what: 'an npm token', shape: /(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g },
  { what: 'a PyPI token', shape: /(?<![A-Za-z0-9-])pypi-AgE[A-Za-z0-9_-]{50,}/g },
  { what: 'a SendGrid key', shape: /(?<![A-Za-z0-9_.-])SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g },
  { what: 'a Vault token', shape: /(?<![A-Za-z0-9_.-])hv[sbr]\.[A-Za-z0-9_-]{24,}/g },
  { what: 'an Azure storage key', shape: /(?<![A-Za-z0-9])AccountKey=[A-Za-z0-9+/]{40,}={0,2}/g },
  { what: 'a JSON Web Token', shape: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g },
  {
    what: 'a password in a URL',
    shape: /(?<=[a-z0-9]:\/\/[A-Za-z0-9._~%+-]{0,64}:)(?!\$\{)[^\s:/@?#'"]{3,200}@(?=[A-Za-z0-9[])/g
  },
  { what: 'a credential in a header', shape: /(?<=(?:^|[^A-Za-z])(?:Bearer|Basic) )[A-Za-z0-9._~+/-]{20,}={0,2}/g }
]

/**
 * A name under which a secret is kept, then what is assigned to it: `password: …`, `API_KEY=…`, `"clientSecret":
 * "…"`. A part of a longer name (`arn:aws:secretsmanager:…:secret:…`) is none.
 */
const named = new RegExp(
  [
    String.raw`(?<![\w:/.-])[\w.-]{0,40}?`,
    '(?:(?:api|access|secret|private|auth|encryption|signing)[_-]?key|',
    'pass(?:word|wd|phrase)?|pwd|secret|token|credentials?)',
    String.raw`["']?[ \t]{0,8}[:=][ \t]{0,8}["']?([^\s"',;<>{}()[\]]{12,200})`
  ].join(''),
  'gi'
)

/** Words and short numbers, joined: `rotate-every-90-days`. */
const spoken = /^(?:[a-z]+\d{0,4}|\d{1,4})(?:[-_./](?:[a-z]+\d{0,4}|\d{1,4}))*$/i

/** A secret is one word of many different signs; words, ids, dates, digests and names of variables are not. */
function isRandom(word: string): boolean {
  if (/^(?:\$|%|sha(?:1|256|384|512)[:-])/i.test(word) || spoken.test(word)) return false
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter(kind => kind.test(word)).length
  return kinds >= 2 && /\d/.test(word) && entropyOf(word) >= 3.2
}

/** Shannon entropy in bits a character, of the characters as they are. */
function entropyOf(word: string): number {
  const counts = new Map<string, number>()
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  return [...counts.values()].reduce((bits, count) => bits - (count / word.length) * Math.log2(count / word.length), 0)
}

/** Every credential in `text`, by place; overlapping ones once. Costs time in proportion to the text. */
export function findSecrets(text: string): FoundSecret[] {
  const found = shapes.flatMap(({ what, shape }) =>
    [...text.matchAll(shape)].map(match => ({ start: match.index, end: match.index + match[0].length, what }))
  )
  for (const match of text.matchAll(named)) {
    const word = match[1] as string
    const end = match.index + match[0].length
    if (isRandom(word)) found.push({ start: end - word.length, end, what: 'a password or key' })
  }
  let last = 0
  return found
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter(one => {
      const apart = one.start >= last
      if (apart) last = one.end
      return apart
    })
}

const example = 'reason: Rotate the key of the checkout service'

/**
 * A problem for each credential in a document of at most `maxBytes`, twenty at most, at its place. None of them quotes
 * anything, and no other problem of the document is told beside them, for that could.
 */
export function secretProblems(file: string, source: Source, maxBytes: number): Problem[] {
  if (source.length > maxBytes) return []
  const text = typeof source === 'string' ? source : Buffer.from(source).toString('utf8')
  const found = findSecrets(text).slice(0, 20)
  if (found.length === 0) return []
  const places = yamlPlaces(text)
  return found.map(({ start, end, what }) => ({
    code: 'document.secret',
    file,
    ...places.position(start, end),
    pointer: '',
    message: `This looks like ${what}. Git's history has it now: revoke it where it was issued, then take it out.`,
    expected: 'no password, key or token anywhere in the file',
    found: what,
    example
  }))
}
