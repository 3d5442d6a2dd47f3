// Durations: how long, in whole seconds, from one bounded grammar (attack #80).

/** The longest duration that any document may name: 366 days. */
export const longestSeconds = 366 * 86_400

// One grammar for `1d2h3m4s` and ISO 8601 `P1DT2H3M4S`; no years, months, weeks, fractions or signs, digits bounded.
const short = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/
const iso = /^P(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/

/** Whole seconds of `2h`, `1h30m`, `1d`, `PT2H`, `P1DT2H`; undefined for anything else, zero and over 366 days. */
export function parseDuration(text: string): number | undefined {
  const match = short.exec(text) ?? iso.exec(text)
  if (match === null) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(part => Number(part ?? 0))
  const total = days * 86_400 + hours * 3_600 + minutes * 60 + seconds
  return total > 0 && total <= longestSeconds ? total : undefined
}

/** The shortest way to write whole `seconds`: `2h`, `1h30m`, `1d`; `0s` for none. `parseDuration` reads it back. */
export function formatDuration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'm'],
    [seconds % 60, 's']
  ]
  return parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('') || '0s'
}
