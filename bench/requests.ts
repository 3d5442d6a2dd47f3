// Measures what one request's life costs in requests to GitHub, by operation, against the bars of DESIGN §10. Exits 1 above a bar.
import { openHouse } from '../test/house.ts'
import type { Asked, House } from '../test/house.ts'
import { approve, ask, hour } from '../test/stories/acts.ts'

interface Phase {
  name: string
  asked: Asked[]
  bar?: number
}

/** One life, in its phases. The webhooks of our own writes come back and cost what they cost. */
async function live(house: House, id: string): Promise<Phase[]> {
  const begin = house.asked.length
  const pull = await ask(house, { id })
  const opened = house.asked.length
  await approve(house, pull)
  const granted = house.asked.length
  const merged = opened + house.asked.slice(opened).findIndex(one => one.operation === 'pulls/merge') + 1
  await house.advance(hour)
  const over = house.asked.length
  await house.advance(2 * hour)
  const between = (from: number, to: number): Asked[] => house.asked.slice(from, to)
  return [
    { name: 'first evaluation', asked: between(begin, opened), bar: 10 },
    { name: 'after the review', asked: between(opened, merged), bar: 5 },
    { name: 'decision and grant', asked: between(merged, granted) },
    { name: 'told while held', asked: between(granted, over) },
    { name: 'end and revert', asked: between(over, house.asked.length) },
    { name: 'whole life', asked: between(begin, house.asked.length), bar: 35 }
  ]
}

const house = await openHouse()
await live(house, 'octocat-first')
const phases = await live(house, 'octocat-second')
const problems = await house.finish()

// A token is made once an hour for everything, and by the app itself: GitHub does not count it against the
// installation.
const counted = (asked: Asked[]): Asked[] =>
  asked.filter(one => one.status !== 304 && one.operation !== 'apps/create-installation-access-token')
const operations = [...new Set(phases.flatMap(phase => phase.asked.map(one => one.operation)))].sort()
const widest = Math.max(...operations.map(name => name.length))
const cell = (asked: Asked[]): string => {
  const free = asked.length - counted(asked).length
  return (asked.length === 0 ? '' : free === 0 ? String(asked.length) : `${asked.length - free} +${free}`).padStart(20)
}
console.log(`${''.padEnd(widest)}${phases.map(phase => phase.name.padStart(20)).join('')}`)
for (const operation of operations) {
  const cells = phases.map(phase => cell(phase.asked.filter(one => one.operation === operation)))
  console.log(`${operation.padEnd(widest)}${cells.join('')}`)
}
console.log(`${'all (+ free: 304, token)'.padEnd(widest)}${phases.map(phase => cell(phase.asked)).join('')}`)
console.log(`${'bar'.padEnd(widest)}${phases.map(phase => String(phase.bar ?? '').padStart(20)).join('')}`)
for (const problem of problems) console.error(problem)
const over = phases.filter(phase => counted(phase.asked).length > (phase.bar ?? Infinity))
for (const phase of over)
  console.error(`${phase.name}: ${counted(phase.asked).length} requests, and the bar is ${phase.bar}`)
process.exit(over.length + problems.length > 0 ? 1 : 0)
