// Performs the sticky comment: created once, edited after, found again by its author and its first line.
import type { CommentAction } from '../model/action.ts'
import { sha256 } from '../model/digest.ts'
import { statusOf } from '../read/github.ts'
import { at } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'
import { keep } from './written.ts'
import type { Written } from './written.ts'

/** The first line of every comment of ours; not shown by GitHub. */
export const commentMark = '<!-- addendum -->'

/** Makes our comment on the pull request say `action.body`. `fresh`: the pull request has no comment at all yet. */
export async function performComment(
  repository: Repository,
  written: Written,
  action: CommentAction,
  fresh: boolean
): Promise<void> {
  const body = `${commentMark}\n${action.body}`
  const digest = sha256(body)
  const known = written.comments.get(action.pull) ?? (fresh ? undefined : await findComment(repository, action.pull))
  if (known?.digest === digest) {
    keep(written.comments, action.pull, known)
    return
  }
  if (known !== undefined) {
    try {
      await repository.github.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
        ...at(repository),
        comment_id: known.id,
        body
      })
      keep(written.comments, action.pull, { id: known.id, digest })
      return
    } catch (error) {
      // Somebody deleted it; the next one takes its place.
      if (statusOf(error) !== 404) throw error
    }
  }
  const { data } = await repository.github.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...at(repository),
    issue_number: action.pull,
    body
  })
  keep(written.comments, action.pull, { id: Number(data.id), digest })
}

async function findComment(repository: Repository, pull: number): Promise<{ id: number; digest: string } | undefined> {
  for (let page = 1; ; page += 1) {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...at(repository),
      issue_number: pull,
      per_page: 100,
      page
    })
    const ours = data.find(
      comment => Number(comment.user?.id) === repository.bot.id && comment.body?.startsWith(commentMark) === true
    )
    if (ours !== undefined) return { id: Number(ours.id), digest: sha256(ours.body ?? '') }
    if (data.length < 100) return undefined
  }
}
