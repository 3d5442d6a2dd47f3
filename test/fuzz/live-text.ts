// A small, strict reader of Markdown, independent of the writers: what of a text is not code, and what in it is alive.

/**
 * The text outside of code spans (CommonMark §6.1) and fenced code (§4.5), each span as `␣`. Line by line, as our
 * writers write: a span that does not end on its line leaves its backticks behind, and `alive` tells them.
 */
export function liveText(markdown: string): string {
  const out: string[] = []
  let fence: string | undefined
  for (const row of markdown.split('\n')) {
    const run = /^ {0,3}(`{3,}|~{3,})/.exec(row)?.[1]
    if (fence !== undefined) {
      if (run !== undefined && run.startsWith(fence) && row.trim() === run) fence = undefined
      continue
    }
    // The info string of a backtick fence holds no backtick.
    if (run !== undefined && !(run.startsWith('`') && row.trim().slice(run.length).includes('`'))) {
      fence = run
      continue
    }
    out.push(liveLine(row))
  }
  if (fence !== undefined) out.push('`unclosed fence')
  return out.join('\n')
}

function liveLine(row: string): string {
  let live = ''
  for (let at = 0; at < row.length;) {
    if (row[at] === '\\' && /[!-/:-@[-`{-~]/.test(row[at + 1] ?? '')) {
      live += row.slice(at, at + 2)
      at += 2
      continue
    }
    const run = /^`+/.exec(row.slice(at))?.[0]
    if (run === undefined) {
      live += row[at]
      at += 1
      continue
    }
    const close = closing(row, at + run.length, run.length)
    live += close === undefined ? run : '␣'
    at = close ?? at + run.length
  }
  return live
}

/** Where the span ends whose opening run has that length; undefined where it does not end. */
function closing(row: string, from: number, length: number): number | undefined {
  for (const found of row.slice(from).matchAll(/`+/g)) {
    if (found[0].length === length) return from + found.index + length
  }
  return undefined
}

const ours = /<\/?(?:details|summary|sub)>|<!-- addendum -->/g

/**
 * Everything in the live text that would do something on GitHub; empty where nothing would. Backslashes disarm what
 * Markdown reads, but not what GitHub links after it: mentions, references, commits.
 */
export function alive(markdown: string): string[] {
  const live = liveText(markdown).replace(ours, '')
  const unescaped = live.replace(/\\[!-/:-@[-`{-~]/g, '·')
  const rendered = live.replace(/\\([!-/:-@[-`{-~])/g, '$1')
  const dead: [string, RegExp, string][] = [
    ['span', /`/, unescaped],
    ['html', /<|&[a-z#]/i, unescaped],
    ['bracket', /[[\]]/, unescaped],
    ['link', /:\/\/|www\./i, unescaped],
    ['formula', /\$/, rendered],
    ['mention', /@\w/, rendered],
    ['reference', /#\d|\bGH-\d/i, rendered],
    ['commit', /\b[0-9a-f]{7,40}\b/i, rendered],
    // eslint-disable-next-line no-control-regex
    ['unseen', /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069\u200b\ufeff]|\p{Cs}/u, live]
  ]
  return dead
    .filter(([, shape, text]) => shape.test(text))
    .map(([name, shape, text]) => `${name}: ${shape.exec(text)?.[0]}`)
}
