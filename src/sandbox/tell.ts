// Plays the story and tells it line by line as it happens; keeps the record of what was expected and what was seen.
import { styleText } from 'node:util'
import type { Stage } from './stage.ts'
import { seen } from './stage.ts'
import { story } from './story.ts'

/** One step as it went. */
export interface Played {
  name: string
  expected: string
  observed: string
  ok: boolean
  /** By the clock of the story. */
  at: string
}

/** Where the telling goes. */
export interface Voice {
  write(text: string): unknown
  colour: boolean
}

/** A restart of the app may lie between an act and what is seen of it. */
const patienceMs = 20_000

/** Plays every step, whatever the one before gave. `inspect` is called after each, for whoever wants to look closer. */
export async function play(stage: Stage, voice: Voice): Promise<Played[]> {
  const played: Played[] = []
  for (const step of story) {
    if (step.chapter !== undefined) voice.write(`\n${paint(voice, 'bold', step.chapter)}\n`)
    const failure = await (step.act?.(stage) ?? Promise.resolve()).then(
      () => undefined,
      (error: unknown) => error
    )
    const observed =
      failure === undefined
        ? await seen(step.expected, () => step.observe(stage), patienceMs)
        : `could not be done: ${String(failure)}`
    const ok = observed === step.expected
    played.push({ name: step.name, expected: step.expected, observed, ok, at: stage.company.clock.now().toISOString() })
    const mark = ok ? paint(voice, 'green', '✔') : paint(voice, 'red', '✘')
    voice.write(`  ${mark} ${step.name}\n      ${paint(voice, 'dim', observed)}\n`)
    if (ok && step.show !== undefined) voice.write(boxed(voice, await step.show(stage)))
    if (!ok) voice.write(`      ${paint(voice, 'red', `expected: ${step.expected}`)}\n`)
  }
  return played
}

/** A comment as one reads it on the pull request: what GitHub folds away or hides is left out. */
function boxed(voice: Voice, markdown: string): string {
  const shown = markdown
    .replace(/<details>[\s\S]*?<\/details>/g, '')
    .replace(/<!--[\s\S]*?-->|<\/?sub>/g, '')
    .trim()
  const lines = shown
    .replace(/\n{2,}/g, '\n')
    .split('\n')
    .map(line =>
      line
        .replace(/^#+ /, '')
        .replaceAll('**', '')
        .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    )
  return `${lines.map(line => `      ${paint(voice, 'dim', `│ ${line}`)}`).join('\n')}\n`
}

function paint(voice: Voice, style: 'bold' | 'dim' | 'green' | 'red', text: string): string {
  return voice.colour ? styleText(style, text, { validateStream: false }) : text
}
