// Beside the fold: what came past the rules, and which issue tells of what until it is settled.
import type { LedgerRecord } from '../model/record.ts'
import { edit } from './layered-map.ts'
import type { MapEdit } from './layered-map.ts'
import { exceptionKey } from './state.ts'
import type { LedgerState, NoticeState } from './state.ts'

/** The part of a fold that knows the exceptions and the notices. */
export class NoticeFolding {
  readonly #exceptions: MapEdit<string, number>
  readonly #notices: MapEdit<string, NoticeState>

  constructor({ exceptions, notices }: Pick<LedgerState, 'exceptions' | 'notices'>) {
    this.#exceptions = edit(exceptions)
    this.#notices = edit(notices)
  }

  done(): Pick<LedgerState, 'exceptions' | 'notices'> {
    return { exceptions: this.#exceptions.done(), notices: this.#notices.done() }
  }

  /** An exception's first record counts, a notice's last issue. What was never opened cannot be closed. */
  add(record: LedgerRecord & { type: 'exception.recorded' | 'notice.opened' | 'notice.closed' }): void {
    if (record.type === 'exception.recorded') {
      const key = exceptionKey(record)
      if (this.#exceptions.get(key) === undefined) this.#exceptions.set(key, record.seq)
      return
    }
    const notice = this.#notices.get(record.notice)
    if (record.type === 'notice.opened') this.#notices.set(record.notice, { issue: record.issue, open: true })
    else if (notice !== undefined) this.#notices.set(record.notice, { ...notice, open: false })
  }
}
