// The impact of proposed terms in plain sentences: the same in the comment on a pull request and on the command line.
import { list } from '../decide/wording.ts'
import type { Impact, Judgement, Turned, UnjudgedCode } from './replay.ts'

/** What a replay found: one sentence for the past, and one for grants in force where a clause of theirs changes. */
export function impactSentences(impact: Impact): string[] {
  const { requests, allowedToRefused, refusedToAllowed, unchanged, unjudged, live } = impact
  if (requests === 0) return ['Nobody has asked under this contract yet: there is nothing to decide again.']
  const same = unchanged.allowed + unchanged.refused
  const left = (Object.keys(reasons) as UnjudgedCode[]).flatMap(code => {
    return unjudged[code] === 0 ? [] : [`${unjudged[code]} ${reasons[code]}`]
  })
  const open = Object.values(unjudged).reduce((sum, count) => sum + count, 0)
  const parts = [
    `${allowedToRefused} that ${was(allowedToRefused)} allowed would be refused`,
    `${refusedToAllowed} that ${was(refusedToAllowed)} refused would be allowed`,
    `${same} would come out the same`,
    ...(open === 0 ? [] : [`${open} could not be decided again (${list(left)})`])
  ]
  const out = live.filter(({ after }) => after === 'refuse').length
  const doubt = live.filter(({ after }) => after === 'unknown').length
  const unknown = doubt === 0 ? '' : `; of ${doubt} it is not known`
  const grants =
    live.length === 0
      ? 'No grant that is in force is under a clause that changes.'
      : `${live.length} ${live.length === 1 ? 'grant' : 'grants'} in force ${live.length === 1 ? 'is' : 'are'} under a ` +
        `clause that changes, ${out} of them out of the new terms${unknown}.`
  return [`Of ${requests} past ${requests === 1 ? 'request' : 'requests'}, ${list(parts)}.`, grants]
}

/** One example: which pull request, what came out and what would, and why. */
export function exampleSentence({ pr, clause, decidedAt, before, after }: Turned): string {
  const [refused] = [before, after].filter(({ verdict }) => verdict === 'refuse')
  const turn = `${told[before.verdict]} → ${told[after.verdict]}`
  return `#${pr} (${clause}, ${decidedAt.slice(0, 10)}): ${turn}. ${refused?.because ?? ''}`
}

const told: Record<Judgement['verdict'], string> = { allow: 'allowed', refuse: 'refused' }

const reasons: Record<UnjudgedCode, string> = {
  'not-read': 'that were not read',
  'request-unreadable': 'whose file cannot be read',
  'directory-unreadable': 'whose directory cannot be read',
  'members-unknown': 'where it is not known who was in a team'
}

function was(count: number): string {
  return count === 1 ? 'was' : 'were'
}
