// Before the walk of an open pull request: whether it is its turn, and what its page says where it is not (attack #74).
import { performCheck, standingCheck } from '../../act/check.ts'
import { instant } from '../../act/summary.ts'
import type { CheckAction } from '../../model/action.ts'
import type { Pull } from '../../read/pull.ts'
import type { AccessRepository, Outcome, World } from '../world.ts'

/**
 * Null: it is looked at now. Else when it is: first to say so, then to do it. A flood of one account costs two reads
 * for each of its pull requests, and one check that says when it goes on; no comment, and nobody else's turn.
 */
export async function putOff(world: World, access: AccessRepository, pull: Pull): Promise<Outcome | null> {
  const { repository, written, turns } = access
  const now = world.clock.now()
  const paced = turns.pace(pull.number, now)
  if (paced !== null) return { wakeAt: paced }
  if (turns.take(pull, now)) return null
  const { at, sayAt, first } = turns.wait(pull, now)
  if (first) access.log.warn({ account: pull.author.id }, 'One account asks for so much at once that it waits in turn')
  if (sayAt > now) return { wakeAt: sayAt < at ? sayAt : at }
  // A process before this one may have judged it: then what it said stands, and it is looked at as ever.
  const standing = await standingCheck(repository, written, { head: pull.head.sha, name: 'Addendum: terms' }, false)
  if (standing !== undefined && !standing.queued) {
    // What stands there may be said of another pull request with this head: nothing is written over it.
    return turns.spare(pull) ? null : { wakeAt: at }
  }
  await performCheck(repository, written, waiting(pull, at), standing === undefined)
  return { wakeAt: at }
}

function waiting({ head }: Pull, at: Date): CheckAction {
  const when = instant(at, 'UTC')
  return {
    kind: 'check',
    head: head.sha,
    name: 'Addendum: terms',
    conclusion: null,
    queued: true,
    title: `Waiting for its turn: it goes on at ${when}`,
    summary:
      'Much was pushed from this account within a short time. So that nobody else waits for it, it is looked at in turn: ' +
      `this pull request at ${when}, by itself. Access that was granted ends on time all the same.`,
    annotations: []
  }
}
