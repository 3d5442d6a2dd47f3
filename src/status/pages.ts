// Between the status and its door: which path shows what.
import type { Pages } from '../server.ts'
import { statusOf } from './gather.ts'
import type { Sources } from './gather.ts'
import { pagePolicy, statusPage } from './page.ts'

/** `/status` for people, `/status.json` for programs. Gathered anew for each request. */
export function statusPages(sources: Sources): Pages {
  return new Map([
    [
      '/status',
      async () => ({
        type: 'text/html; charset=utf-8',
        policy: pagePolicy,
        body: await statusPage(await statusOf(sources))
      })
    ],
    [
      '/status.json',
      async () => ({
        type: 'application/json; charset=utf-8',
        policy: "default-src 'none'; frame-ancestors 'none'",
        body: `${JSON.stringify(await statusOf(sources), null, 2)}\n`
      })
    ]
  ])
}
