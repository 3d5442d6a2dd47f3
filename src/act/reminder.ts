// Tells the subject that access is about to end: once, in a comment of its own, since an edit of the other tells nobody.
import type { RequestState } from '../ledger/request-state.ts'
import { at } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'
import { dueAt, isOver } from './life.ts'
import { instant } from './summary.ts'
import { keep } from './written.ts'
import type { Written } from './written.ts'

/** The first line of a reminder; not shown by GitHub. Another than that of the comment that is edited. */
const mark = '<!-- addendum reminder -->'

/** From when to when the subject may be told; null where nothing is held, or it never lasted that long. */
export function reminderWindow(state: RequestState, noticeSeconds: number | null): { from: Date; until: Date } | null {
  const until = dueAt(state)
  const held = state.outcome === 'allow' && !isOver(state) && state.holdings.some(({ doneAt }) => doneAt !== undefined)
  if (noticeSeconds === null || !held || until === undefined || state.window === null) return null
  const from = new Date(until.getTime() - noticeSeconds * 1000)
  return from > state.window.notBefore ? { from, until } : null
}

/** What it says. `login` undefined: the directory of then names nobody any more, and nobody is mentioned. */
export function reminderBody({ until, login, zone }: { until: Date; login: string | undefined; zone: string }): string {
  const who = login !== undefined && /^[a-z0-9-]{1,39}$/i.test(login) ? `@${login}, this` : 'This'
  return [
    mark,
    `⏳ ${who} access ends at **${instant(until, zone)}**. It ends by itself: nothing is to be done.`,
    '',
    'To go on, ask again before that; the new access begins before the old one ends. To end it now, delete the file by pull request.'
  ].join('\n')
}

/** Says it on the pull request, unless it stands there. `reminded`: where this process knows that it does. */
export async function performReminder(
  repository: Repository,
  reminded: Written['reminded'],
  { request, pr, body }: Pick<RequestState, 'request' | 'pr'> & { body: string }
): Promise<void> {
  if (reminded.has(request)) return
  const where = { ...at(repository), issue_number: pr }
  if (!(await stands(repository, pr))) {
    await repository.github.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...where, body })
  }
  keep(reminded, request, true)
}

async function stands(repository: Repository, pr: number): Promise<boolean> {
  for (let page = 1; ; page += 1) {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...at(repository),
      issue_number: pr,
      per_page: 100,
      page
    })
    const ours = data.some(one => Number(one.user?.id) === repository.bot.id && one.body?.startsWith(mark) === true)
    if (ours || data.length < 100) return ours
  }
}
