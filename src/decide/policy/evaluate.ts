// What the policies say of one request, amendment or contract: rule by rule, toxic combinations and limits after them.
import { formatDuration } from '../../model/duration.ts'
import type { Known, RecentGrant } from '../../model/facts.ts'
import type { PolicyLimits, PolicySubject, ToxicCombination } from '../../model/policy.ts'
import { evaluate } from '../cel/compile.ts'
import type { CelRecord } from '../cel/types.ts'
import type { BrokenPolicy, CompiledPolicy, CompiledRule } from './compile.ts'
import { againAt, countsTowards, rateName } from './rate.ts'

/** What is judged: its variables (`variables.ts`); for a request, how many its author has open and its subject was granted. */
export type Judged =
  | { on: 'request'; variables: CelRecord; openRequests: Known<number>; recentGrants: readonly RecentGrant[] }
  | { on: Exclude<PolicySubject, 'request'>; variables: CelRecord }

/** What one rule says. */
export interface PolicyResult {
  /** Its policy's id; of one that cannot be read, its path. */
  policy: string
  /** Its id; `limits` for a limit, `policy` for a policy that cannot be read. */
  rule: string
  verdict: 'passes' | 'denies' | 'warns'
  /** The policy's own sentence. */
  because: string
  /** Why it could not be told; it then denies (S6). */
  error?: string
  /** Whether its `when` held, and what its test said; undefined where it was not asked or could not be told. */
  applied: boolean
  truth?: boolean
  /** Time alone may change it. */
  clock: boolean
  /** It denies until then, and no longer: what only time stands in the way of. */
  againAt?: Date
}

/** Every rule of every policy that is on it. Default is deny: what cannot be read or evaluated refuses. */
export function evaluatePolicies(policies: readonly (CompiledPolicy | BrokenPolicy)[], judged: Judged): PolicyResult[] {
  const results: PolicyResult[] = []
  for (const policy of policies) {
    if (!('policy' in policy)) {
      if (policy.on.has(judged.on)) results.push(ofBroken(policy))
      continue
    }
    const { id, never, limits } = policy.policy
    for (const rule of policy.rules[judged.on]) results.push(ofRule(id, rule, judged.variables))
    if (judged.on === 'request') {
      for (const combination of never) results.push(ofCombination(id, combination, judged.variables))
    }
    results.push(...ofLimits(id, limits, judged))
  }
  return results
}

function ofBroken({ path, problem }: BrokenPolicy): PolicyResult {
  const because = 'A policy cannot be read, and so nothing that it is on is allowed.'
  return { policy: path, rule: 'policy', verdict: 'denies', because, error: problem, applied: true, clock: false }
}

// Written out without spreads: this is what a decision spends its time on (bench/decide.ts).
function ofRule(policy: string, { rule, when, test, clock: reads }: CompiledRule, variables: CelRecord): PolicyResult {
  const { id, because, effect } = rule
  let clock = reads.when
  if (when !== null) {
    const applies = evaluate(when, variables)
    if (applies.because !== undefined) {
      return { policy, rule: id, verdict: 'denies', because, error: applies.because, applied: false, clock }
    }
    if (!applies.holds) return { policy, rule: id, verdict: 'passes', because, applied: false, clock }
  }
  clock ||= reads.test
  const said = evaluate(test, variables)
  if (said.because !== undefined) {
    return { policy, rule: id, verdict: 'denies', because, error: said.because, applied: true, clock }
  }
  const against = said.holds === (effect !== 'require')
  const verdict = !against ? 'passes' : effect === 'warn' ? 'warns' : 'denies'
  return { policy, rule: id, verdict, because, applied: true, truth: said.holds, clock }
}

function ofCombination(policy: string, { id, of, because }: ToxicCombination, variables: CelRecord): PolicyResult {
  const { request, subject } = variables as { request: CelRecord; subject: CelRecord }
  const named = ({ contract, clause }: CelRecord): number =>
    of.findIndex(one => one.contract === contract && one.clause === clause)
  const asked = named(request)
  const held = subject['holdings'] as readonly CelRecord[]
  // The same clause twice is no combination: it is one of the two.
  const truth = asked >= 0 && held.some(holding => named(holding) >= 0 && named(holding) !== asked)
  return { policy, rule: id, verdict: truth ? 'denies' : 'passes', because, applied: asked >= 0, truth, clock: false }
}

function ofLimits(policy: string, limits: PolicyLimits, judged: Judged): PolicyResult[] {
  const { maxSeconds, liveGrants, openRequests, grants = [] } = limits
  const results: PolicyResult[] = []
  const base = { policy, rule: 'limits', applied: true, clock: false }
  const add = (because: string, holds: boolean, error?: string): void => {
    results.push({ ...base, because, verdict: holds ? 'passes' : 'denies', ...(error === undefined ? {} : { error }) })
  }
  if (maxSeconds !== undefined) {
    const durations = durationsOf(judged)
    add(
      `Nothing lasts longer than ${formatDuration(maxSeconds)}.`,
      durations.every(ms => ms <= maxSeconds * 1_000)
    )
  }
  if (judged.on !== 'request') return results
  const { holdings } = judged.variables['subject'] as CelRecord
  if (liveGrants !== undefined) {
    add(`Nobody holds more than ${liveGrants} at once.`, (holdings as readonly unknown[]).length < liveGrants)
  }
  if (openRequests !== undefined) {
    const open = judged.openRequests
    const because = `Nobody has more than ${openRequests} open pull requests.`
    if (open.known) add(because, open.value <= openRequests)
    else add(because, false, open.because)
  }
  const { now, request } = judged.variables as { now: number; request: { contract: string; clause: string } }
  for (const rate of grants.filter(one => countsTowards(one, request))) {
    const until = againAt(rate, judged.recentGrants, now)
    const said = { ...base, because: rateName(rate) }
    results.push(until === null ? { ...said, verdict: 'passes' } : { ...said, verdict: 'denies', againAt: until })
  }
  return results
}

// A clause that promises more than may be granted would be refused at each request; better at its own pull request.
function durationsOf({ on, variables }: Judged): number[] {
  if (on === 'request') return [(variables['request'] as CelRecord)['duration'] as number]
  return (variables['clauses'] as readonly CelRecord[]).map(clause => clause['duration'] as number)
}
