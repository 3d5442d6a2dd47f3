// Issues of ours on the access repository: found again by author and first line, whatever else was lost.
import type { Account } from '../model/facts.ts'
import { statusOf } from './github.ts'
import { at } from './repository.ts'
import type { Repository } from './repository.ts'

/** An issue as it is now. */
export interface Issue {
  number: number
  open: boolean
  body: string
  labels: string[]
  /** Null while it is open, and where GitHub does not say. */
  closedBy: Account | null
}

/** The first line of an issue about `key`; not shown by GitHub. */
export function issueMark(key: string): string {
  return `<!-- addendum notice: ${key} -->`
}

/**
 * Every issue of the app itself with this label, by what it is about. Of two about the same the older one counts. One
 * that somebody took the label from is not found, and is opened again: that is louder, never quieter.
 */
export async function ownIssues(
  repository: Repository,
  label: string
): Promise<Map<string, { number: number; open: boolean }>> {
  const found = new Map<string, { number: number; open: boolean }>()
  for (let page = 1; ; page += 1) {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/issues', {
      ...at(repository),
      state: 'all',
      labels: label,
      direction: 'asc',
      per_page: 100,
      page
    })
    for (const { number, state, user, body } of data) {
      const key = /^<!-- addendum notice: ([\w -]{1,80}) -->/.exec(body ?? '')?.[1]
      if (Number(user?.id) !== repository.bot.id || key === undefined || found.has(key)) continue
      found.set(key, { number, open: state === 'open' })
    }
    if (data.length < 100) return found
  }
}

/** One issue as GitHub has it now; null where it is gone. */
export async function readIssue(repository: Repository, number: number): Promise<Issue | null> {
  try {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/issues/{issue_number}', {
      ...at(repository),
      issue_number: number
    })
    const { closed_by: by } = data
    const open = data.state === 'open'
    return {
      number,
      open,
      body: data.body ?? '',
      labels: data.labels.flatMap(label => (typeof label === 'string' ? label : (label.name ?? []))),
      closedBy: open || by == null ? null : { id: Number(by.id), login: by.login, type: by.type }
    }
  } catch (error) {
    // Deleted: 410, or 404 where issues were turned off.
    if ([404, 410].includes(statusOf(error))) return null
    throw error
  }
}
