// What the rules about any added document look at: the facts, and what follows from them, computed once.
import type { Stage } from '../model/contract.ts'
import type { Mark } from '../model/decision.ts'
import type { Directory } from '../model/directory.ts'
import type { Account, ProposalFacts, Review } from '../model/facts.ts'
import { defaultSettings } from '../model/settings.ts'
import type { Settings } from '../model/settings.ts'
import type { Statement } from '../model/statement.ts'
import { countBallot } from './ballot/ballot.ts'
import type { Ballot } from './ballot/ballot.ts'
import { bindingOf } from './ballot/binding.ts'
import { electorateOf } from './ballot/electorate.ts'
import type { Electorate } from './ballot/electorate.ts'
import { latestOpinions, standingVetoes } from './ballot/opinions.ts'
import { ownedBy } from './ballot/owners.ts'
import type { Owned } from './ballot/owners.ts'
import { unlike } from './ballot/standing.ts'
import { fitness, hasStrangers, involvementOf, personKeys } from './ballot/persons.ts'
import type { Involvement, PersonKey } from './ballot/persons.ts'

/** What every document that belongs to a contract says of itself. */
export interface Named {
  id: string
  contract: string
}

/** Stages that are all needed, each from people of its own. Who approved may count again at another gate. */
export type Gate = readonly Stage[]

/** Facts and what follows from them. A null is what is missing; a rule that needs it does not hold (S6). */
export interface Proposal {
  kind: 'request' | 'amendment'
  facts: ProposalFacts<Named>
  /** The file, where it parses. */
  document: Named | null
  /** The place of a JSON pointer in the file. */
  markOf(pointer: string): Mark | undefined
  directory: Directory | null
  /** Null where the settings on the base branch cannot be read. */
  settings: Settings | null
  owned: Owned
  personOf: PersonKey
  involvement: Involvement
  /** The stages of all gates with the people who may approve in them; empty where there are none. */
  stages: { count: number; gate: number; electorate: Electorate }[]
  /** How each clause stands that is approved; null where there is nothing to approve yet. */
  standing: Record<string, string> | null
  /** How they stood for a review, by the app's word then. */
  statedFor(review: Review): Statement | undefined
  ballot: Ballot
}

/** `unstated`: whether an approval counts where the app has not said yet how the clauses stand. */
interface Terms extends Partial<Pick<Proposal, 'standing' | 'statedFor'>> {
  gates: readonly Gate[]
  subject: Account | null
  unstated?: boolean
}

/**
 * Computes it, for the gates that approvals must pass and the terms that they must have been given for. Total: whatever
 * the facts are, it gives one.
 */
export function proposalOf(
  kind: Proposal['kind'],
  facts: ProposalFacts<Named>,
  { gates, subject, standing = null, statedFor = () => undefined, unstated = false }: Terms
): Proposal {
  const { file, rules } = facts
  const directory = directoryOf(facts)
  const owned = ownedBy({ codeowners: rules.codeowners, teams: facts.teams, users: facts.users }, file?.path ?? '')
  const settings = settingsOf(facts)
  const personOf = personKeys(directory)
  const involvement = involvementOf(personOf, {
    subject,
    author: facts.pull.author,
    pushers: facts.pushers,
    unknownPushes: facts.unknownPushes,
    commits: facts.commits.known ? facts.commits.value : []
  })
  const stages = gates.flatMap((gate, index) => stagesOf(gate, index, { involvement, owned, facts }))
  const ballot = countBallot({
    opinions: facts.reviews.known ? latestOpinions(facts.reviews.value) : [],
    vetoes: facts.reviews.known ? standingVetoes(facts.reviews.value, facts.dismissals, personOf) : [],
    stages,
    personOf,
    unfit: fitness(directory, facts.now),
    involved: involvement.byPerson,
    permissions: facts.permissions,
    isBound: bindingOf(facts, settings),
    isCurrent: review => {
      const statement = statedFor(review)
      if (standing === null || (statement === undefined && unstated)) return true
      return unlike(statement, standing).length === 0
    }
  })
  const markOf = (pointer: string): Mark | undefined =>
    file?.parsed.ok === true ? { path: file.path, ...file.parsed.lines(pointer) } : undefined
  const document = file?.parsed.ok === true ? file.parsed.value : null
  const people = { owned, personOf, involvement, stages, standing, statedFor, ballot }
  return { kind, facts, document, markOf, directory, settings, ...people }
}

/** The directory of the rules' commit, where it can be read. */
export function directoryOf({ rules }: Pick<ProposalFacts<Named>, 'rules'>): Directory | null {
  return rules.directory.parsed?.ok === true ? rules.directory.parsed.value : null
}

// Absent settings are the defaults; settings that cannot be read are not.
function settingsOf({ rules }: ProposalFacts<Named>): Settings | null {
  const { parsed } = rules.settings
  if (parsed === null) return defaultSettings
  return parsed.ok ? parsed.value : null
}

// A commit or a push of somebody whom nobody knows costs one more approval, in each gate's first stage (attack #5).
function stagesOf(
  gate: Gate,
  index: number,
  { involvement, owned, facts }: Pick<Proposal, 'involvement' | 'owned' | 'facts'>
): Proposal['stages'] {
  return gate.map((stage, position) => ({
    count: Math.max(1, stage.count) + (position === 0 && hasStrangers(involvement) ? 1 : 0),
    gate: index,
    electorate: electorateOf(stage.from, owned, facts)
  }))
}
