// Between the status and its door: which path shows what.
import type { Log } from '../model/ports.ts'
import { listenPages } from '../server.ts'
import type { Listener, Pages } from '../server.ts'
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

/**
 * Opens the operator's door where the configuration says so. A port that is taken is an error in the log and nothing
 * more: no page is worth that access stands longer than it may.
 */
export async function openStatus(
  where: { host: string; port: number } | undefined,
  sources: Sources,
  log: Log
): Promise<Listener | undefined> {
  if (where === undefined) return undefined
  try {
    return await listenPages({ ...where, pages: statusPages(sources), log })
  } catch (error) {
    log.error({ err: error, ...where }, 'The status page cannot be shown; everything else goes on')
    return undefined
  }
}
