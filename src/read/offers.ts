// What a server offers: the operations that anything shaped like GitHub has, or all that GitHub itself documents.

/** As much of an Octokit as tells where it asks. */
interface Asking {
  request: { endpoint: { DEFAULTS: { baseUrl: string } } }
}

const named = new WeakSet<Asking>()

/** Takes note of what an answer says about its server: GitHub Enterprise Server names its version with each. */
export function noteServer(github: Asking, headers: Readonly<Record<string, unknown>>): void {
  if (typeof headers['x-github-enterprise-version'] === 'string') named.add(github)
}

/**
 * Whether more than the core may be asked of it: of github.com, of ghe.com, and of a server that has named itself GitHub
 * Enterprise Server. Of any other only the core is asked, and what the rest would tell is not known there: who may pass a
 * ruleset, who pushed, who dismissed a review. The core is listed in `sandbox/github/core.ts`.
 */
export function offersMore(github: Asking): boolean {
  if (named.has(github)) return true
  const { hostname } = new URL(github.request.endpoint.DEFAULTS.baseUrl)
  return hostname === 'api.github.com' || hostname.endsWith('.ghe.com')
}
