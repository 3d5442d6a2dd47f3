// Rule: the subject is one person of the directory, who has not left, with an identity wherever access is asked for.
import type { Reason } from '../../model/decision.ts'
import type { Context } from '../context.ts'
import { own } from '../own.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { instant, list, mention, plain, quoted } from '../wording.ts'

const rule = 'subject-known'
const ask = 'Ask an administrator to enter it in directory.yml.'

/** Refuses an unknown or ambiguous login, a person past their end date, and a missing identity. Names no identity. */
export function subjectKnown({ at, request, access, action, directory, subject, markOf }: Context): Reason {
  if (request === null) return unjudged(rule, 'document-valid')
  const mark = markOf('/subject')
  if (directory === null) {
    const because = 'The directory of people cannot be read on the base branch.'
    return fails(rule, because, 'Ask an administrator to mend directory.yml.')
  }
  if (subject === null) {
    const because = `The directory names no one person with the login ${quoted(request.subject)}.`
    return fails(rule, because, `Check the spelling. ${ask}`, mark)
  }
  const { person, account } = subject
  const who = mention(account)
  if (person.untilAt !== undefined && !(at < person.untilAt)) {
    const because = `${who} may hold no access from ${instant(person.untilAt)} on.`
    return fails(rule, because, 'Ask an administrator whether the end date in directory.yml is right.', mark)
  }
  if (access === null && action === null) return unjudged(rule, 'clause-in-effect')
  // An action is done by the provider itself, for the subject.
  const providers = [...new Set((access ?? []).map(line => line.provider))]
  const missing = providers.filter(provider => (own(person.identities, provider) ?? '') === '')
  if (missing.length > 0) {
    const because = `The directory names no identity of ${who} at ${list(missing.map(name => plain(name)))}.`
    return fails(rule, because, ask, mark)
  }
  const end = person.untilAt === undefined ? '' : `, who may hold access until ${instant(person.untilAt)}`
  return holds(rule, `The subject is ${who}, account ${account.id}${end}.`)
}
