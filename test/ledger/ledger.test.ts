import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from '../../src/ledger/fold.ts'
import { genesisHash, hashLine, parseLine } from '../../src/ledger/format.ts'
import { certify, issueKeys, newKey, readAnchor, signerOf } from '../../src/ledger/keys.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { emptyState, type LedgerState } from '../../src/ledger/state.ts'
import { Fault, type FaultCode } from '../../src/model/fault.ts'
import type { Draft, LedgerRecord } from '../../src/model/record.ts'
import { requestRef } from '../../src/model/record.ts'
import type { MemoryStore, Mishap } from './memory-store.ts'
import {
  advanced,
  decided,
  granted,
  heartbeat,
  hour,
  intended,
  mainTip,
  repository,
  world,
  type World
} from './records.ts'

/** Records a request unless it stands already: what every writer of the house does. */
function once(pr: number): (state: LedgerState) => Draft[] {
  return state => (state.requests.has(requestRef(pr)) ? [] : [decided(pr)])
}

function records(store: MemoryStore): LedgerRecord[] {
  return store.lines().map(line => (parseLine(line) as { record: LedgerRecord }).record)
}

function expectChained(store: MemoryStore): void {
  let prev = genesisHash
  for (const [index, line] of store.lines().entries()) {
    const record = (parseLine(line) as { record: LedgerRecord }).record
    expect(record.seq).toBe(index + 1)
    expect(record.prev).toBe(prev)
    prev = hashLine(line)
  }
}

async function codeOf(work: Promise<unknown>): Promise<FaultCode | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error.code
    throw error
  }
}

describe('the first record', () => {
  it('begins the branch with the root, the tip of main and the key', async () => {
    const { open, store, root } = world()
    const ledger = await open()
    const state = await ledger.append(() => [heartbeat()])
    expect([...store.refs.keys()]).toEqual(['ledger/2026'])
    expect(records(store).map(({ type }) => type)).toEqual(['ledger.created', 'key.added', 'heartbeat'])
    expect(state).toMatchObject({ seq: 3, main: mainTip, root, branch: 'ledger/2026' })
    const [commit] = store.history('ledger/2026')
    expect([...(commit?.files.keys() ?? [])]).toEqual([
      '.gitattributes',
      'seg/000/000/001.jsonl',
      'seg/000/000/001.dsse.json'
    ])
  })

  it('is shown to the caller as if it stood, so that main is known', async () => {
    const { open } = world()
    let seen: string | null = null
    await (
      await open()
    ).append(state => {
      seen = state.main
      return [advanced(mainTip, 'b'.repeat(40))]
    })
    expect(seen).toBe(mainTip)
  })

  it('is not written when there is nothing to record', async () => {
    const { open, store } = world()
    const ledger = await open()
    expect((await ledger.append(() => [])).seq).toBe(0)
    expect(store.tries).toBe(0)
    expect(ledger.anchor()).toBe('')
  })
})

