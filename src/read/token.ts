// Beneath github.ts: an installation's token, kept until it grows old, replaced once when GitHub refuses it.
import type { ProbotOctokit } from 'probot'
import type { Clock } from '../model/ports.ts'

type Request = InstanceType<typeof ProbotOctokit>['request']
type Route = Parameters<Request>[0]
type Given = Parameters<Request['endpoint']>[1]

/** GitHub's tokens live an hour (docs.github.com, "Generating an installation access token"). */
const freshMs = 55 * 60_000

/**
 * An Octokit authentication strategy for one installation. Octokit's own keeps a token for 59 minutes by `Date`,
 * whatever GitHub says to it, and mints at api.github.com whatever the base URL is (octokit/auth-app.js): this one
 * goes by `clock`, mints only through `mint`, and on a 401 mints anew once and repeats the request, which GitHub did
 * not carry out (reliability fault 37). Nothing of a token is ever logged.
 */
export function installationToken(given: { mint(): Promise<string>; clock: Clock }): {
  (): Promise<{ type: 'token'; tokenType: 'installation'; token: string }>
  hook(request: Request, route: Route, parameters?: Given): Promise<unknown>
} {
  const { mint, clock } = given
  let kept: { token: string; mintedMs: number } | undefined
  let minting: Promise<string> | undefined

  const fresh = (): Promise<string> =>
    (minting ??= mint()
      .then(token => {
        kept = { token, mintedMs: clock.now().getTime() }
        return token
      })
      .finally(() => {
        minting = undefined
      }))

  async function current(): Promise<string> {
    const ageMs = kept === undefined ? Infinity : clock.now().getTime() - kept.mintedMs
    return kept !== undefined && ageMs >= 0 && ageMs < freshMs ? kept.token : await fresh()
  }

  const auth = async () => ({ type: 'token' as const, tokenType: 'installation' as const, token: await current() })
  return Object.assign(auth, {
    hook: async (request: Request, route: Route, parameters?: Given) => {
      const endpoint = request.endpoint.merge(route as string, parameters)
      const token = await current()
      const send = async (credential: string): Promise<unknown> => {
        endpoint.headers.authorization = `token ${credential}`
        return await request(endpoint as never)
      }
      try {
        return await send(token)
      } catch (error) {
        if (!(error instanceof Error && 'status' in error && error.status === 401)) throw error
        // Another request may have replaced it meanwhile.
        return await send(kept !== undefined && kept.token !== token ? kept.token : await fresh())
      }
    }
  })
}
