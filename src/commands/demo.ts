// `addendum demo`: the whole story on this machine, told as it happens.
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createLog } from '../log.ts'
import { armKills, moments } from '../sandbox/kills.ts'
import { bareRepository, openStage } from '../sandbox/stage.ts'
import { play } from '../sandbox/tell.ts'
import { UsageError } from './output.ts'
import type { Output } from './output.ts'

const run = promisify(execFile)
const launcher = fileURLToPath(new URL('../addendum.mjs', import.meta.url))

/** What the demo can be told. */
export interface DemoOptions {
  json?: string
  postgres?: string
  kill?: number
  wipe?: boolean
  directory?: string
}

/** Plays the story. 0: every step went as told; 1: one did not. */
export async function demoCommand(options: DemoOptions, out: Output): Promise<number> {
  const kills = options.kill ?? 0
  if (!Number.isInteger(kills) || kills < 0 || kills > moments.length)
    throw new UsageError(`--kill takes a number from 0 to ${moments.length}`)
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'addendum-')))
  // As root, PostgreSQL runs as somebody else, who must be able to pass through.
  await chmod(directory, 0o711)
  const began = performance.now()
  const voice = {
    write: (text: string) => out.write(text),
    colour: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined
  }
  out.write(`A company with a GitHub, a PostgreSQL and Addendum, all on this machine, in ${directory}\n`)
  const stage = await openStage({ directory, postgres: options.postgres, log: createLog('silent') })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stage.company.close().finally(() => process.exit(130)))
  const armed = armKills(stage.company, kills, {
    wipe: options.wipe === true,
    told: name => out.write(`  ☠ killed: ${name}\n`)
  })
  try {
    await stage.company.app.start()
    const steps = await play(stage, voice)
    const missed = kills - armed.met().length
    const repository = bareRepository(stage)
    const { stdout: graph } = await run('git', [
      '-C',
      repository,
      'log',
      '--graph',
      '--oneline',
      '--decorate=short',
      'main'
    ])
    const ledger = await run('git', ['-C', repository, 'log', '--reverse', '--format=  %s', '--branches=ledger/*'])
    out.write(`\nmain, as everybody can clone it\n${graph}\nthe ledger, as Addendum signed it\n${ledger.stdout}`)
    const violations = stage.company.github.violations
    const ok = steps.every(step => step.ok) && missed === 0 && violations.length === 0
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    const failed = steps.filter(step => !step.ok).length
    out.write(`\n${ok ? 'All' : `${steps.length - failed} of`} ${steps.length} steps went as told, in ${seconds} s.\n`)
    if (missed > 0) out.write(`${missed} of the ${kills} moments to kill it were not met.\n`)
    for (const violation of violations) out.write(`The local GitHub broke GitHub's own description: ${violation}\n`)
    out.write(
      `Look closer:  git clone ${repository} access && node ${launcher} verify access\n` +
        `Log:          ${join(directory, 'addendum.log')}\n`
    )
    if (options.json !== undefined)
      await writeFile(options.json, `${JSON.stringify({ ok, repository, steps }, null, 2)}\n`)
    return ok ? 0 : 1
  } finally {
    await stage.company.close()
    // The databases have played their part; what an auditor has stays.
    if (options.directory === undefined)
      for (const part of ['payments', 'addendum', 'clones'])
        await rm(join(directory, part), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}
