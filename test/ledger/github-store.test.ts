import { describe, expect, it } from 'vitest'
import { gitHubStore } from '../../src/ledger/github-store.ts'
import { selfRooted } from '../../src/ledger/keys.ts'
import { openLedger, type Ledger } from '../../src/ledger/ledger.ts'
import type { LedgerStore } from '../../src/ledger/store.ts'
import { Fault } from '../../src/model/fault.ts'
import { AT, company, type Company } from '../sandbox/github/world.ts'
import { decided, heartbeat, repository } from './records.ts'

interface World {
  c: Company
  store: LedgerStore
  signer: ReturnType<typeof selfRooted>['signer']
  open(): Promise<Ledger>
}

async function world(): Promise<World> {
  const c = await company()
  const { signer } = selfRooted()
  const store = gitHubStore({ octokit: c.app, ...AT })
  const clock = { now: c.clock.now, sleep: () => Promise.resolve() }
  const open = (): Promise<Ledger> =>
    openLedger({
      store: gitHubStore({ octokit: c.app, ...AT }),
      signer,
      clock,
      app: '0.1.0',
      repository,
      mainTip: async () => (await c.app.rest.git.getRef({ ...AT, ref: 'heads/main' })).data.object.sha
    })
  return { c, store, signer, open }
}

function calls(c: Company): Record<string, number> {
  return Object.fromEntries([...c.github.counts()].map(([operation, { total }]) => [operation, total]))
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  try {
    await work
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('the store on GitHub', () => {
  it('writes a commit in exactly three calls, signed by GitHub as the app’s', async () => {
    const { c, open } = await world()
    const ledger = await open()
    await ledger.append(() => [heartbeat()])
    c.github.resetCounts()
    await ledger.append(() => [decided(812)])
    expect(calls(c)).toEqual({ 'git/create-tree': 1, 'git/create-commit': 1, 'git/update-ref': 1 })
    const { data: ref } = await c.app.rest.git.getRef({ ...AT, ref: 'heads/ledger/2026' })
    const { data: commit } = await c.app.rest.git.getCommit({ ...AT, commit_sha: ref.object.sha })
    expect(commit.verification.verified).toBe(true)
    expect(commit.parents).toHaveLength(1)
    expect(c.github.violations).toEqual([])
  })

  it('is read back by another process, and a second look at the same tip costs one call', async () => {
    const { c, open } = await world()
    const ledger = await open()
    await ledger.append(() => [heartbeat()])
    await ledger.append(() => [decided(1)])
    const reader = await open()
    expect(reader.state()).toEqual(ledger.state())
    c.github.resetCounts()
    await reader.refresh()
    expect(calls(c)).toEqual({ 'git/list-matching-refs': 1 })
  })

  it('loses a race for a branch that exists, and for one that is being created', async () => {
    const { c, open, store } = await world()
    const [mine, other] = [await open(), await open()]
    for (const operation of ['git/create-ref', 'git/update-ref']) {
      const stop = c.github.faults.before(operation, async () => {
        stop()
        await other.append(() => [heartbeat()])
      })
      await mine.append(() => [decided(operation.length)])
    }
    expect((await open()).state().seq).toBe(6)
    const [branch] = await store.branches()
    const stale = { branch: 'ledger/2026', files: [], message: 'x' }
    expect((await faultOf(store.commit({ ...stale, parent: null }))).code).toBe('ledger.moved')
    const {
      data: { parents }
    } = await c.app.rest.git.getCommit({ ...AT, commit_sha: branch?.commit as string })
    const late = { ...stale, parent: parents[0]?.sha as string, files: [{ path: 'x', content: 'x' }] }
    expect((await faultOf(store.commit(late))).code).toBe('ledger.moved')
  })

  it.each(['git/create-ref', 'git/update-ref'])('finds its commit when the answer to %s is lost', async operation => {
    const { c, open } = await world()
    const ledger = await open()
    if (operation === 'git/update-ref') await ledger.append(() => [heartbeat()])
    c.github.faults.fail({ kind: 'status', status: 502, when: 'after' }, { operation })
    let asked = 0
    await ledger.append(() => {
      asked++
      return [decided(1)]
    })
    expect(asked).toBe(1)
    expect((await open()).state()).toMatchObject({ seq: operation === 'git/update-ref' ? 4 : 3, anomalies: [] })
  })

  it('says what GitHub’s refusals mean', async () => {
    const { c, store } = await world()
    const refused = async (status: number, retryAfterSeconds?: number): Promise<Fault> => {
      c.github.faults.fail({
        kind: 'status',
        status,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
      })
      return faultOf(store.branches())
    }
    expect((await refused(503)).code).toBe('github.unavailable')
    expect((await refused(404)).code).toBe('github.missing')
    expect((await refused(401)).code).toBe('github.forbidden')
    const limited = await refused(403, 60)
    expect([limited.code, limited.retryAt]).toEqual(['github.limited', new Date(c.clock.now().getTime() + 60_000)])
    expect((await refused(429, 5)).code).toBe('github.limited')
  })

  it('reads a tree that GitHub cuts off a directory at a time', async () => {
    const { c, open, store } = await world()
    const ledger = await open()
    await ledger.append(() => [heartbeat()])
    await ledger.append(() => [decided(1)])
    const commit = (await store.branches())[0]?.commit as string
    const whole = await store.segments(commit)
    const cutting: Pick<typeof c.app, 'request'> = {
      request: new Proxy(c.app.request, {
        apply: async (request, self, [route, parameters]: [string, { recursive?: string }]) => {
          const answer = await (Reflect.apply(request, self, [route, parameters]) as Promise<{
            data: { tree: unknown[]; truncated: boolean }
          }>)
          if (parameters.recursive === undefined) return answer
          return { ...answer, data: { ...answer.data, tree: answer.data.tree.slice(0, 1), truncated: true } }
        }
      })
    }
    const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1)
    const walked = await gitHubStore({ octokit: cutting, ...AT }).segments(commit)
    expect([...walked].sort(byPath)).toEqual([...whole].sort(byPath))
    expect(walked).toHaveLength(5)
  })
})
