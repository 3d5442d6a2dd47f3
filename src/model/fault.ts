// Fault: the world failed, not the request. Thrown by ports, retried by the queue, told when it lasts.

/** Every way in which the world is known to fail. Tests assert these codes, never the prose. */
export type FaultCode =
  | 'github.unavailable'
  | 'github.limited'
  | 'github.forbidden'
  | 'github.missing'
  | 'github.truncated'
  | 'github.moved'
  | 'ledger.moved'
  | 'ledger.broken'
  | 'ledger.unreadable'
  | 'provider.unknown'
  | 'provider.unavailable'
  | 'provider.refused'
  | 'provider.unconfirmed'
  | 'database.unavailable'
  | 'database.locked'
  | 'database.unsupported'
  | 'queue.unavailable'

/**
 * The world failed. `retry` says whether trying again can help; a revocation is tried again either way.
 * A Fault never carries a secret: its message may be shown on a pull request.
 */
export class Fault extends Error {
  readonly code: FaultCode
  readonly retry: boolean
  /** Not before this instant, where the other side said so (`retry-after`). */
  readonly retryAt: Date | undefined

  constructor(code: FaultCode, message: string, options: { retry?: boolean; retryAt?: Date; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.retry = options.retry ?? true
    this.retryAt = options.retryAt
  }
}
