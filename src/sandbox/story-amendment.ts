// The demo's chapter on amendments: what the clause refuses, an amendment allows for a week, and no longer.
import { amendmentsOnMain, checks, comment, mergedBy, pullOf, pullState, query } from './stage.ts'
import type { Stage } from './stage.ts'
import { ask, termsAtLine } from './step.ts'
import type { Step } from './step.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const at = { owner: 'acme', repo: 'access' }
const id = 'migration-week'
const path = `amendments/payments-production/${id}.yml`
const night = { subject: 'monalisa', duration: '12h', reason: 'Move the ledger to its new cluster' } as const

/** C-read for twelve hours, from ten minutes on, for a week. */
function amendmentFile(stage: Stage): string {
  const from = stage.company.clock.now().getTime() + 10 * minuteMs
  const instant = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
  return [
    'apiVersion: addendum/v1',
    'kind: Amendment',
    `id: ${id}`,
    'contract: payments-production',
    `effective: {from: ${instant(from)}, until: ${instant(from + 7 * dayMs)}}`,
    'reason: Migration week',
    'changes:',
    '  - {amend: C-read, set: {duration: {default: 4h, max: 12h}}}',
    ''
  ].join('\n')
}

const amendments = async (stage: Stage): Promise<string> => (await amendmentsOnMain(stage)).length.toString()

/** The chapter, in order. */
export const amendmentChapter: Step[] = [
  {
    chapter: 'An amendment, for a week',
    name: 'monalisa asks for twelve hours; the clause allows eight',
    expected: 'terms failure at line 7, approvals in_progress',
    act: ask('night', { id: 'migration-night', ...night }, 'Read the ledger for a night'),
    observe: stage => termsAtLine(stage, 'night')
  },
  {
    name: 'octocat proposes to extend it to twelve hours, for a week',
    expected: 'terms success, approvals in_progress',
    act: async stage => {
      const title = 'Extend C-read for the migration week'
      stage.pulls.set('week', await stage.cast.octocat.propose(path, amendmentFile(stage), title))
    },
    observe: stage => checks(stage, 'week'),
    // The comment and the statement come after the checks.
    show: async stage => {
      await stage.quiet()
      return await comment(stage, 'week')
    }
  },
  {
    name: 'mona, who owns the contract and its clause, approves',
    expected: 'merged by addendum[bot]',
    act: async stage => {
      // Nobody reads so fast: an approval within the second of what it is for would not count.
      stage.company.advance(minuteMs)
      await stage.cast.mona.approve(pullOf(stage, 'week'))
    },
    observe: stage => pullState(stage, 'week')
  },
  {
    name: 'the week begins: nobody touches her request, and its terms hold',
    expected: 'terms success, approvals in_progress',
    act: async stage => {
      await stage.quiet()
      stage.company.advance(11 * minuteMs)
    },
    observe: stage => checks(stage, 'night')
  },
  {
    name: 'mona approves the twelve hours',
    expected: 'merged by addendum[bot]; works (42 rows)',
    act: async stage => {
      // As above: the clause changed under the request, and the app has just said how it stands.
      await stage.quiet()
      stage.company.advance(minuteMs)
      await stage.cast.mona.approve(pullOf(stage, 'night'))
    },
    observe: async stage => `${await pullState(stage, 'night')}; ${await query(stage, 'monalisa')}`
  },
  {
    name: 'a week passes: the amendment lapses, and its file leaves main',
    expected: `0 amendments on main, taken out by addendum[bot]; refused (42501)`,
    act: async stage => {
      // A day at a time, so that the ledger shows a heartbeat of each.
      for (let day = 0; day < 7; day += 1) {
        await stage.quiet()
        stage.company.advance(dayMs + 10 * minuteMs)
      }
    },
    observe: async stage => {
      const by = await mergedBy(stage, `End ${id}`)
      return `${await amendments(stage)} amendments on main, taken out by ${by}; ${await query(stage, 'monalisa')}`
    }
  },
  {
    name: 'the clause is back at eight hours',
    expected: 'terms failure at line 7, approvals in_progress',
    act: ask('again', { id: 'migration-again', ...night }, 'Read the ledger for another night'),
    observe: stage => termsAtLine(stage, 'again')
  },
  {
    name: 'she withdraws it',
    expected: 'closed',
    act: async stage => {
      await stage.cast.monalisa.github.pulls.update({ ...at, pull_number: pullOf(stage, 'again'), state: 'closed' })
    },
    observe: stage => pullState(stage, 'again')
  }
]
