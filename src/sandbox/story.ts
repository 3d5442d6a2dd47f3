// The demo's story: what each person does, and what GitHub, PostgreSQL and git must show then. Addendum's own word is never asked.
import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { amendmentChapter } from './story-amendment.ts'
import {
  bareRepository,
  checks,
  comment,
  grantRecorded,
  openPulls,
  pullOf,
  pullState,
  query,
  requestsOnMain,
  seen,
  teamMembers
} from './stage.ts'
import type { Stage } from './stage.ts'
import { ask, pathOf, termsAtLine } from './step.ts'
import type { Step } from './step.ts'

const run = promisify(execFile)
const hourMs = 3_600_000
const at = { owner: 'acme', repo: 'access' }

const onMain = async (stage: Stage): Promise<string> =>
  (await requestsOnMain(stage)).map(path => path.split('/').at(-1)).join(', ') || 'nothing'

/** The whole story, in order. */
export const story: Step[] = [
  {
    chapter: 'Nobody has standing access',
    name: "octocat's query on the payments database",
    expected: 'refused (42501)',
    observe: stage => query(stage, 'octocat')
  },
  {
    chapter: 'A request that no clause allows',
    name: 'monalisa asks for three days; the clause allows eight hours',
    expected: 'terms failure at line 7, approvals in_progress',
    act: ask(
      'long',
      { id: '2026-11-22-monalisa-long', subject: 'monalisa', duration: '3d', reason: 'Compare a quarter of refunds' },
      'Read the ledger for three days'
    ),
    observe: stage => termsAtLine(stage, 'long')
  },
  {
    name: 'she withdraws it',
    expected: 'closed, nothing on main',
    act: async stage => {
      await stage.cast.monalisa.github.pulls.update({ ...at, pull_number: pullOf(stage, 'long'), state: 'closed' })
    },
    observe: async stage => `${await pullState(stage, 'long')}, ${await onMain(stage)} on main`
  },
  {
    chapter: 'From pull request to access',
    name: 'octocat asks to read the ledger database for two hours',
    expected: 'terms success, approvals in_progress',
    act: ask(
      'first',
      { id: '2026-11-22-octocat-refunds', subject: 'octocat', duration: '2h', reason: 'Investigate duplicate refunds' },
      'Read the ledger for refunds'
    ),
    observe: stage => checks(stage, 'first'),
    show: stage => comment(stage, 'first')
  },
  {
    name: 'octocat tries to approve for himself',
    expected: 'GitHub answers 422; approvals in_progress',
    observe: async stage => {
      const status = await stage.cast.octocat.approve(pullOf(stage, 'first')).then(
        () => 200,
        (error: { status?: number }) => error.status ?? 0
      )
      return `GitHub answers ${status}; ${(await checks(stage, 'first')).split(', ')[1]}`
    }
  },
  {
    name: 'monalisa approves, and owns nothing here',
    expected: 'terms success, approvals in_progress; open',
    act: async stage => {
      await stage.cast.monalisa.approve(pullOf(stage, 'first'))
      await stage.quiet()
    },
    observe: async stage => `${await checks(stage, 'first')}; ${await pullState(stage, 'first')}`
  },
  {
    name: 'mona, of the payments leads, approves',
    expected: 'merged by addendum[bot]',
    act: stage => stage.cast.mona.approve(pullOf(stage, 'first')),
    observe: stage => pullState(stage, 'first')
  },
  { name: "octocat's query", expected: 'works (42 rows)', observe: stage => query(stage, 'octocat') },
  {
    name: 'octocat opens a session and leaves a cursor open',
    expected: 'alive',
    act: async stage => {
      stage.sessions.set('octocat', await stage.company.database.session('octocat'))
    },
    observe: async stage => (await stage.sessions.get('octocat')?.state()) ?? 'none'
  },
  {
    chapter: 'Two requests overlap',
    name: 'octocat asks for four hours more, and mona approves',
    expected: 'merged by addendum[bot]',
    act: async stage => {
      await ask(
        'second',
        { id: '2026-11-22-octocat-chargebacks', subject: 'octocat', duration: '4h', reason: 'Follow the chargebacks' },
        'Read the ledger for chargebacks'
      )(stage)
      await stage.cast.mona.approve(pullOf(stage, 'second'))
    },
    observe: stage => pullState(stage, 'second')
  },
  {
    name: 'two hours pass: the first ends, and its file leaves main',
    expected: '2026-11-22-octocat-chargebacks.yml on main',
    act: async stage => {
      // Without it on the ledger, a killed app would begin the second only after the first has ended.
      await seen('recorded', () => grantRecorded(stage, 'second'), 60_000)
      await stage.quiet()
      stage.company.advance(2 * hourMs + 60_000)
    },
    observe: async stage => `${await onMain(stage)} on main`
  },
  {
    name: 'what the second carries is left in place, session and all',
    expected: 'works (42 rows); session alive',
    act: stage => stage.quiet(),
    observe: async stage => `${await query(stage, 'octocat')}; session ${await stage.sessions.get('octocat')?.state()}`
  },
  {
    chapter: 'Done early',
    name: 'octocat deletes the file of the second by pull request',
    expected: 'merged by addendum[bot]',
    act: async stage => {
      stage.pulls.set(
        'early',
        await stage.cast.octocat.remove(pathOf('2026-11-22-octocat-chargebacks'), 'Done with the chargebacks')
      )
    },
    observe: stage => pullState(stage, 'early')
  },
  {
    name: 'the access ends, and the open session with it',
    expected: 'refused (42501); session ended (57P01)',
    observe: async stage => `${await query(stage, 'octocat')}; session ${await stage.sessions.get('octocat')?.state()}`
  },
  {
    chapter: 'Another system, the same agreement',
    name: 'monalisa asks to join the on-call team on GitHub for eight hours, and lisa of security approves',
    expected: 'merged by addendum[bot]; on-call: monalisa',
    act: async stage => {
      const contract = { contract: 'platform-tools', clause: 'C-on-call' }
      await ask(
        'on-call',
        {
          id: '2026-11-22-monalisa-shift',
          subject: 'monalisa',
          duration: '8h',
          reason: 'The night shift of this week',
          ...contract
        },
        'Be on call tonight'
      )(stage)
      await stage.cast.lisa.approve(pullOf(stage, 'on-call'))
    },
    observe: async stage => `${await pullState(stage, 'on-call')}; on-call: ${await teamMembers(stage, 'on-call')}`
  },
  {
    name: 'eight hours pass',
    expected: 'on-call: nobody; nothing on main',
    act: async stage => {
      await stage.quiet()
      stage.company.advance(8 * hourMs + 60_000)
    },
    observe: async stage => `on-call: ${await teamMembers(stage, 'on-call')}; ${await onMain(stage)} on main`
  },
  {
    chapter: 'Addendum dies, and its data is deleted',
    name: 'monalisa gets an hour, approved by mona',
    expected: 'merged by addendum[bot]; works (42 rows)',
    act: async stage => {
      await ask(
        'third',
        { id: '2026-11-22-monalisa-audit', subject: 'monalisa', duration: '1h', reason: 'Answer the auditors' },
        'Read the ledger for the audit'
      )(stage)
      await stage.cast.mona.approve(pullOf(stage, 'third'))
    },
    observe: async stage => `${await pullState(stage, 'third')}; ${await query(stage, 'monalisa')}`
  },
  {
    name: 'killed, its data directory deleted; an hour passes, and nobody is there to end it',
    expected: 'works (42 rows)',
    act: async stage => {
      await stage.quiet()
      await stage.company.app.kill({ wipe: true })
      stage.company.advance(hourMs + 60_000)
    },
    observe: stage => query(stage, 'monalisa')
  },
  {
    name: 'started again, it finds everything in git and ends what is over',
    expected: 'refused (42501); nothing on main',
    act: stage => stage.company.app.start(),
    observe: async stage => `${await query(stage, 'monalisa')}; ${await onMain(stage)} on main`
  },
  ...amendmentChapter,
  {
    chapter: 'What an auditor has',
    name: 'nobody holds anything, and no pull request is open',
    expected: 'members: none; open: none',
    act: stage => stage.quiet(),
    observe: async stage =>
      `members: ${(await stage.company.database.members()).join(', ') || 'none'}; open: ${(await openPulls(stage)).join(', ') || 'none'}`
  },
  {
    name: 'a plain git clone, and `addendum verify` on it, offline',
    expected: 'exit 0',
    observe: async stage => {
      await rm(stage.clone, { recursive: true, force: true })
      await run('git', ['clone', '--quiet', bareRepository(stage), stage.clone])
      return `exit ${await verify(stage.clone)}`
    }
  },
  {
    name: 'one byte of one record is changed in the clone',
    expected: 'exit 1',
    observe: async stage => {
      await falsify(stage.clone)
      return `exit ${await verify(stage.clone)}`
    }
  }
]

