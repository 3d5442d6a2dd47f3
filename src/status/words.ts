// Beneath the status page: how long ago something was, in words. Pure.

const units = [
  { ms: 24 * 60 * 60 * 1000, name: 'd' },
  { ms: 60 * 60 * 1000, name: 'h' },
  { ms: 60 * 1000, name: 'min' },
  { ms: 1000, name: 's' }
]

/** `3 min`, `2 d 4 h`: the time from one instant to another by its two largest units; `0 s` where it is the other way round. */
export function ageOf(from: Date, to: Date): string {
  let left = Math.max(0, to.getTime() - from.getTime())
  const first = units.findIndex(({ ms }) => left >= ms)
  if (first < 0) return '0 s'
  const parts = units.slice(first, first + 2).flatMap(({ ms, name }) => {
    const count = Math.floor(left / ms)
    left -= count * ms
    return count === 0 ? [] : [`${count} ${name}`]
  })
  return parts.join(' ')
}
