// Test builder: an access repository on a GitHub that answers as told.
import { ProbotOctokit } from 'probot'
import { createLog } from '../../src/log.ts'
import { remembering } from '../../src/read/github.ts'
import type { Pull } from '../../src/read/pull.ts'
import type { Repository } from '../../src/read/repository.ts'

/** One answer; status 200 unless said. */
export interface Told {
  status?: number
  body: unknown
  headers?: Record<string, string>
}

/** `answer` is asked by path within the repository. Without another `baseUrl` it is github.com. */
export function answering(
  answer: (path: string, query: URLSearchParams) => Told,
  baseUrl = 'https://api.github.com'
): { repository: Repository; asked: string[] } {
  const asked: string[] = []
  const fetch = async (url: string): Promise<Response> => {
    const { pathname, searchParams } = new URL(url)
    const path = decodeURIComponent(pathname).replace(/^.*\/repos\/acme\/access\//, '')
    asked.push(path)
    const { status = 200, body, headers } = answer(path, searchParams)
    const all = { 'content-type': 'application/json', ...headers }
    return new Response(JSON.stringify(body), { status, headers: all })
  }
  const octokit = new ProbotOctokit({
    auth: { token: 'of nobody' },
    baseUrl,
    request: { fetch },
    throttle: { enabled: false },
    retry: { enabled: false },
    log: createLog('silent')
  } as never)
  const clock = { now: () => new Date('2026-11-23T10:00:00Z'), sleep: async () => undefined }
  const github = remembering(octokit, { clock, log: createLog('silent'), limits: null })
  const repository = {
    github,
    installation: 1,
    id: 7,
    owner: 'acme',
    name: 'access',
    defaultBranch: 'main',
    deletesMergedBranches: true,
    app: 4242,
    bot: { id: 90, login: 'addendum[bot]' }
  }
  return { repository, asked }
}

/** Pull request 1 of octocat, opened at 09:00. */
export function pullOf(over: Partial<Pull> = {}): Pull {
  return {
    number: 1,
    title: 'Ask',
    state: 'open',
    draft: false,
    author: { id: 1, login: 'octocat', type: 'User' },
    createdAt: new Date('2026-11-23T09:00:00Z'),
    head: { sha: 'a'.repeat(40), ref: 'ask', sameRepository: true },
    base: { ref: 'main', sha: 'b'.repeat(40) },
    merged: false,
    mergeCommit: null,
    mergedAt: null,
    comments: 0,
    commitCount: 1,
    changedFiles: 1,
    requested: { users: [], teams: [] },
    ...over
  }
}
