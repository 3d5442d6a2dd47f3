// Who pushed: every push of this branch from its making to the merge, whoever deleted it, and what is hidden.
import { describe, expect, test } from 'vitest'
import { readPushers } from '../../src/read/pushers.ts'
import { answering, pullOf } from './answering.ts'
import type { Told } from './answering.ts'

const head = pullOf().head.sha
const users = { octocat: 1, hubot: 2, mona: 3 } as const
type Login = keyof typeof users

let ids = 0
const change = (kind: string, at: string, login: Login | null, after = head) => ({
  id: (ids += 1),
  after,
  ref: 'refs/heads/ask',
  timestamp: `2026-11-23T${at}Z`,
  activity_type: kind,
  actor: login === null ? null : { id: users[login], login, type: 'User' }
})
const made = change('branch_creation', '08:00:00', 'octocat')
const other = 'c'.repeat(40)

/** Who pushed, by login, and how many nobody knows, where GitHub lists these, newest first. */
async function read(list: unknown[], over: Parameters<typeof pullOf>[0] = {}): Promise<[string[], number]> {
  const { repository } = answering(() => ({ body: list }))
  const { pushers, unknownPushes } = await readPushers(repository, pullOf(over))
  return [pushers.map(({ login }) => login), unknownPushes]
}

describe('who pushed', () => {
  test('is everybody who did from the making of the branch, also what was overwritten since', async () => {
    const list = [change('force_push', '09:20:00', 'octocat'), change('push', '09:10:00', 'mona', other), made]
    expect(await read(list)).toEqual([['octocat', 'mona'], 0])
    expect(await read([change('pr_merge', '09:20:00', 'hubot'), made])).toEqual([['hubot', 'octocat'], 0])
  })
  test('is not who deleted the branch, after the merge or before', async () => {
    const gone = change('branch_deletion', '09:40:00', 'mona', '0'.repeat(40))
    expect(await read([gone, made])).toEqual([['octocat'], 0])
    const merged = { merged: true, mergedAt: new Date('2026-11-23T09:30:00Z') }
    expect(await read([gone, made], merged)).toEqual([['octocat'], 0])
  })
  test('is not who brought the branch back after the merge, but is who did before', async () => {
    const again = change('branch_creation', '09:40:00', 'mona')
    const gone = change('branch_deletion', '09:35:00', 'octocat', '0'.repeat(40))
    const merged = { merged: true, mergedAt: new Date('2026-11-23T09:30:00Z') }
    expect(await read([again, gone, made], merged)).toEqual([['octocat'], 0])
    expect(await read([again, gone, made])).toEqual([['mona', 'octocat'], 0])
  })
  test('is not who pushed to another branch of that name, which was gone before this one was made', async () => {
    const earlier = [
      change('branch_deletion', '07:30:00', 'mona', '0'.repeat(40)),
      change('branch_creation', '07:00:00', 'mona', other)
    ]
    expect(await read([change('push', '08:30:00', 'octocat'), made, ...earlier])).toEqual([['octocat'], 0])
  })
  test('a push by nobody, a list without the head, and one without the making of the branch hide somebody', async () => {
    expect(await read([change('push', '09:10:00', null), made])).toEqual([['octocat'], 1])
    expect(await read([change('branch_creation', '08:00:00', 'octocat', other)])).toEqual([['octocat'], 1])
    expect(await read([change('push', '09:10:00', 'octocat')])).toEqual([['octocat'], 1])
    expect(await read([])).toEqual([[], 1])
  })
  test('a branch that by its date was made after the pull request was opened is whole where nothing is older', async () => {
    expect(await read([change('branch_creation', '09:00:01', 'octocat')])).toEqual([['octocat'], 0])
  })
})

describe('the reading', () => {
  const page = (list: unknown[], next?: string): Told => {
    const url = `https://api.github.com/repositories/7/activity?per_page=100&after=${next ?? ''}`
    return { body: list, ...(next === undefined ? {} : { headers: { link: `<${url}>; rel="next"` } }) }
  }
  test('follows the cursor to the end', async () => {
    const { repository, asked } = answering((_, query) => {
      const cursor = query.get('after')
      if (cursor === 'two') return page([made])
      return page(
        [change('push', cursor === 'one' ? '09:10:00' : '09:20:00', cursor === 'one' ? 'mona' : 'hubot')],
        cursor === 'one' ? 'two' : 'one'
      )
    })
    const { pushers, unknownPushes } = await readPushers(repository, pullOf())
    expect([pushers.map(({ login }) => login), unknownPushes]).toEqual([['hubot', 'mona', 'octocat'], 0])
    expect(asked).toEqual(['activity', 'activity', 'activity'])
  })
  test('stops after a thousand pushes, and whoever pushed before is hidden', async () => {
    const { repository, asked } = answering(() => page([change('push', '09:10:00', 'octocat')], 'more'))
    expect(await readPushers(repository, pullOf())).toMatchObject({ unknownPushes: 1 })
    expect(asked).toHaveLength(10)
  })
  test('asks once for each head, and again where somebody is hidden', async () => {
    let list = [change('branch_creation', '08:00:00', 'octocat', other)]
    const { repository, asked } = answering(() => page(list))
    expect(await readPushers(repository, pullOf())).toMatchObject({ unknownPushes: 1 })
    list = [made]
    expect(await readPushers(repository, pullOf())).toMatchObject({ unknownPushes: 0 })
    await readPushers(repository, pullOf({ merged: true }))
    expect(asked).toHaveLength(2)
    await readPushers(repository, pullOf({ head: { ...pullOf().head, sha: other } }))
    expect(asked).toHaveLength(3)
  })
  test.each([404, 422])('an answer of %i tells nobody, so that somebody is hidden', async status => {
    const { repository } = answering(() => ({ status, body: { message: 'no' } }))
    expect(await readPushers(repository, pullOf())).toEqual({ pushers: [], unknownPushes: 1 })
  })
  test('a failure is tried again', async () => {
    const { repository } = answering(() => ({ status: 500, body: {} }))
    await expect(readPushers(repository, pullOf())).rejects.toMatchObject({ code: 'github.unavailable' })
  })
  test('is not done on a server that offers only the core, nor for a fork, whose branch is not here', async () => {
    const shaped = answering(() => page([made]), 'http://shaped.local/api/v3')
    expect(await readPushers(shaped.repository, pullOf())).toEqual({ pushers: [], unknownPushes: 0 })
    const hub = answering(() => page([made]))
    await readPushers(hub.repository, pullOf({ head: { ...pullOf().head, sameRepository: false } }))
    expect([...shaped.asked, ...hub.asked]).toEqual([])
  })
})
