// The digests of a decision and of everything that it read, so that an auditor can check what it was made from.
import type { Contract } from '../model/contract.ts'
import type { Decision } from '../model/decision.ts'
import { canonicalJson, digestOf } from '../model/digest.ts'
import type { ProposalFacts } from '../model/facts.ts'
import type { InputDigests } from '../model/record.ts'

/**
 * Digests of the facts; a document that is not there has the empty string (settings and policy: null). `people` is
 * over reviews and their dismissals, commits, teams, users, permissions, pushers and the author, each list sorted, so
 * that the order in which GitHub answered does not count; `besides` is digested with them.
 */
export function inputsOf(facts: ProposalFacts<unknown>, contract: Contract | null, besides: object = {}): InputDigests {
  const { rules, pull } = facts
  return {
    base: rules.commit,
    head: pull.head.sha,
    request: facts.file?.sha ?? '',
    contract: rules.contract.blob ?? '',
    effective: contract === null ? '' : effectiveDigest(contract),
    directory: rules.directory.blob ?? '',
    codeowners: rules.codeowners.blob ?? '',
    settings: rules.settings.blob,
    policy: facts.policies.length === 0 ? null : digestOf(facts.policies.map(({ path, blob }) => ({ path, blob }))),
    people: digestOf(sorted(plainData({ ...peopleOf(facts), ...besides })))
  }
}

/** `sha256:…` over the canonical JSON of the effective contract, its instants written as RFC 3339 with milliseconds. */
export function effectiveDigest(contract: Contract): `sha256:${string}` {
  return digestOf(plainData(contract))
}

/** `sha256:…` over the canonical JSON of terms: of a clause, what an amendment's `expects` names. Never throws. */
export function termsDigest(terms: unknown): `sha256:${string}` {
  return digestOf(plainData(terms))
}

/** `sha256:…` over the canonical JSON of the whole decision, its instants written as above. */
export function decisionDigest(decision: Decision): string {
  return digestOf(plainData(decision))
}

function peopleOf(facts: ProposalFacts<unknown>): object {
  const { reviews, dismissals, commits, reviewed, teams, users, permissions, pushers, unknownPushes, pull } = facts
  const people = { teams, users, permissions, pushers, unknownPushes, author: pull.author }
  return { reviews, dismissals, commits, reviewed, ...people }
}

// What RFC 8785 takes: instants as text, and every string well-formed, so that no fact can make a digest throw.
function plainData(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Date) return value.toJSON()
  if (Array.isArray(value)) return value.map(plainData)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), plainData(member)]))
}

// A commit's parents are in an order that means something; they are sorted too, since only who is involved is digested.
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const rows = value.map(sorted).map(member => ({ member, json: canonicalJson(member) }))
    return rows.sort((a, b) => (a.json < b.json ? -1 : a.json > b.json ? 1 : 0)).map(row => row.member)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, sorted(member)]))
}
