// Nothing that a pull request holds leaves its code span (attack #76): only what we wrote is alive, whatever it says.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lifeComment } from '../../src/act/life.ts'
import { code, fenced, prose, sentence } from '../../src/act/markdown.ts'
import { proposalComment } from '../../src/act/proposal.ts'
import { removalActions } from '../../src/act/removal.ts'
import { headingOf, summaryOf } from '../../src/act/summary.ts'
import { decide } from '../../src/decide/decide.ts'
import { mention, plain, quoted } from '../../src/decide/wording.ts'
import type { RequestState } from '../../src/ledger/request-state.ts'
import type { RemovalDecision } from '../../src/model/decision.ts'
import type { RemovalFacts, RequestFacts } from '../../src/model/facts.ts'
import { quoted as quotedValue } from '../../src/model/problem.ts'
import { clause, contract, facts, request } from '../decide/facts.ts'
import { bounded, cases, hostile, patience } from './cases.ts'
import { alive, liveText } from './live-text.ts'

const runs = { numRuns: cases }
/** Whole comments cost more: decisions are made for them. */
const fewer = { numRuns: Math.ceil(cases / 10) }

test('a code span holds any text, on one line', patience, () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 600 }), (text, longest) => {
      const span = bounded(() => code(text, longest))
      expect(liveText(span)).toMatch(/^(␣|_nothing_)$/)
      expect(liveText(`- a ${span} b ${span}`)).toMatch(/^- a (␣|_nothing_) b (␣|_nothing_)$/)
    }),
    runs
  )
})

test('prose does nothing, whatever it says', patience, () => {
  fc.assert(
    fc.property(hostile, text => void expect(alive(`  > ${bounded(() => prose(text))}`)).toEqual([])),
    runs
  )
})

test('a sentence does nothing but what it quotes, and a quotation ends where it ends', patience, () => {
  fc.assert(
    fc.property(hostile, hostile, (text, name) => {
      const said = bounded(() => sentence(`It asks ${quoted(text)} and ${quotedValue(name)}.`))
      expect(liveText(said)).toMatch(/^It asks (␣|_nothing_) and (␣|_nothing_)\.$/)
      // Also a sentence that quotes nothing that it should have quoted.
      expect(alive(bounded(() => sentence(`${plain(text)} ${mention({ login: name })} ${name}`)))).toEqual([])
    }),
    runs
  )
})

test('a fence holds any text', patience, () => {
  fc.assert(
    fc.property(hostile, text => {
      const block = bounded(() => fenced(text, 'yaml').join('\n'))
      expect(liveText(`before\n${block}\nafter`)).toBe('before\nafter')
    }),
    runs
  )
})

/** What of a comment is outside of code spans, each run of them and of nothing as one mark. */
const shapeOf = (markdown: string): string => liveText(markdown).replace(/_nothing_/g, '␣')

const now = new Date('2026-11-23T10:00:00Z')

test('the heading and the summary of a request are the same for every text in them', patience, () => {
  const render = (text: string): string => {
    const asked = {
      request: request({ subject: text, reason: text, ticket: text, clause: text }),
      contract: contract({ id: text }),
      clause: clause({
        title: 'Title',
        text: 'Text',
        controls: [text],
        access: [{ provider: text, resource: text, role: text }]
      }),
      amendedBy: { id: text, untilAt: null },
      durationSeconds: 60
    }
    return [headingOf(asked), ...summaryOf(asked, 'UTC')].join('\n')
  }
  const usual = shapeOf(render('usual'))
  fc.assert(
    fc.property(hostile, text => void expect(shapeOf(bounded(() => render(text)))).toBe(usual)),
    runs
  )
})

test('the comment about an open request is alive only where we wrote it', patience, () => {
  fc.assert(
    fc.property(hostile, hostile, (text, login) => {
      const given: RequestFacts = facts({
        file: {
          path: `requests/${text}/${login}.yml`,
          mode: '100644',
          sha: 'd'.repeat(40),
          text,
          parsed: {
            ok: true,
            value: request({ reason: text, ticket: text, subject: login, clause: text }),
            lines: () => ({ line: 1, column: 1, endLine: 1, endColumn: 2 })
          }
        }
      } as Partial<RequestFacts>)
      given.pull = { ...given.pull, author: { ...given.pull.author, login } }
      given.changes = {
        known: true,
        value: [
          { path: text, previousPath: login, status: 'renamed' },
          { path: login, previousPath: null, status: 'added' }
        ]
      }
      const decision = decide(given)
      expect(alive(bounded(() => proposalComment(given, decision)))).toEqual([])
    }),
    fewer
  )
})

test('the comment about an end is alive only where we wrote it', patience, () => {
  fc.assert(
    fc.property(hostile, hostile, (text, because) => {
      const given = { pull: facts().pull, removals: [{ path: text, request: null }] } as unknown as RemovalFacts
      const reasons = [
        { rule: 'may-remove' as const, holds: false, because: `${quoted(because)} ${because}`, todo: because }
      ]
      const decision = { outcome: 'refuse', reasons } as unknown as RemovalDecision
      for (const action of bounded(() => removalActions(given, decision))) {
        if (action.kind === 'comment') expect(alive(action.body)).toEqual([])
        if (action.kind === 'check') expect(alive(action.summary)).toEqual([])
      }
    }),
    runs
  )
})

test('the life of a request is told the same whoever has part in it', patience, () => {
  const render = (text: string): string => {
    const state = {
      request: text,
      pr: 7,
      outcome: 'allow',
      merge: text,
      failed: [],
      approvedBy: [3],
      revertedBy: { pr: null },
      removedAt: undefined,
      window: { notBefore: now, notAfter: new Date(now.getTime() + 3_600_000) },
      holdings: [
        {
          target: { key: text, provider: text, resource: text, role: text },
          doneAt: now,
          attempts: 2,
          ended: undefined
        }
      ]
    } as unknown as RequestState
    return lifeComment(state, { asked: null, zone: 'UTC', logins: new Map([[3, text]]), now }).body
  }
  const usual = shapeOf(render('usual'))
  fc.assert(
    fc.property(hostile, text => void expect(shapeOf(bounded(() => render(text)))).toBe(usual)),
    runs
  )
})
