// Local GitHub, HTTP: cuts a list into GitHub's pages and writes the Link header that leads through them.
import type { Answer } from './answer.ts'

const whole = (text: string | null, otherwise: number, most: number): number => {
  const value = Number(text ?? otherwise)
  return Number.isInteger(value) && value >= 1 ? Math.min(value, most) : otherwise
}

/** One page of an answer's list: 30 items by default, never more than 100. */
export function pageOf(answer: Answer, url: URL): Answer {
  const under = answer.page ?? ''
  const body = answer.body as unknown[] & Record<string, unknown[]>
  const list: unknown[] = under === '' ? body : (body[under] ?? [])
  const size = whole(url.searchParams.get('per_page'), 30, 100)
  const page = whole(url.searchParams.get('page'), 1, 1_000_000)
  const last = Math.max(1, Math.ceil(list.length / size))
  const slice = list.slice((page - 1) * size, page * size)
  const link = (target: number, rel: string): string => {
    const to = new URL(url)
    to.searchParams.set('page', String(target))
    return `<${to.href}>; rel="${rel}"`
  }
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : [])
  ]
  return {
    status: answer.status,
    body: under === '' ? slice : { ...(answer.body as object), [under]: slice },
    headers: { ...answer.headers, ...(links.length > 0 ? { link: links.join(', ') } : {}) }
  }
}
