// Local GitHub, tests: everything that goes wrong on a real network, on demand; github.ts and outbox.ts ask it.
import type { Delivery } from './delivery-log.ts'

/** What a hook may know of the operation it surrounds. */
export interface Occasion {
  operation: string
  params: Record<string, string>
  body: unknown
}

/** A failure of one request. `when: 'after'` means that the effect happened and only the answer is lost. */
export type Failure =
  | { kind: 'status'; status: number; retryAfterSeconds?: number; when?: 'before' | 'after' }
  | { kind: 'timeout'; when: 'before' | 'after' }
  /** The answer that this URL gave before (an empty list when it never answered): GitHub's replicas lag. */
  | { kind: 'stale' }

/** Which requests a failure meets: an operation id, or any; the next so many (default 1). */
export interface FailureOptions {
  operation?: string
  times?: number
}

/** Which deliveries a fault meets: those of one event, or any; the next so many (default 1). */
export interface DeliveryFaultOptions {
  event?: string
  action?: string
  times?: number
}

/** The switchboard. Each arming is used up by what it meets; `clear` disarms everything. */
export interface Faults {
  fail(failure: Failure, options?: FailureOptions): void
  /** 404 for the next readings of an operation, as right after a create. */
  hideNew(operation: string, times?: number): void
  /** Runs before (after) each call of an operation, and may change the world in between; answers how to stop. */
  before(operation: string, run: (occasion: Occasion) => Promise<void> | void): () => void
  after(operation: string, run: (occasion: Occasion) => Promise<void> | void): () => void
  /** Ends all installation tokens now. */
  expireTokens(): void
  drop(options?: DeliveryFaultOptions): void
  duplicate(options?: DeliveryFaultOptions): void
  /** Keeps deliveries back until `release`, which sends them in order or reversed. */
  hold(options?: DeliveryFaultOptions): void
  release(order?: 'first' | 'reversed'): void
  clear(): void
}

/** The outbox's side of the switchboard. */
export interface DeliveryFaults {
  /** What to send in place of this delivery: nothing, itself, or itself twice. */
  plan(delivery: Delivery): Delivery[]
  onRelease(resume: (held: Delivery[]) => void): void
}

/** The REST side of the switchboard. */
export interface RequestFaults {
  next(operation: string): Failure | undefined
  run(moment: 'before' | 'after', occasion: Occasion): Promise<void>
}

interface Armed<T> {
  what: T
  left: number
  meets: (subject: string, action?: string) => boolean
}

/** Builds the three views of one switchboard. */
export function createFaults(expireTokens: () => void): Faults & DeliveryFaults & RequestFaults {
  let failures: Armed<Failure>[] = []
  let deliveries: Armed<'drop' | 'duplicate' | 'hold'>[] = []
  let hooks: { moment: 'before' | 'after'; operation: string; run: (occasion: Occasion) => Promise<void> | void }[] = []
  let held: Delivery[] = []
  let resume: (deliveries: Delivery[]) => void = () => {}

  const use = <T>(list: Armed<T>[], subject: string, action?: string): T | undefined => {
    const armed = list.find(a => a.left > 0 && a.meets(subject, action))
    if (armed !== undefined) armed.left--
    return armed?.what
  }
  const arm =
    (what: 'drop' | 'duplicate' | 'hold') =>
    (options: DeliveryFaultOptions = {}): void => {
      deliveries.push({
        what,
        left: options.times ?? 1,
        meets: (event, action) => (options.event ?? event) === event && (options.action ?? action) === action
      })
    }
  const hook =
    (moment: 'before' | 'after') =>
    (operation: string, run: (o: Occasion) => Promise<void> | void): (() => void) => {
      const entry = { moment, operation, run }
      hooks.push(entry)
      return () => {
        hooks = hooks.filter(h => h !== entry)
      }
    }
  return {
    fail(failure, { operation, times = 1 } = {}) {
      failures.push({ what: failure, left: times, meets: id => (operation ?? id) === id })
    },
    hideNew(operation, times = 1) {
      failures.push({ what: { kind: 'status', status: 404 }, left: times, meets: id => id === operation })
    },
    before: hook('before'),
    after: hook('after'),
    expireTokens,
    drop: arm('drop'),
    duplicate: arm('duplicate'),
    hold: arm('hold'),
    release(order = 'first') {
      const released = order === 'first' ? held : held.toReversed()
      held = []
      resume(released)
    },
    clear() {
      failures = []
      deliveries = []
      hooks = []
    },
    plan(delivery) {
      switch (use(deliveries, delivery.event, delivery.action)) {
        case 'drop':
          delivery.status = 'failed to connect to host' // lost for good: a restart does not send it
          return []
        case 'duplicate':
          return [delivery, delivery]
        case 'hold':
          held.push(delivery)
          return []
        case undefined:
          return [delivery]
      }
    },
    onRelease(run) {
      resume = run
    },
    next: operation => use(failures, operation),
    async run(moment, occasion) {
      for (const h of hooks.filter(one => one.moment === moment && one.operation === occasion.operation))
        await h.run(occasion)
    }
  }
}
