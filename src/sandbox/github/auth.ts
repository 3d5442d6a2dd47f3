// Local GitHub, door: who asks: a person's token, the app's JWT or an installation's; permissions.ts says what for.
import { createPublicKey, verify } from 'node:crypto'
import { ApiRefusal } from './answer.ts'
import type { Account, Installation, InstallationToken } from './store.ts'
import { account } from './world.ts'
import type { World } from './world.ts'

/** The asker. `key` identifies the credential for rate limits; it is never logged. */
export type Actor =
  | { kind: 'anonymous'; key: string }
  | { kind: 'user'; key: string; account: Account }
  | { kind: 'app'; key: string }
  | { kind: 'installation'; key: string; account: Account; installation: Installation; token: InstallationToken }

const badCredentials = (message = 'Bad credentials'): ApiRefusal => new ApiRefusal(401, message)

/** Reads the Authorization header. No header is anonymous; a header that proves nothing is 401, as on GitHub. */
export function authenticate(world: World, header: string | null): Actor {
  if (header === null || header === '') return { kind: 'anonymous', key: '' }
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/.exec(header) ?? []
  switch (scheme.toLowerCase()) {
    case 'basic':
      return byToken(
        world,
        Buffer.from(value, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '')
      )
    case 'bearer':
    case 'token':
      return value.split('.').length === 3 ? byJwt(world, value) : byToken(world, value)
    default:
      throw badCredentials()
  }
}

function byToken(world: World, secret: string): Actor {
  if (secret === '') throw badCredentials()
  const person = Object.values(world.state.accounts).find(a => a.token === secret)
  if (person !== undefined) return { kind: 'user', key: secret, account: person }
  const token = Object.hasOwn(world.state.tokens, secret) ? world.state.tokens[secret] : undefined
  const installation = token === undefined ? undefined : world.state.installations[token.installationId]
  if (token === undefined || installation === undefined || new Date(token.expiresAt) <= world.now())
    throw badCredentials()
  if (installation.suspendedAt !== null) throw new ApiRefusal(403, 'This installation has been suspended')
  return { kind: 'installation', key: secret, account: account(world, world.state.appBotId), installation, token }
}

interface Claims {
  iss?: unknown
  iat?: unknown
  exp?: unknown
}

/**
 * GitHub's rules for an app's JWT: RS256, `iss` is the app, issued in the past, and ending within ten minutes from
 * now.
 */
function byJwt(world: World, jwt: string): Actor {
  const [head = '', body = '', signature = ''] = jwt.split('.')
  const header = decode(head) as { alg?: unknown }
  const claims = decode(body) as Claims
  if (header.alg !== 'RS256') throw badCredentials('A JSON web token could not be decoded')
  const proven = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${body}`),
    createPublicKey(world.app.privateKeyPem),
    Buffer.from(signature, 'base64url')
  )
  if (!proven) throw badCredentials('A JSON web token could not be decoded')
  if (String(claims.iss) !== String(world.app.id)) throw new ApiRefusal(404, 'Integration not found')
  const now = world.now().getTime() / 1000
  // A minute of drift is tolerated, as GitHub's advice assumes. Octokit reads these messages to correct its clock.
  if (typeof claims.iat !== 'number' || claims.iat > now + 60) {
    throw badCredentials(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
    )
  }
  if (typeof claims.exp !== 'number' || claims.exp <= now) {
    throw badCredentials(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the " +
        'assertion expires'
    )
  }
  if (claims.exp > now + 600 + 60 || claims.exp - claims.iat > 660) {
    throw badCredentials("'Expiration time' claim ('exp') is too far in the future")
  }
  return { kind: 'app', key: `app-${world.app.id}` }
}

function decode(part: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {} // not a JWT at all: the checks above then refuse it
  }
}
