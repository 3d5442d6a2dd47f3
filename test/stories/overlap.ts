// The story that is played with a crash at every call: two requests overlap, the first expires under the second, the second is ended early.
import { openHouse } from '../house.ts'
import type { House } from '../house.ts'
import type { Cut } from '../house/line.ts'
import { approve, ask, entitlement, granted, hour, minute, openPulls, remove, works } from './acts.ts'

const sweeps = { sweepEveryMs: 5 * minute }

/** Somebody else's access stands beside all the time. */
async function overlapAndEarlyEnd(house: House): Promise<boolean> {
  house.setForeign(entitlement('monalisa'))
  await granted(house, { id: 'octocat-refunds', duration: '1h' })
  await house.advance(20 * minute, sweeps)
  const second = await ask(house, { id: 'octocat-chargebacks', duration: '4h' })
  await approve(house, second)
  await house.advance(hour, sweeps)
  const carried = works(house)
  await remove(house, 'octocat-chargebacks', 'octocat')
  await house.advance(10 * minute, sweeps)
  return carried
}

/** One run of the story. */
export interface Run {
  /** The app's calls, by name, in order. */
  names: string[]
  calls: number
  end: Record<string, unknown>
  problems: string[]
}

/** Plays the story, with the app killed at `cut`. */
export async function play(cut: Cut | undefined): Promise<Run> {
  const house = await openHouse(cut === undefined ? {} : { cut })
  const carried = await overlapAndEarlyEnd(house)
  const problems = await house.finish()
  return {
    names: house.tally.calls,
    calls: house.tally.calls.length,
    end: { carried, ...(await endOf(house)) },
    problems
  }
}

/** All that must be the same however often the app died: but for sequence numbers, instants and whose pull request it was. */
async function endOf(house: House): Promise<Record<string, unknown>> {
  const state = await house.ledger()
  return {
    onMain: house.onMain(),
    openPulls: await openPulls(house),
    branches: house.git.refs.list('refs/heads/addendum/').map(([name]) => name),
    octocat: works(house),
    monalisa: works(house, 'monalisa'),
    open: [...state.open.keys()],
    exceptions: state.exceptions.size,
    requests: [...state.requests.values()].map(request => ({
      outcome: request.outcome,
      idSha256: request.idSha256,
      approvedBy: request.approvedBy,
      minutes: (Number(request.window?.notAfter) - Number(request.window?.notBefore)) / minute,
      removed: request.removedAt !== undefined,
      reverted: request.revertedBy !== undefined,
      holdings: request.holdings.map(({ ended, attempts }) => ({ readBack: ended?.readBack, attempts }))
    }))
  }
}
