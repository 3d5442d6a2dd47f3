// Beside `request` and `doctor`: asks a person at a terminal, with what the contracts allow in view.
import { cancel, confirm, select, text } from '@clack/prompts'
import type { Contract } from '../model/contract.ts'
import { formatDuration, parseDuration } from '../model/duration.ts'
import { inputRuleName } from '../model/inputs.ts'
import { isLogin } from '../model/principal.ts'
import { ticketMatches } from '../model/ticket-pattern.ts'
import { UsageError } from './output.ts'
import { clauseGives } from './relation.ts'
import type { RequestAnswers } from './request.ts'

/** Completes `given`. Asks nothing that was given; throws a `UsageError` where the person breaks off. */
export async function askRequest(given: RequestAnswers, contracts: readonly Contract[]): Promise<RequestAnswers> {
  const contractId =
    given.contract ??
    (await ofMany(
      'Which contract?',
      contracts.map(one => [one.id, one.title])
    ))
  const contract = contracts.find(one => one.id === contractId)
  if (contract === undefined) return { ...given, contract: contractId }
  const titled = Object.entries(contract.clauses)
  const clauses = titled.map(([id, one]) => [id, `${one.title} (${clauseGives(one)})`] as const)
  const clauseId = given.clause ?? (await ofMany('Which clause?', clauses))
  const clause = Object.hasOwn(contract.clauses, clauseId) ? contract.clauses[clauseId] : undefined
  const subject = given.subject ?? (await line('Who needs it (GitHub login)?', 'octocat', loginProblem))
  const answers: RequestAnswers = { ...given, contract: contractId, clause: clauseId, subject }
  const { duration, conditions } = clause ?? {}
  if (answers.duration === undefined && duration !== undefined) {
    const hint = `${formatDuration(duration.defaultSeconds)}, ${formatDuration(duration.maxSeconds)} at most`
    const said = await line(`For how long (${hint})?`, formatDuration(duration.defaultSeconds), value =>
      value === '' ? undefined : durationProblem(value, duration.maxSeconds)
    )
    if (said !== '') answers.duration = said
  }
  answers.reason ??= await line('Why?', 'Investigate duplicate refunds', value =>
    value.trim().length < 10 ? 'Say it in a sentence: ten characters at least.' : undefined
  )
  const ticket = conditions?.ticket
  if (ticket !== undefined && answers.ticket === undefined) {
    answers.ticket = await line(`Which ticket (${ticket})?`, '', value =>
      ticketMatches(ticket, value) ? undefined : `The clause needs one that matches ${ticket}.`
    )
  }
  const taken = Object.entries(clause?.action?.inputs ?? {})
  if (taken.length > 0 && answers.input === undefined) {
    answers.input = []
    for (const [name, rule] of taken) {
      const value =
        rule.kind === 'enum'
          ? await ofMany(
              `${name}?`,
              rule.values.map(one => [String(one), ''])
            )
          : await line(`${name} (${inputRuleName(rule, text => text)})?`, '', () => undefined)
      answers.input.push(`${name}=${value}`)
    }
  }
  return answers
}

/** Asks before something is written; the answer that comes first is no. */
export async function askConfirm(question: string): Promise<boolean> {
  const answer = await confirm({ message: question, initialValue: false })
  return answer === true
}

function loginProblem(value: string): string | undefined {
  return isLogin(value) ? undefined : 'A GitHub login, without @.'
}

function durationProblem(value: string, maxSeconds: number): string | undefined {
  const seconds = parseDuration(value)
  if (seconds === undefined) return 'Write it as 2h, 90m or 1d.'
  return seconds > maxSeconds ? `${formatDuration(maxSeconds)} at most.` : undefined
}

type Problem = (value: string) => string | undefined

async function line(message: string, placeholder: string, problem: Problem): Promise<string> {
  return answered(await text({ message, placeholder, validate: value => problem(value ?? '') }))
}

async function ofMany(message: string, options: readonly (readonly [string, string])[]): Promise<string> {
  return answered(await select({ message, options: options.map(([value, hint]) => ({ value, label: value, hint })) }))
}

function answered(answer: string | symbol | undefined): string {
  if (typeof answer !== 'symbol') return answer ?? ''
  cancel('Nothing was written.')
  throw new UsageError('Broken off.')
}
