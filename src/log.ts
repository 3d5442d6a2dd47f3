// The process's log: structured lines in which no secret survives.
import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

/** Names under which credentials travel, at the top and up to two levels down (pino has no deep wildcard). */
const SECRET_NAMES = [
  'authorization',
  'Authorization',
  'cookie',
  '["set-cookie"]',
  '["x-hub-signature-256"]',
  '["x-hub-signature"]',
  'token',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'jwt',
  'secret',
  'clientSecret',
  'client_secret',
  'webhookSecret',
  'password',
  'privateKey',
  'private_key',
  'pem',
  'connectionString',
  'databaseUrl',
  'apiKey'
]

/** What credentials look like wherever they stand: GitHub's tokens, JWTs, PEM private keys, passwords in URLs. */
const SECRET_SHAPES = [
  /\bgh[pousr]_[A-Za-z0-9_]{16,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{16,}/g,
  /\bv1\.[0-9a-f]{40}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=\b(?:Bearer|Basic) )[A-Za-z0-9._~+/=-]{8,}/gi,
  /(?<=[a-z][a-z0-9+.-]*:\/\/[^\s:/@]{0,200}:)[^\s@]{1,500}(?=@)/gi
]

/** Replaces what looks like a credential in `text`. The shapes are linear to match and bounded. */
export function masked(text: string): string {
  return SECRET_SHAPES.reduce((rest, shape) => rest.replace(shape, '[secret]'), text)
}

/**
 * A pino log at `level`, one JSON line each. Values under well-known secret names are removed, and every finished line
 * is swept for the shapes of tokens, keys and passwords, so that an error's text or a URL leaks none (invariant S11).
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const paths = SECRET_NAMES.flatMap(name => {
    const under = name.startsWith('[') ? name : `.${name}`
    return [name, `*${under}`, `*.*${under}`]
  })
  return pino(
    {
      level,
      base: undefined,
      redact: { paths, censor: '[secret]' },
      hooks: { streamWrite: masked }
    },
    destination ?? pino.destination({ fd: 1, sync: false })
  )
}
