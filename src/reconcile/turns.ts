// Beside the walk of a pull request: whose turn it is, so that one person's flood keeps nobody else waiting (attack #74).
import { keep } from '../act/written.ts'

/** What a turn is asked for: a pull request as GitHub told it, by the author's numeric id. */
export interface Asking {
  number: number
  author: { id: number }
  head: { sha: string }
}

/** When it goes on, and when that may be said. `first`: nothing else of this account waits yet. */
export interface Wait {
  at: Date
  sayAt: Date
  first: boolean
}

/**
 * Who may be looked at. Memory alone: without it each head that was judged is found on GitHub again, and at most ten of
 * an account are judged anew. Nothing that ends access asks for a turn.
 */
export interface Turns {
  /** Null: look. Else when: this pull request was looked at so often that others come first. Counts the look. */
  pace(pull: number, now: Date): Date | null
  /** Whether the head may be judged now. Takes the turn of its account; a head keeps the turn that it has. */
  take(asking: Asking, now: Date): boolean
  /**
   * Whether the head can only have been judged by a process that is no more: then it needs no turn, and gives back what it
   * was promised. Not where this process judged it, whatever the pull request: many may have one head.
   */
  spare(asking: Asking): boolean
  /** Promises a turn. The instant stays the same however often it is asked for; `sayAt` is new for a new head. */
  wait(asking: Asking, now: Date): Wait
  /** The pull request is closed: its turn goes back to its account. */
  closed(asking: Pick<Asking, 'number' | 'author'>): void
  /** Of open pull requests those that a round looks at: a few of each account, and the next few in the next round. */
  share<T extends Pick<Asking, 'number' | 'author'>>(open: readonly T[]): T[]
  /** How many pull requests were promised a turn and have not had it. */
  waiting(): number
}

/** So many heads of one account are judged at once, and as many looked at in one round; then one more each minute. */
const headsAtOnce = 10
const headEveryMs = 60_000
/** So many looks at one pull request at once, whoever causes them; then one more each six seconds. */
const looksAtOnce = 10
const lookEveryMs = 6_000
/** Between two pull requests of one account that are told to wait: saying so is a write as well. */
const sayEveryMs = 10_000
/** No promise reaches further; who is beyond it asks again then. */
const longestMs = 24 * 60 * 60 * 1000

/** A bucket that leaks: `fullMs` is when it is empty again, `seenMs` when it was last looked into. */
interface Bucket {
  fullMs: number
  seenMs: number
}

interface Account {
  heads: Bucket
  saidMs: number
  waiting: Map<number, { atMs: number; sayMs: number; head: string }>
}

/** Nothing is known yet. `limited` false: GitHub sets no limits, such as the local one, and nobody waits. */
export function openTurns(limited: boolean): Turns {
  const looks = new Map<number, Bucket>()
  const accounts = new Map<number, Account>()
  const had = new Map<number, string>()
  const judged = new Map<string, true>()
  const rounds = new Map<number, number>()

  function accountOf(id: number, nowMs: number): Account {
    const account = accounts.get(id) ?? { heads: emptyAt(nowMs), saidMs: -Infinity, waiting: new Map() }
    keep(accounts, id, account)
    return account
  }

  function giveBack(pull: number, author: number): void {
    const account = accounts.get(author)
    if (account?.waiting.delete(pull) === true) account.heads.fullMs -= headEveryMs
  }

  function keepTurn({ number, head }: Asking): void {
    keep(had, number, head.sha)
    keep(judged, head.sha, true)
  }

  return {
    pace: (pull, now) => {
      if (!limited) return null
      const nowMs = now.getTime()
      const bucket = looks.get(pull) ?? emptyAt(nowMs)
      keep(looks, pull, bucket)
      const freeMs = freeAt(bucket, nowMs, looksAtOnce, lookEveryMs)
      if (freeMs > nowMs) return new Date(freeMs)
      fill(bucket, nowMs, lookEveryMs)
      return null
    },
    take: (asking, now) => {
      const { number, author, head } = asking
      if (!limited || had.get(number) === head.sha) return true
      const nowMs = now.getTime()
      const account = accountOf(author.id, nowMs)
      const promised = account.waiting.get(number)
      const freeMs = promised?.atMs ?? freeAt(account.heads, nowMs, headsAtOnce, headEveryMs)
      if (freeMs > nowMs) return false
      if (promised === undefined) fill(account.heads, nowMs, headEveryMs)
      account.waiting.delete(number)
      keepTurn(asking)
      return true
    },
    spare: asking => {
      if (judged.has(asking.head.sha)) return false
      giveBack(asking.number, asking.author.id)
      keepTurn(asking)
      return true
    },
    wait: ({ number, author, head }, now) => {
      const nowMs = now.getTime()
      const account = accountOf(author.id, nowMs)
      const known = account.waiting.get(number)
      if (known?.head === head.sha) return waitOf(known, false)
      const sayMs = Math.max(nowMs, Math.min(account.saidMs, nowMs + longestMs) + sayEveryMs)
      account.saidMs = sayMs
      const freeMs = known?.atMs ?? freeAt(account.heads, nowMs, headsAtOnce, headEveryMs)
      const promise = { atMs: Math.min(freeMs, nowMs + longestMs), sayMs, head: head.sha }
      const first = account.waiting.size === 0
      if (freeMs > nowMs + longestMs) return waitOf(promise, first)
      if (known === undefined) fill(account.heads, nowMs, headEveryMs)
      account.waiting.set(number, promise)
      return waitOf(promise, first)
    },
    closed: ({ number, author }) => {
      giveBack(number, author.id)
      had.delete(number)
      looks.delete(number)
    },
    share: open => {
      if (!limited) return [...open]
      return [...Map.groupBy(open, pull => pull.author.id)].flatMap(([author, pulls]) => {
        if (pulls.length <= headsAtOnce) return pulls
        const inOrder = pulls.toSorted((a, b) => a.number - b.number)
        const next = inOrder.findIndex(pull => pull.number > (rounds.get(author) ?? 0))
        const round = [...inOrder.slice(Math.max(0, next)), ...inOrder].slice(0, headsAtOnce)
        keep(rounds, author, round.at(-1)?.number ?? 0)
        return round
      })
    },
    waiting: () => [...accounts.values()].reduce((sum, account) => sum + account.waiting.size, 0)
  }
}

function emptyAt(nowMs: number): Bucket {
  return { fullMs: nowMs, seenMs: nowMs }
}

/** The earliest instant, not before `nowMs`, at which one more fits. */
function freeAt(bucket: Bucket, nowMs: number, atOnce: number, everyMs: number): number {
  // A clock that was set back must not lock anybody out (reliability fault 23).
  if (nowMs < bucket.seenMs) bucket.fullMs -= bucket.seenMs - nowMs
  bucket.seenMs = nowMs
  return Math.max(nowMs, bucket.fullMs - (atOnce - 1) * everyMs)
}

function fill(bucket: Bucket, nowMs: number, everyMs: number): void {
  bucket.fullMs = Math.max(nowMs, bucket.fullMs) + everyMs
}

function waitOf({ atMs, sayMs }: { atMs: number; sayMs: number }, first: boolean): Wait {
  return { at: new Date(atMs), sayAt: new Date(sayMs), first }
}
