// The app's process as the sandbox holds it: started, told the time, killed without warning, started again on what it left.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Order, Word } from './app-process.ts'

/** How to run the app. `environment` is all that it sees. */
export interface AppOptions {
  environment: Record<string, string>
  /** Its data directory, which holds nothing that cannot be made again. */
  data: string
  /** Its log goes there, each line as it was written. */
  log: string
  offsetMs: () => number
}

/** One app, through all its lives. */
export interface AppHandle {
  start(): Promise<void>
  /** SIGKILL: nothing is finished, nothing is said. */
  kill(options?: { wipe?: boolean }): Promise<void>
  /** Tells it how far the clock was moved. */
  tell(order: Order): void
  /** Resolves when its queue has nothing due, or when it died. */
  idle(): Promise<void>
  /** Started, ready, and not ended. */
  alive(): boolean
  stop(): Promise<void>
}

/** The app of the sandbox, not started yet. */
export function createApp({ environment, data, log, offsetMs }: AppOptions): AppHandle {
  let child: ChildProcess | undefined
  let ready = false
  let turn = 0

  async function start(): Promise<void> {
    const output = openSync(log, 'a')
    const born = fork(fileURLToPath(new URL('./app-process.ts', import.meta.url)), [String(offsetMs())], {
      env: environment,
      stdio: ['ignore', output, output, 'ipc'],
      execArgv: []
    })
    child = born
    ready = false
    await new Promise<void>((resolve, reject) => {
      born.on('message', (word: Word) => {
        if (!('ready' in word)) return
        ready = true
        resolve()
      })
      born.once('exit', code => reject(new Error(`The app ended with ${code} before it was ready; its log is ${log}`)))
    })
    // The clock may have moved while it was being born.
    tell({ offsetMs: offsetMs() })
  }

  function tell(order: Order): void {
    if (child?.connected === true) child.send(order, () => undefined)
  }

  return {
    start,
    tell,
    alive: () => ready && child?.exitCode === null && child.signalCode === null,
    idle: async () => {
      const now = child
      if (now?.connected !== true) return
      turn += 1
      const mine = turn
      await new Promise<void>(resolve => {
        const done = (): void => {
          now.off('message', hear)
          now.off('exit', done)
          resolve()
        }
        const hear = (word: Word): void => {
          if ('idle' in word && word.idle === mine) done()
        }
        now.on('message', hear)
        now.on('exit', done)
        tell({ idle: mine })
      })
    },
    kill: async ({ wipe = false } = {}) => {
      if (child !== undefined && child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit')
        ready = false
        child.kill('SIGKILL')
        await gone
      }
      if (wipe) await wipeData(data)
    },
    stop: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      tell({ stop: true })
      await gone
    }
  }
}

/** Deletes the data directory, with the database server that the killed app left running there. */
async function wipeData(data: string): Promise<void> {
  const lines = (await readFile(join(data, 'pgdata', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (pid > 1) {
    try {
      process.kill(pid, 'SIGQUIT')
      while (process.kill(pid, 0)) await new Promise(resolve => setTimeout(resolve, 20))
    } catch {
      // It is gone.
    }
  }
  await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}
