// One person of the sandbox at work: a real clone, real pushes, and GitHub's API with their own token.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Octokit } from '@octokit/rest'
import { people } from './company.ts'
import type { Company, PersonName } from './company.ts'

const run = promisify(execFile)
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** What a person can do. Nobody here knows that Addendum exists. */
export interface Actor {
  login: PersonName
  github: Octokit
  /** Pushes a branch that adds `path`, and opens a pull request. Gives its number. */
  propose(path: string, text: string, title: string): Promise<number>
  /** Pushes a branch that deletes `path`, and opens a pull request. */
  remove(path: string, title: string): Promise<number>
  approve(pull: number): Promise<void>
}

/** A person with a clone under `directory`. */
export function createActor(company: Company, directory: string, login: PersonName): Actor {
  const clone = join(directory, 'clones', login)
  const { owner, name } = company.repository
  const at = { owner, repo: name }
  const github = new Octokit({ auth: company.tokens[login], baseUrl: `${company.url}/api/v3`, log: quiet })

  // The address by which GitHub knows whose a commit is (docs: setting your commit email address).
  const address = `${people[login]}+${login}@users.noreply.github.com`
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: login,
    GIT_AUTHOR_EMAIL: address,
    GIT_COMMITTER_NAME: login,
    GIT_COMMITTER_EMAIL: address
  }
  const git = async (...args: string[]): Promise<void> => {
    const when = company.clock.now().toISOString()
    await run('git', ['-C', clone, ...args], {
      env: { ...environment, GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when }
    })
  }

  async function branch(title: string, change: () => Promise<void>): Promise<number> {
    if (!existsSync(clone)) {
      await mkdir(dirname(clone), { recursive: true })
      const url = new URL(`${company.url}/${owner}/${name}.git`)
      url.username = login
      url.password = company.tokens[login]
      await run('git', ['clone', '--quiet', url.href, clone], { env: environment })
    }
    const head = title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 60)
    await git('fetch', '--quiet', 'origin', 'main')
    await git('checkout', '--quiet', '-B', head, 'origin/main')
    await change()
    await git('add', '--all')
    await git('commit', '--quiet', '-m', title)
    await git('push', '--quiet', 'origin', head)
    const { data } = await github.pulls.create({ ...at, title, head, base: 'main' })
    return data.number
  }

  return {
    login,
    github,
    propose: (path, text, title) =>
      branch(title, async () => {
        await mkdir(dirname(join(clone, path)), { recursive: true })
        await writeFile(join(clone, path), text)
      }),
    remove: (path, title) => branch(title, () => rm(join(clone, path))),
    approve: async pull => {
      await github.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
    }
  }
}
