// Opens and edits issues of ours: what owners must hear of although no pull request of theirs waits for it.
import { statusOf } from '../read/github.ts'
import { issueMark } from '../read/issues.ts'
import { at } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'

/** What an issue says. `key`: what it is about, by which it is found again; words, digits and hyphens. */
export interface Notice {
  key: string
  label: 'break-glass' | 'exception'
  title: string
  body: string
}

/** The whole body, with the line by which it is found again. */
export function noticeBody({ key, body }: Pick<Notice, 'key' | 'body'>): string {
  return `${issueMark(key)}\n${body}`
}

/** Opens it, and answers with its number. That there is none yet is the caller's to know. */
export async function openIssue(repository: Repository, notice: Notice): Promise<number> {
  const { data } = await repository.github.request('POST /repos/{owner}/{repo}/issues', {
    ...at(repository),
    title: notice.title,
    body: noticeBody(notice),
    labels: [notice.label]
  })
  return data.number
}

/** Says something else in it, opens it again, or closes it. One that is gone is let go. */
export async function editIssue(
  repository: Repository,
  number: number,
  change: { body?: string; state?: 'open' | 'closed' }
): Promise<void> {
  try {
    await repository.github.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
      ...at(repository),
      issue_number: number,
      ...change
    })
  } catch (error) {
    if (![404, 410].includes(statusOf(error))) throw error
  }
}

/** Makes the labels that people are to choose from; those that are there stay as they are. */
export async function makeLabels(repository: Repository, labels: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, description] of Object.entries(labels)) {
    try {
      await repository.github.request('POST /repos/{owner}/{repo}/labels', { ...at(repository), name, description })
    } catch (error) {
      if (statusOf(error) !== 422) throw error
    }
  }
}