const launcher = new URL('../addendum.mjs', import.meta.url).pathname

async function verify(directory: string): Promise<number> {
  return await run(process.execPath, [launcher, 'verify', directory]).then(
    () => 0,
    (error: { code?: number }) => error.code ?? -1
  )
}

/** Rewrites the newest segment of the clone's ledger with one byte changed, as somebody with push access might. */
async function falsify(clone: string): Promise<void> {
  const git = async (...args: string[]): Promise<string> => {
    const who = [
      '-c',
      'user.name=nobody',
      '-c',
      'user.email=nobody@users.noreply.github.com',
      '-c',
      'commit.gpgsign=false'
    ]
    return (await run('git', ['-C', clone, ...who, ...args])).stdout.trim()
  }
  const branch =
    (await git('for-each-ref', '--format=%(refname:short)', 'refs/remotes/origin/ledger')).split('\n')[0] ?? ''
  const segments = (await git('ls-tree', '-r', '--name-only', branch))
    .split('\n')
    .filter(path => path.endsWith('.jsonl'))
  const path = segments.at(-1) ?? ''
  await git('checkout', '--quiet', '--detach', branch)
  const text = await readFile(`${clone}/${path}`, 'utf8')
  await writeFile(`${clone}/${path}`, text.replace('"seq":', '"seQ":'))
  await git('commit', '--quiet', '--all', '-m', 'Nothing to see here')
  await git('update-ref', `refs/remotes/${branch}`, 'HEAD')
}
