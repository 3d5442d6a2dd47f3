// Issues on the access repository: one of ours as it is now, and those that a crash left without their record.
import type { Account } from '../model/facts.ts'
import { statusOf } from './github.ts'
import { offersMore } from './offers.ts'
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

/** Issues of ours that GitHub has, by what each is about. */
export type OwnIssues = ReadonlyMap<string, { number: number; open: boolean }>

/**
 * Every issue of the app itself with this label. Of two about the same the older one counts. Only for what a crash may
 * have left: which issue tells of what is on the ledger. A server that offers the core alone cannot be asked, so that
 * there a crash between the issue and its record costs a second issue.
 */
export async function ownIssues(repository: Repository, label: string): Promise<OwnIssues> {
  const found = new Map<string, { number: number; open: boolean }>()
  if (!offersMore(repository.github)) return found
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
