import { describe, expect, test } from 'vitest'
import { decideDocuments } from '../../src/decide/documents.ts'
import type { DocumentsFacts } from '../../src/model/facts.ts'
import { facts, failedOf, hubot, known, mona, monalisa, octocat, pull, review, unknown } from './facts.ts'

function documents(over: Partial<DocumentsFacts> = {}): DocumentsFacts {
  const { contract: _contract, ...rules } = facts({
    codeowners: '/contracts/ @acme/payments-leads\n/directory.yml @acme/sre\n'
  }).rules
  const { now, repository, commits, pushers, unknownPushes, dismissals, teams, users, permissions } = facts()
  return {
    now,
    repository,
    pull: pull(),
    commits,
    pushers,
    unknownPushes,
    dismissals,
    reviews: known([review(mona)]),
    teams,
    users,
    permissions,
    rules,
    paths: ['contracts/payments-production.yml'],
    overtaken: [],
    ...over
  }
}

describe('a pull request that changes the rules', () => {
  test('holds when an owner of every path approved this content', () => {
    const decision = decideDocuments(documents())
    expect([decision.outcome, failedOf(decision)]).toEqual(['allow', []])
    expect(decision.stages).toMatchObject([{ count: 1, missing: 0, approvedBy: [{ id: mona.id }] }])
  })

  test('has nothing to approve where no path is ours', () => {
    expect(decideDocuments(documents({ paths: [] }))).toEqual({ outcome: 'allow', reasons: [], stages: [] })
  })

  test('waits for the owners of each path; one person may own several', () => {
    const paths = ['directory.yml', 'contracts/payments-production.yml']
    expect(decideDocuments(documents({ paths })).outcome).toBe('allow')
    const only = decideDocuments(documents({ paths, reviews: known([review(monalisa)]) }))
    expect([only.outcome, failedOf(only)]).toEqual(['wait', ['approved']])
    expect(only.stages.map(stage => stage.missing).sort()).toEqual([0, 1])
    const both = [review(monalisa), review(hubot)]
    expect(decideDocuments(documents({ paths, reviews: known(both) })).outcome).toBe('allow')
  })

  test('is not approved by its author, by a stranger, or on another commit', () => {
    for (const one of [review(octocat), review(hubot), review(mona, { commit: 'b'.repeat(40) })]) {
      expect(failedOf(decideDocuments(documents({ reviews: known([one]) })))).toContain('approved')
    }
  })

  test('is refused where owners or reviews are not known, and from a fork', () => {
    expect(decideDocuments(documents({ paths: ['policies/x.yml'] })).outcome).toBe('refuse')
    expect(decideDocuments(documents({ reviews: unknown })).outcome).toBe('refuse')
    const fork = pull({ head: { sha: 'a'.repeat(40), ref: 'x', sameRepository: false } })
    expect(failedOf(decideDocuments(documents({ pull: fork })))).toContain('same-repository')
  })

  test('is refused where main has changed one of the files meanwhile', () => {
    const decision = decideDocuments(documents({ overtaken: ['contracts/payments-production.yml'] }))
    expect([decision.outcome, failedOf(decision)]).toEqual(['refuse', ['branch-current']])
  })

  test('says the same whatever the order of paths', () => {
    const paths = ['directory.yml', 'contracts/payments-production.yml']
    expect(decideDocuments(documents({ paths }))).toEqual(decideDocuments(documents({ paths: paths.toReversed() })))
  })
})
