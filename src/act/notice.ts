// What the issues say: of break-glass that must be reviewed, and of what came to main past the rules. Pure.
import type { RequestState } from '../ledger/request-state.ts'
import { accessName } from '../model/entitlement.ts'
import type { Notice } from './issue.ts'
import { code, item, sentence } from './markdown.ts'
import { instant } from './summary.ts'

/** The one deliberate mention: owners by the names that CODEOWNERS gives them, if they are names of GitHub at all. */
function mentions(owners: readonly string[]): string {
  const names = owners.filter(name => /^@[a-z0-9-]{1,100}(\/[a-z0-9._-]{1,100})?$/i.test(name))
  return [...new Set(names)].slice(0, 20).join(' ')
}

/** What the issue of one break-glass says. `refused`: why its last closing was no review. */
export interface ReviewTold {
  request: RequestState
  dueAt: Date
  overdue: boolean
  path: string
  owners: readonly string[]
  login: string
  zone: string
  labels: { ok: string; finding: string }
  refused: { because: string; todo: string } | null
}

/** By what the issue of a request's break-glass is found again. */
export function reviewKey({ request }: Pick<RequestState, 'request'>): string {
  return `break-glass ${request}`
}

/** The issue that asks for the review of break-glass. Nothing that a person wrote is in it but the name of the file. */
export function reviewNotice(told: ReviewTold): Notice {
  const { request, dueAt, overdue, zone, labels, refused } = told
  const access = request.holdings.map(({ target }) => code(accessName(target))).join(', ')
  const until = request.window === null ? '' : `, until ${instant(request.window.notAfter, zone)} at the latest`
  const due = instant(dueAt, zone)
  return {
    key: reviewKey(request),
    label: 'break-glass',
    title: `Break-glass by #${request.pr} must be reviewed`,
    body: [
      mentions(told.owners),
      '',
      `### 🚨 ${code(told.login)} has emergency access: ${access}`,
      '',
      item('Request', `#${request.pr}, ${code(told.path)}`),
      item('Clause', `${code(request.clause ?? '')} of ${code(request.contract ?? '')}`),
      item('Granted', `${instant(request.decidedAt, zone)}${until}; deleting the file by pull request ends it now`),
      item('Review due', overdue ? `${due}. **Overdue: the clause grants no break-glass until this is done.**` : due),
      ...(refused === null ? [] : [item('Not a review yet', `${sentence(refused.because)} ${sentence(refused.todo)}`)]),
      '',
      `Look at what was done. Then put **one** label on this issue, ${code(labels.ok)} or ${code(labels.finding)}, and ` +
        'close it. That counts of an owner of the file who neither asked for the access nor got it. Comments are not read.',
      '',
      `<sub>Recorded as ${code(request.request)} on the ledger; the review is recorded there too.</sub>`
    ].join('\n')
  }
}

/** Something that came to main past the rules. */
export interface ExceptionTold {
  key: string
  pr: number | null
  commit: string | null
  paths: readonly string[]
  owners: readonly string[]
  /** Rules that did not hold, where it was decided. */
  failed: readonly string[]
}

const mostPaths = 20

/** The issue that tells the owners of it. */
export function exceptionNotice({ key, pr, commit, paths, owners, failed }: ExceptionTold): Notice {
  const merge = commit === null ? '' : `, as ${code(commit.slice(0, 12))}`
  const how = pr === null ? `by a push without a pull request${merge}` : `by #${pr}, which did not qualify${merge}`
  const more = paths.length > mostPaths ? [`- and ${paths.length - mostPaths} more`] : []
  return {
    key,
    label: 'exception',
    title: pr === null ? 'Pushed to main past every pull request' : `Merged without qualifying: #${pr}`,
    body: [
      mentions(owners),
      '',
      '### ⚠️ This came to `main` past the rules',
      '',
      item('How', how),
      ...(failed.length === 0 ? [] : [item('What did not hold', failed.map(rule => code(rule)).join(', '))]),
      ...paths.slice(0, mostPaths).map(path => `- ${code(path)}`),
      ...more,
      '',
      'Nothing was granted by it. It is on the ledger, and a pull request takes it out of `main`; this issue closes with ' +
        'that. Who came past the rules, and why they could, is for you to find out.'
    ].join('\n')
  }
}
