// From drafts to records: what must stand first in a ledger, a year or under a new key; then number, chain and fold.
import { Fault } from '../model/fault.ts'
import type { Draft } from '../model/record.ts'
import { fold, type Chained } from './fold.ts'
import { frame, hashLine, lineOf } from './format.ts'
import type { KeyAdded, Signer } from './keys.ts'
import type { LedgerState } from './state.ts'

/** Numbers and chains drafts behind a state, and folds them. A malformed draft is a bug of its writer and is thrown. */
export function chainDrafts(
  from: LedgerState,
  drafts: readonly Draft[],
  around: { recordedAt: Date; ledger: string; app: string }
): { state: LedgerState; records: Chained[] } {
  const { ledger, app } = around
  const recordedAt = around.recordedAt.toISOString()
  let { seq, head } = from
  const records = drafts.map(draft => {
    const record = frame(draft, { ledger, seq: ++seq, prev: head, recordedAt, app })
    head = hashLine(lineOf(record))
    return { record, hash: head }
  })
  return { state: fold(from, records), records }
}

/**
 * What must stand before anything else is recorded: the ledger's or the year's first record, and the signer's key.
 * Refuses to write another repository's ledger, or with a key that was revoked.
 */
export async function openingDrafts(
  state: LedgerState,
  by: {
    signer: Signer
    endorsed: KeyAdded
    repository: number
    branch: string
    recordedAt: Date
    mainTip: () => Promise<string>
  }
): Promise<{ ledger: string; drafts: Draft[] }> {
  const { signer, endorsed, repository, branch, recordedAt } = by
  const key: Draft = {
    type: 'key.added',
    occurredAt: recordedAt,
    keyId: signer.keyId,
    publicKey: endorsed.publicKey,
    certificate: signer.certificate
  }
  if (state.ledger === null) {
    const main = await by.mainTip()
    const { root } = endorsed
    const name = hashLine([repository, root, main, recordedAt.toISOString()].join('\0')).slice(0, 16)
    return {
      ledger: `L-${name}`,
      drafts: [{ type: 'ledger.created', occurredAt: recordedAt, repository, root, main }, key]
    }
  }
  if (state.repository !== repository) {
    throw new Fault('ledger.broken', 'The ledger is another repository’s.', { retry: false })
  }
  const known = state.keys.get(signer.keyId)
  if (known !== undefined && known.lastGoodSeq !== null) {
    throw new Fault('ledger.broken', 'The key that signs the ledger was revoked.', { retry: false })
  }
  const drafts: Draft[] = []
  if (state.branch !== branch) {
    drafts.push({
      type: 'ledger.created',
      occurredAt: recordedAt,
      repository,
      root: state.root as string,
      main: state.main as string,
      continues: { branch: state.branch as string, seq: state.seq, head: state.head }
    })
  }
  if (known === undefined) drafts.push(key)
  return { ledger: state.ledger, drafts }
}
