// A clone on disk, read through the `git` command: what offline reading stands on. Never writes, never fetches.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { join } from 'node:path'

/** Where git finds its own programs when nothing else is said. */
const usualPath = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin'

/**
 * No word of the user's, the system's or the environment's configuration, no replaced objects (tampering row 16), no
 * grafts (row 18), no commit-graph, which could tell other parents than the commits do, and no talk with any server.
 */
const environment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  HOME: '/nonexistent',
  LC_ALL: 'C'
}
const configuration = ['-c', 'core.commitGraph=false', '-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false']

/** An object as it lies in git. */
export interface GitObject {
  type: string
  content: Buffer
}

/** A clone or bare repository, read only. */
export interface GitRepository {
  /** Runs one plumbing command to its end. A status other than 0 is an answer, not an error. */
  run(args: readonly string[], input?: string): Promise<{ status: number; stdout: Buffer; stderr: string }>
  /** One object; undefined when it is missing or cannot be read. */
  object(name: string): Promise<GitObject | undefined>
  /** Whether grafts lie in git's directory, where an ordinary git would believe them (tampering row 18). */
  hasGrafts(): Promise<boolean>
  /** Ends the reader process. */
  close(): void
}

/**
 * Thrown where git itself cannot be asked: not a repository, no git, not allowed. Verification then says "could not
 * check".
 */
export class GitUnusable extends Error {
  override readonly name = 'GitUnusable'
}

/** Opens a clone or a bare repository. `path` is where programs are looked for (as `PATH`). */
export async function openGitRepository(directory: string, options: { path?: string } = {}): Promise<GitRepository> {
  const env = { ...environment, PATH: options.path ?? usualPath }
  const repository = new Repository(directory, env)
  const { status, stdout, stderr } = await repository.run(['rev-parse', '--path-format=absolute', '--git-common-dir'])
  if (status !== 0) throw new GitUnusable(stderr.trim().split('\n')[0] || 'git does not take this for a repository')
  repository.gitDirectory = stdout.toString('utf8').replace(/\n$/, '')
  return repository
}

class Repository implements GitRepository {
  gitDirectory = ''
  readonly #directory: string
  readonly #env: Record<string, string>
  #reader: BatchReader | undefined

  constructor(directory: string, env: Record<string, string>) {
    this.#directory = directory
    this.#env = env
  }

  run(args: readonly string[], input: string = ''): Promise<{ status: number; stdout: Buffer; stderr: string }> {
    return new Promise((resolve, reject) => {
      const child = this.#spawn(args)
      const out: Buffer[] = []
      const err: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
      child.on('error', cause => reject(new GitUnusable('git cannot be started', { cause })))
      child.on('close', code =>
        resolve({
          status: code ?? 128,
          stdout: Buffer.concat(out),
          stderr: Buffer.concat(err).toString('utf8')
        })
      )
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
    })
  }

  async object(name: string): Promise<GitObject | undefined> {
    // A name with a line end would become two questions, and every later answer would be another's.
    if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(name)) return undefined
    if (this.#reader === undefined || this.#reader.ended) {
      this.#reader = new BatchReader(this.#spawn(['cat-file', '--batch']))
    }
    const answer = await this.#reader.ask(name)
    if (answer !== 'ended') return answer
    // The reader died, maybe of another's object: this one is asked for alone.
    const alone = new BatchReader(this.#spawn(['cat-file', '--batch']))
    const again = await alone.ask(name)
    alone.close()
    return again === 'ended' ? undefined : again
  }

  async hasGrafts(): Promise<boolean> {
    const grafts = join(this.gitDirectory, 'info', 'grafts')
    return (await this.run(['hash-object', '--no-filters', '--', grafts])).status === 0
  }

  close(): void {
    this.#reader?.close()
  }

  #spawn(args: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn('git', ['-C', this.#directory, ...configuration, ...args], { env: this.#env, stdio: 'pipe' })
  }
}

type Answer = GitObject | undefined | 'ended'

/** One `git cat-file --batch`: questions in order, answers in the same order. It dies of a damaged object. */
class BatchReader {
  ended = false
  readonly #child: ChildProcessWithoutNullStreams
  readonly #asked: ((answer: Answer) => void)[] = []
  #chunks: Buffer[] = []
  #held = 0
  /** Bytes that must be there before the next look; a header is looked for at 0. */
  #wanted = 0
  #next = 0

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk))
    child.stdin.on('error', () => undefined)
    child.stderr.resume()
    child.on('error', () => this.#end())
    child.on('close', () => this.#end())
  }

  ask(name: string): Promise<Answer> {
    if (this.ended) return Promise.resolve('ended')
    return new Promise(resolve => {
      this.#asked.push(resolve)
      this.#child.stdin.write(`${name}\n`)
    })
  }

  close(): void {
    this.#child.stdin.end()
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    if (this.#held < this.#wanted) return
    let data = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    for (;;) {
      const end = data.indexOf(0x0a)
      if (end < 0) break
      const [, type, size] = data.subarray(0, end).toString('utf8').split(' ')
      if (size === undefined) {
        this.#answer(undefined)
        data = data.subarray(end + 1)
        continue
      }
      this.#wanted = end + 1 + Number(size) + 1
      if (data.length < this.#wanted) break
      this.#answer({ type: type as string, content: Buffer.from(data.subarray(end + 1, this.#wanted - 1)) })
      data = data.subarray(this.#wanted)
      this.#wanted = 0
    }
    this.#chunks = data.length === 0 ? [] : [data]
    this.#held = data.length
  }

  #answer(answer: Answer): void {
    const resolve = this.#asked[this.#next++]
    resolve?.(answer)
    if (this.#next < 1024) return
    this.#asked.splice(0, this.#next)
    this.#next = 0
  }

  #end(): void {
    this.ended = true
    while (this.#next < this.#asked.length) this.#answer('ended')
  }
}
