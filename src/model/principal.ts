// Who a document speaks of: `@login` or `@org/team`, as CODEOWNERS writes them.

/** A person or a team of GitHub as a document writes it: `@octocat`, `@acme/payments`. */
export type PrincipalName = `@${string}`

/** The same, taken apart. Logins and slugs compare case-insensitively, as GitHub does. */
export type Principal = { kind: 'team'; org: string; slug: string } | { kind: 'user'; login: string }

// GitHub: letters, digits and single inner hyphens, 39 at most; managed users carry `_shortcode` after it.
const login = /^(?=.{1,39}$)[a-z0-9]+(-[a-z0-9]+)*(_[a-z0-9]+)?$/i
const slug = /^[a-z0-9_][a-z0-9_.-]{0,99}$/i

/** Takes `@login` or `@org/team` apart; anything else is undefined. Linear in its input. */
export function parsePrincipal(text: string): Principal | undefined {
  if (!text.startsWith('@') || text.length > 141) return undefined
  const [first = '', second, ...rest] = text.slice(1).split('/')
  if (rest.length > 0 || !isLogin(first)) return undefined
  if (second === undefined) return { kind: 'user', login: first }
  return slug.test(second) ? { kind: 'team', org: first, slug: second } : undefined
}

/** Whether `text` can be a login of GitHub (not: whether somebody has it). */
export function isLogin(text: string): boolean {
  return login.test(text)
}

/** One key for every spelling of the same principal. */
export function principalKey(p: Principal): string {
  return (p.kind === 'team' ? `@${p.org}/${p.slug}` : `@${p.login}`).toLowerCase()
}
