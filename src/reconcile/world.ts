// What every walk is given: the ports, and one open access repository with its ledger.
import type { Written } from '../act/written.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Entitlement } from '../model/entitlement.ts'
import type { Grant } from '../model/grant.ts'
import type { Clock, Json, Log } from '../model/ports.ts'
import type { Finding } from '../model/protection.ts'
import type { AmendmentRef } from '../model/record.ts'
import type { Provider } from '../providers/provider.ts'
import type { GitHub } from '../read/github.ts'
import type { Repository } from '../read/repository.ts'
import type { Turns } from './turns.ts'

/** Where an access repository is. The numeric id is who it is (attack #86). */
export interface Home {
  installation: number
  repository: { id: number; owner: string; name: string }
}

/** An access repository that is open for work. What is beside the ledger is a cache, and may be lost at any time. */
export interface AccessRepository {
  home: Home
  log: Log
  repository: Repository
  ledger: Ledger
  written: Written
  turns: Turns
  /** Merge commits whose pull request we know. */
  merges: Map<string, number>
  /** Open revert pull requests of ours, by branch; null until they were looked for. */
  reverts: Map<string, KnownRevert> | null
  /** What the last looks saw, for the status page. */
  seen: Seen
}

/** What was seen of a repository last; null: not yet by this process. */
export interface Seen {
  sweptAt: Date | null
  protection: { at: Date; findings: readonly Finding[] } | null
}

/** An open revert pull request; `made` says what its head removes from which tip, where we made it ourselves. */
export interface KnownRevert {
  pull: number
  made: { head: string; tip: string; paths: string } | null
}

/** A revert pull request that is open no more is not gone on with. */
export function forgetRevert(access: AccessRepository, number: number): void {
  for (const [branch, { pull }] of access.reverts ?? []) if (pull === number) access.reverts?.delete(branch)
}

/** Built by `app.ts`, and by the tests. */
export interface World {
  clock: Clock
  log: Log
  providers: ReadonlyMap<string, Provider>
  /**
   * Whether the operator named this repository as an access repository. In any other nothing is decided and nothing granted:
   * whoever may create a repository could else write a contract for themselves. What was granted before ends all the same.
   */
  serves(home: Home): boolean
  /** Opens an access repository, or gives the open one. */
  open(home: Home): Promise<AccessRepository>
  /** Octokit of one installation. */
  installation(id: number): Promise<GitHub>
  /** What is open by now, for the status page. */
  opened(): { installations: ReadonlyMap<number, GitHub>; repositories: readonly AccessRepository[] }
  /** GitHub as the app itself: its registration and its webhook. */
  asApp(): Promise<GitHub>
  /** Every installation of the app. */
  installations(): Promise<number[]>
}

/** "Look at this": what a walk asks the queue for. */
export interface Look {
  lane: 'revoke' | 'walk'
  key: string
  data: Json
}

/** What a walk answers: when to look again at its own key, and what else to look at now. */
export interface Outcome {
  wakeAt?: Date
  look?: Look[]
}

function at(home: Home): { installation: number; repository: { id: number; owner: string; name: string } } {
  return { installation: home.installation, repository: { ...home.repository } }
}

/** Look at one pull request. */
export function pullLook(home: Home, number: number): Look {
  return { lane: 'walk', key: `pull/${home.repository.id}/${number}`, data: { ...at(home), number } }
}

/** Look at what main did. */
export function mainLook(home: Home): Look {
  return { lane: 'walk', key: `main/${home.repository.id}`, data: at(home) }
}

/** Look at one access repository: first at what is open by the ledger, then all round. */
export function repositoryLook(home: Home): Look {
  return { lane: 'walk', key: `repository/${home.repository.id}`, data: at(home) }
}

/** Look all round in one access repository: what the sweep finds instead of a lost webhook. */
export function roundLook(home: Home): Look {
  return { lane: 'walk', key: `round/${home.repository.id}`, data: at(home) }
}

/** Look at the groups of main's merge queue. */
export function groupsLook(home: Home): Look {
  return { lane: 'walk', key: `groups/${home.repository.id}`, data: at(home) }
}

/** Look for ended requests and amendments whose file is still on main. */
export function endLook(home: Home): Look {
  return { lane: 'walk', key: `end/${home.repository.id}`, data: at(home) }
}

/** Look at the issues that the ledger owes. */
export function noticeLook(home: Home): Look {
  return { lane: 'walk', key: `notice/${home.repository.id}`, data: at(home) }
}

/** Look at one amendment: at its beginning and its end, what is agreed changes by time alone. */
export function amendmentLook(home: Home, ref: AmendmentRef): Look {
  return { lane: 'walk', key: `amendment/${home.repository.id}/${ref}`, data: { ...at(home), ref } }
}

/** Look at every repository of one installation. */
export function sweepLook(installation: number): Look {
  return { lane: 'walk', key: `sweep/${installation}`, data: { installation } }
}

/**
 * Look at one entitlement. The job carries all that a revocation needs, so that it can be done while GitHub is away;
 * `seq` is the ledger's at that time, so that another replica knows whether it must read further first.
 */
export function entitlementLook(
  home: Home,
  key: string,
  entitlement: Entitlement,
  grants: readonly Grant[],
  seq: number
): Look {
  const known = grants.map(grant => ({
    request: grant.request,
    notBefore: grant.notBefore.toISOString(),
    notAfter: (grant.endedAt ?? grant.notAfter).toISOString()
  }))
  return {
    lane: 'revoke',
    key: `entitlement/${home.repository.id}/${key}`,
    data: { ...at(home), key, entitlement: { ...entitlement }, grants: known, seq }
  }
}
