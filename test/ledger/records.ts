// Builders of drafts, and a ledger on a clock that is moved by hand.
import { createHash } from 'node:crypto'
import { selfRooted, type Signer } from '../../src/ledger/keys.ts'
import { openLedger, type Ledger, type LedgerOptions } from '../../src/ledger/ledger.ts'
import type { Clock } from '../../src/model/ports.ts'
import { amendmentRef, personRef, requestRef, type Draft, type Target } from '../../src/model/record.ts'
import { MemoryStore } from './memory-store.ts'

export const start = new Date('2026-11-22T12:00:00.000Z')
export const repository = 1296269
export const mainTip = 'a'.repeat(40)

export interface HandClock extends Clock {
  at: Date
  pass(ms: number): void
}

export function handClock(at: Date = start): HandClock {
  return {
    at,
    now() {
      return this.at
    },
    pass(ms) {
      this.at = new Date(this.at.getTime() + ms)
    },
    sleep: () => Promise.resolve()
  }
}

export const hour = 3_600_000

export function sha(text: string, algorithm: 'sha1' | 'sha256' = 'sha256'): string {
  return createHash(algorithm).update(text).digest('hex')
}

export function target(name: string = 'ledger'): Target {
  return { key: sha(name), provider: 'payments-db', resource: name, role: 'reader' }
}

type Of<T extends Draft['type']> = Extract<Draft, { type: T }>

export function decided(pr: number, change: Partial<Of<'request.decided'>> = {}): Of<'request.decided'> {
  return {
    type: 'request.decided',
    occurredAt: start,
    request: requestRef(pr),
    pr,
    outcome: 'allow',
    merge: sha(`merge ${pr}`, 'sha1'),
    file: { blob: sha(`blob ${pr}`, 'sha1'), sha256: sha(`file ${pr}`) },
    idSha256: sha(`id ${pr}`),
    author: personRef(583231),
    subject: personRef(583231),
    contract: 'payments-production',
    clause: 'C-read',
    targets: [target()],
    window: { notBefore: start.toISOString(), notAfter: new Date(start.getTime() + hour).toISOString() },
    approvals: [
      {
        by: personRef(480938),
        stage: 0,
        reviewId: 80,
        commit: 'c'.repeat(40),
        submittedAt: start.toISOString()
      }
    ],
    sod: [{ rule: 'subject', holds: true }],
    failed: [],
    inputs: {
      base: 'a'.repeat(40),
      head: 'c'.repeat(40),
      request: 'd'.repeat(40),
      contract: 'e'.repeat(40),
      effective: `sha256:${'1'.repeat(64)}`,
      directory: 'f'.repeat(40),
      codeowners: '2'.repeat(40),
      settings: null,
      policy: null,
      people: `sha256:${'3'.repeat(64)}`
    },
    decision: `sha256:${'4'.repeat(64)}`,
    ...change
  }
}

const until = new Date(start.getTime() + hour).toISOString()

export function intended(pr: number, change: Partial<Of<'grant.intended'>> = {}): Of<'grant.intended'> {
  return {
    type: 'grant.intended',
    occurredAt: start,
    request: requestRef(pr),
    target: target(),
    notAfter: until,
    ...change
  }
}

export function granted(pr: number, change: Partial<Of<'grant.done'>> = {}): Of<'grant.done'> {
  return {
    type: 'grant.done',
    occurredAt: start,
    request: requestRef(pr),
    target: target(),
    notAfter: until,
    changed: true,
    receiptSha256: sha('receipt'),
    readBack: 'present',
    ...change
  }
}

export function revoked(pr: number, change: Partial<Of<'revoke.done'>> = {}): Of<'revoke.done'> {
  return {
    type: 'revoke.done',
    occurredAt: start,
    request: requestRef(pr),
    target: target(),
    cause: 'expired',
    due: until,
    latencyMs: 12,
    receiptSha256: sha('receipt'),
    readBack: 'absent',
    ...change
  }
}

export function failed(pr: number, attempt: number): Of<'revoke.failed'> {
  return {
    type: 'revoke.failed',
    occurredAt: start,
    request: requestRef(pr),
    target: target(),
    due: until,
    attempt,
    code: 'provider.unavailable'
  }
}

export function at(ms: number): Date {
  return new Date(start.getTime() + ms)
}

export function amended(pr: number, change: Partial<Of<'amendment.decided'>> = {}): Of<'amendment.decided'> {
  const { merge, file, author, approvals, sod, failed: none, inputs, decision, contract } = decided(pr)
  return {
    type: 'amendment.decided',
    occurredAt: start,
    amendment: amendmentRef(pr),
    pr,
    outcome: 'allow',
    merge,
    mergedAt: start.toISOString(),
    file,
    idSha256: sha(`amendment ${pr}`),
    author,
    contract,
    window: { from: start.toISOString(), until },
    approvals,
    sod,
    failed: none,
    inputs,
    decision,
    ...change
  }
}

export function advanced(from: string, to: string, change: Partial<Of<'main.advanced'>> = {}): Of<'main.advanced'> {
  return { type: 'main.advanced', occurredAt: start, from, to, pr: null, removed: [], ...change }
}

export function heartbeat(change: Partial<Of<'heartbeat'>> = {}): Of<'heartbeat'> {
  return { type: 'heartbeat', occurredAt: start, open: 0, pending: 0, failed: 0, ...change }
}

export interface World {
  store: MemoryStore
  clock: HandClock
  signer: Signer
  root: string
  open(change?: Partial<LedgerOptions>): Promise<Ledger>
}

export function world(): World {
  const store = new MemoryStore()
  const clock = handClock()
  const { signer, root } = selfRooted()
  return {
    store,
    clock,
    signer,
    root,
    open: (change = {}) =>
      openLedger({
        store,
        signer,
        clock,
        app: '0.1.0',
        repository,
        mainTip: () => Promise.resolve(mainTip),
        ...change
      })
  }
}