describe('append', () => {
  it('sends what is asked while a commit is in flight together in the next one', async () => {
    const { open, store } = world()
    const ledger = await open()
    await ledger.append(() => [heartbeat()])
    let more: Promise<unknown>[] = []
    store.meanwhile = () => {
      more = [1, 2, 3, 4, 5].map(pr => ledger.append(once(pr)))
    }
    await ledger.append(() => [heartbeat()])
    await Promise.all(more)
    expect(store.tries).toBe(3)
    expect(ledger.state().requests.size).toBe(5)
    expectChained(store)
  })

  it('cuts many records into segments of at most 64, and very many into several commits', async () => {
    const { open, store } = world()
    const ledger = await open()
    await Promise.all(Array.from({ length: 1500 }, (_, pr) => ledger.append(once(pr + 1))))
    expect(store.tries).toBe(2)
    expectChained(store)
    const sizes = [...store.at(store.refs.get('ledger/2026') as string).files]
      .filter(([path]) => path.endsWith('.jsonl'))
      .map(([, blob]) => (store.blobs.get(blob) as string).trimEnd().split('\n').length)
    expect(Math.max(...sizes)).toBe(64)
    expect(sizes.reduce((a, b) => a + b)).toBe(1502)
  })

  it('asks the function again on the fresh state after a lost race, so that nothing is recorded twice', async () => {
    const { open, store } = world()
    const [mine, other] = [await open(), await open()]
    await mine.append(() => [heartbeat()])
    store.meanwhile = async () => {
      await other.append(once(7))
    }
    const asked: number[] = []
    const state = await mine.append(before => {
      asked.push(before.seq)
      return once(7)(before)
    })
    expect(asked).toEqual([3, 4])
    expect(state.requests.size).toBe(1)
    expect(store.lines()).toHaveLength(4)
  })

  it('finds a commit whose answer was lost, and does not write it again', async () => {
    const { open, store } = world()
    const ledger = await open()
    store.mishaps.push('lost-after')
    let asked = 0
    // Not idempotent on purpose: only the writer's own look can tell that it landed.
    await ledger.append(() => {
      asked++
      return [heartbeat()]
    })
    expect(asked).toBe(1)
    expect(records(store).filter(({ type }) => type === 'heartbeat')).toHaveLength(1)
  })

  it('tries again when the answer was lost and nothing landed', async () => {
    const { open, store } = world()
    store.mishaps.push('lost-before', 'lost-before')
    await (await open()).append(() => [heartbeat()])
    expect(store.lines()).toHaveLength(3)
  })

  it('gives up with the Fault after three unknown outcomes, and works again afterwards', async () => {
    const { open, store } = world()
    const ledger = await open()
    store.mishaps.push('lost-before', 'lost-before', 'lost-before')
    expect(await codeOf(ledger.append(() => [heartbeat()]))).toBe('github.unavailable')
    await ledger.append(() => [heartbeat()])
    expectChained(store)
  })

  it.each<[Mishap, FaultCode]>([
    ['limited', 'github.limited'],
    ['refused', 'github.forbidden']
  ])('does not insist when GitHub says %s', async (mishap, code) => {
    const { open, store } = world()
    const ledger = await open()
    store.mishaps.push(mishap)
    expect(await codeOf(ledger.append(() => [heartbeat()]))).toBe(code)
    expect(store.tries).toBe(1)
  })

  it('answers a function that throws alone, and serves the others', async () => {
    const { open } = world()
    const ledger = await open()
    const outcomes = await Promise.allSettled([
      ledger.append(once(1)),
      ledger.append(() => {
        throw new RangeError('a bug')
      }),
      ledger.append(once(2)),
      ledger.append(() => [{ ...intended(1), notAfter: 'tomorrow' }])
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
    expect(ledger.state().requests.size).toBe(2)
    expect(ledger.state().seq).toBe(4)
  })

  it('never lets recordedAt go back, whatever the clock does', async () => {
    const { open, store, clock } = world()
    const ledger = await open()
    await ledger.append(() => [heartbeat()])
    clock.pass(-5 * hour)
    await ledger.append(() => [heartbeat()])
    const times = records(store).map(({ recordedAt }) => recordedAt)
    expect(times).toEqual([...times].sort())
  })

  it('writes nothing of a request but its number into the commit message', async () => {
    const { open, store } = world()
    const ledger = await open()
    await ledger.append(() => [heartbeat()])
    await ledger.append(() => [decided(812), intended(812)])
    expect(store.history('ledger/2026').at(-1)?.message).toBe(
      [
        'request.decided R-812 and 1 more',
        '',
        `Ledger-Id: ${ledger.state().ledger}`,
        'Ledger-Segment: 2',
        'Ledger-Seq: 4-5',
        `Ledger-Head: ${ledger.state().head}`,
        'Request: R-812',
        ''
      ].join('\n')
    )
  })
})

describe('a new year', () => {
  async function overNewYear(): Promise<World & { ledger: Ledger }> {
    const made = world()
    const ledger = await made.open()
    await ledger.append(() => [decided(1)])
    made.clock.at = new Date('2027-01-01T00:00:00.100Z')
    await ledger.append(() => [intended(1)])
    return { ...made, ledger }
  }

  it('seals the old branch and goes on in a new orphan branch, with seq, chain and state', async () => {
    const { store, ledger } = await overNewYear()
    expect([...store.refs.keys()]).toEqual(['ledger/2026', 'ledger/2027'])
    expect(records(store).map(({ type }) => type)).toEqual([
      'ledger.created',
      'key.added',
      'request.decided',
      'ledger.sealed',
      'ledger.created',
      'grant.intended'
    ])
    expectChained(store)
    expect(ledger.state()).toMatchObject({ branch: 'ledger/2027', sealed: null, anomalies: [] })
    expect(ledger.state().open.size).toBe(1)
  })

  it('is read again from both branches', async () => {
    const { open, ledger } = await overNewYear()
    expect((await open()).state().head).toBe(ledger.state().head)
  })

  it('that comes with a new key introduces it before the seal', async () => {
    const { open, store, clock } = world()
    const { root, app, certificate } = issueKeys()
    await (await open({ signer: signerOf(app, certificate) })).append(() => [heartbeat()])
    clock.at = new Date('2027-03-01T00:00:00.000Z')
    const next = newKey()
    await (await open({ signer: signerOf(next, certify(next.publicKey, root)) })).append(() => [heartbeat()])
    expect(records(store).map(({ type }) => type)).toEqual([
      'ledger.created',
      'key.added',
      'heartbeat',
      'key.added',
      'ledger.sealed',
      'ledger.created',
      'heartbeat'
    ])
    expect((await open()).state().anomalies).toEqual([])
  })

  it('does not fork when a replica whose clock is behind writes at the same time', async () => {
    const { open, store, clock } = world()
    const mine = await open()
    await mine.append(() => [decided(1)])
    const behind = { ...clock, now: () => new Date('2026-12-31T23:59:59.000Z') }
    const late = await open({ clock: behind })
    clock.at = new Date('2027-01-01T00:00:01.000Z')
    await mine.append(() => [intended(1)])
    await late.append(() => [granted(1)])
    expectChained(store)
    expect(records(store).at(-1)?.type).toBe('grant.done')
    expect((await open()).state().anomalies).toEqual([])
  })
})

describe('keys', () => {
  it('are introduced by the root’s certificate when the app has a new one', async () => {
    const { store, open } = world()
    const { root, app, certificate } = issueKeys()
    await (await open({ signer: signerOf(app, certificate) })).append(() => [heartbeat()])
    const next = newKey()
    const ledger = await open({ signer: signerOf(next, certify(next.publicKey, root)) })
    await ledger.append(() => [heartbeat()])
    expect(records(store).map(({ type }) => type)).toEqual([
      'ledger.created',
      'key.added',
      'heartbeat',
      'key.added',
      'heartbeat'
    ])
    expect((await open({ signer: signerOf(app, certificate) })).state().keys.size).toBe(2)
  })

  it('of another root are refused by every reader', async () => {
    const { open, store } = world()
    await (await open()).append(() => [heartbeat()])
    const stranger = issueKeys()
    const ledger = await open({ signer: signerOf(stranger.app, stranger.certificate) })
    await ledger.append(() => [heartbeat()])
    expect(await codeOf(open())).toBe('ledger.broken')
    expect(store.lines()).toHaveLength(5)
  })

  it('sign the anchor, which only this ledger’s keys can make', async () => {
    const { open } = world()
    const ledger = await open()
    await ledger.append(() => [heartbeat()])
    const { seq, head, keys } = ledger.state()
    const known = [...keys.values()].map(({ publicKey }) => publicKey)
    expect(readAnchor(ledger.anchor(), repository, known)).toEqual({ seq, head })
    expect(readAnchor(ledger.anchor().replace(/^3:/, '4:'), repository, known)).toBeUndefined()
    expect(readAnchor(ledger.anchor(), repository + 1, known)).toBeUndefined()
  })
})

describe('refresh', () => {
  async function three(): Promise<World> {
    const made = world()
    const ledger = await made.open()
    for (const pr of [1, 2, 3]) await ledger.append(once(pr))
    return made
  }
  const second = 'seg/000/000/002.jsonl'

  it('reads what others wrote', async () => {
    const { open } = world()
    const [mine, other] = [await open(), await open()]
    await other.append(once(1))
    expect((await mine.refresh()).requests.size).toBe(1)
    await other.append(once(2))
    expect((await mine.refresh()).requests.size).toBe(2)
  })

  it('stops at a record that was altered', async () => {
    const { open, store } = await three()
    const text = await store.read(store.at(store.refs.get('ledger/2026') as string).files.get(second) as string)
    store.tamper('ledger/2026', second, text.replace('"allow"', '"refuse"'))
    expect(await codeOf(open())).toBe('ledger.broken')
  })

  it('stops at a segment that is gone, unsigned or changed since it was read', async () => {
    for (const [path, content] of [
      [second, null],
      ['seg/000/000/002.dsse.json', null],
      [second, 'x\n']
    ] as const) {
      const { open, store } = await three()
      const reader = await open()
      store.tamper('ledger/2026', path, content)
      expect(await codeOf(reader.refresh())).toBe('ledger.broken')
      expect(reader.state().requests.size).toBe(3)
    }
  })

  it('builds on nothing that shows less than is known, be it a lagging replica or a tail cut off', async () => {
    const { open, store } = await three()
    const reader = await open()
    const [, older, tip] = store.history('ledger/2026')
    store.refs.set('ledger/2026', older?.id as string)
    expect(await codeOf(reader.refresh())).toBe('ledger.unreadable')
    expect(await codeOf(reader.append(once(9)))).toBe('ledger.unreadable')
    store.refs.set('ledger/2026', tip?.id as string)
    expect((await reader.append(once(9))).requests.size).toBe(4)
  })

  it('stops when the branch is gone (attack #67)', async () => {
    const { open, store } = await three()
    const reader = await open()
    store.refs.clear()
    expect(await codeOf(reader.refresh())).toBe('ledger.broken')
    expect(await codeOf(reader.append(once(9)))).toBe('ledger.broken')
  })

  it('refuses another repository’s ledger for writing', async () => {
    const { open } = await three()
    expect(await codeOf((await open({ repository: 2 })).append(once(9)))).toBe('ledger.broken')
  })
})

it('under any races and lost answers there is no gap, no duplicate, and nothing acknowledged is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(
        fc.record({
          writer: fc.nat({ max: 2 }),
          pr: fc.integer({ min: 1, max: 12 }),
          mishap: fc.option(fc.constantFrom<Mishap>('lost-before', 'lost-after', 'limited'), { nil: undefined }),
          interrupt: fc.boolean(),
          wait: fc.boolean(),
          pass: fc.constantFrom(0, 1000, 20 * 24 * hour)
        }),
        { maxLength: 30 }
      ),
      async (begun, steps) => {
        const { open, store, clock } = world()
        const writers = [await open(), await open(), await open()]
        const outsider = await open()
        let busy = false
        if (begun) await outsider.append(() => [heartbeat()])
        const acknowledged = new Set<number>()
        const running: Promise<unknown>[] = []
        for (const { writer, pr, mishap, interrupt, wait, pass } of steps) {
          // One race is left open, and told in openLedger: two first records, in the very seconds of New Year.
          if (begun) clock.pass(pass)
          store.mishaps.push(mishap)
          const note = (number: number) => () => void acknowledged.add(number)
          if (interrupt) {
            store.meanwhile = async () => {
              // Its own commit may find the next interruption waiting: nobody waits for himself.
              if (busy) return
              busy = true
              await outsider.append(once(pr)).then(note(pr), () => undefined)
              busy = false
            }
          }
          const work = (writers[writer] as Ledger).append(once(pr)).then(note(pr), error => {
            if (!(error instanceof Fault)) throw error
          })
          if (wait) await work
          else running.push(work)
        }
        await Promise.all(running)
        expectChained(store)
        const decisions = records(store).flatMap(record => (record.type === 'request.decided' ? [record.pr] : []))
        expect(new Set(decisions).size).toBe(decisions.length)
        for (const pr of acknowledged) expect(decisions).toContain(pr)
        store.mishaps.length = 0
        const reader = await open()
        expect(reader.state().anomalies).toEqual([])
        // What a writer holds is what the branch replays to.
        for (const writer of writers) expect((await writer.refresh()).head).toBe(reader.state().head)
        expect(fold(emptyState, records(store)).head).toBe(reader.state().head)
      }
    ),
    { numRuns: 100 }
  )
})
