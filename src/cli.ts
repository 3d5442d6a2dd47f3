#!/usr/bin/env node
// The `addendum` command: one verb, one file in commands/, loaded when it is called.
import type { Command as Program } from 'commander'
import { Command, CommanderError } from 'commander'
import type { Output } from './commands/output.ts'

/** 0: done, and nothing is wrong. 1: refused, or something was found. 2: called wrongly, or could not be done. */
export type ExitCode = 0 | 1 | 2

type Verb<Options> = (options: Options, out: Output) => Promise<number>

/** Runs one command line (without node and script) and answers its exit code. Errors are told on `problems`. */
export async function run(argv: readonly string[], out: Output, problems: Output): Promise<number> {
  let code = 0
  const verb =
    <Options>(load: () => Promise<Verb<Options>>) =>
    async (options: Options): Promise<void> => {
      code = await (await load())(options, out)
    }
  const program = build(verb, out, problems)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    problems.write(told(error, program.opts<{ trace?: boolean }>().trace === true))
    return 2
  }
}

/** Runs the process's own command line. */
export async function main(): Promise<void> {
  const out: Output = { write: text => void process.stdout.write(text) }
  const problems: Output = { write: text => void process.stderr.write(text) }
  process.stdout.on('error', error => {
    // `addendum … | head` closes the pipe: that is its reader's right, and no failure of ours.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  })
  process.exitCode = await run(process.argv.slice(2), out, problems)
}

type Wire = <Options>(load: () => Promise<Verb<Options>>) => (options: Options) => Promise<void>

function build(verb: Wire, out: Output, problems: Output): Program {
  const program = new Command('addendum')
  program
    .description('Just-in-time access by pull request: checks, explains, verifies and serves an access repository.')
    .option('--trace', 'show the stack of an unexpected error')
    .helpCommand(false)
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride()
    .configureOutput({ writeOut: text => out.write(text), writeErr: text => problems.write(text) })
  const add = (name: string, description: string, example: string): Program =>
    program.command(name).description(description).addHelpText('after', `\nExample:\n  $ addendum ${example}`)
  const tree = ['-C, --directory <dir>', 'the root of the access repository, where git does not say'] as const
  const json = ['--json', 'answer in JSON'] as const

  const check = verb(async () => (await import('./commands/check.ts')).checkCommand)
  add('check', 'say what is wrong with documents, on the line, offline', 'check requests/payments-production/*.yml')
    .argument('<files...>', 'documents, CODEOWNERS or settings')
    .option(...tree)
    .option(...json)
    .action((files: string[], options: object) => check({ files, ...options }))

  const owners = verb(async () => (await import('./commands/owners.ts')).ownersCommand)
  const file = 'requests/payments-production/2026-11-22-octocat-read.yml'
  add('owners', 'say who must approve a path, and by which line of CODEOWNERS', `owners ${file}`)
    .argument('<paths...>', 'paths from the root of the access repository')
    .option(...tree)
    .option(...json)
    .action((paths: string[], options: object) => owners({ paths, ...options }))

  const lint = verb(async () => (await import('./commands/lint.ts')).lintCommand)
  add('lint', 'say which lines of CODEOWNERS GitHub would ignore, and what nobody owns', 'lint ./access')
    .argument('[directory]', 'the root of the access repository, where git does not say')
    .option(...json)
    .action((directory: string | undefined, options: object) =>
      lint({ ...options, ...(directory === undefined ? {} : { directory }) })
    )

  const explain = verb(async () => (await import('./commands/explain.ts')).explainCommand)
  add('explain', 'say how a request would be decided, rule by rule', `explain ${file}`)
    .argument('<file>', 'a request')
    .option(...tree)
    .option('--subject <login>', 'as if the request were for this person')
    .option('--at <instant>', 'as if it were this instant: 2026-11-22T15:00:00Z')
    .option(...json)
    .action((file: string, options: object) => explain({ file, ...options }))

  const test = verb(async () => (await import('./commands/test.ts')).testCommand)
  add('test', 'run the examples of the policies, and say which rules they leave unproven', 'test ./access --baseline')
    .argument('[directory]', 'the root of the access repository')
    .option('--baseline', "the shipped policy's examples as well")
    .option(...json)
    .action((directory: string | undefined, options: object) => test({ directory, ...options }))

  const conform = verb(async () => (await import('./commands/conform.ts')).conformCommand)
  const at = ['--at <instant>', 'as of this instant: 2026-11-22T15:00:00Z'] as const
  const teams = ['--teams <file>', 'who is in which team, as YAML: "@acme/payments": [octocat]'] as const
  add('conform', 'print what is agreed at an instant, as a contract', 'conform payments-production --at 2026-12-01')
    .argument('<contract>', 'a contract, by id or path')
    .option(...tree)
    .option(...at)
    .option('--diff <instant>', 'what changes from there to this instant, clause by clause')
    .option(...json)
    .action((contract: string, options: object) => conform({ contract, ...options }))

  const impact = verb(async () => (await import('./commands/impact.ts')).impactCommand)
  const proposed = 'amendments/payments-production/2026-12-migration-week.yml'
  add('impact', 'say what an amendment would change, and for whom', `impact ${proposed}`)
    .argument('<amendment>', 'an amendment, merged or not')
    .option(...tree)
    .option(...teams)
    .option(...json)
    .action((file: string, options: object) => impact({ file, ...options }))

  const who = verb(async () => (await import('./commands/who.ts')).whoCommand)
  add('who', 'say who could get an access, by which clause', 'who --can payments-db/ledger/reader')
    .requiredOption('--can <access>', 'provider/resource/role')
    .option(...tree)
    .option(...at)
    .option(...teams)
    .option(...json)
    .action(who)

  const what = verb(async () => (await import('./commands/what.ts')).whatCommand)
  add('what', 'say what a person could ask for, by which clause', 'what octocat')
    .argument('<subject>', 'a login')
    .option(...tree)
    .option(...at)
    .option(...teams)
    .option(...json)
    .action((subject: string, options: object) => what({ subject, ...options }))

  const controls = verb(async () => (await import('./commands/controls.ts')).controlsCommand)
  add('controls', 'print which clause serves which control, and its evidence', 'controls --json')
    .option(...tree)
    .option(...at)
    .option(...json)
    .action(controls)

  const request = verb(async () => {
    const [{ requestCommand }, { askRequest }] = await Promise.all([
      import('./commands/request.ts'),
      import('./commands/ask.ts')
    ])
    const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true
    return (options: Parameters<typeof requestCommand>[0], to) =>
      requestCommand(terminal ? { ...options, ask: askRequest } : options, to)
  })
  add('request', 'write a request, by flags or by asking', 'request --contract payments-production --clause C-read …')
    .option(...tree)
    .option('--contract <id>', 'the contract')
    .option('--clause <id>', 'the clause')
    .option('--subject <login>', 'who gets access')
    .option('--duration <time>', 'how long: 2h, 90m, 1d')
    .option('--start <instant>', 'not before this instant')
    .option('--reason <sentence>', 'why')
    .option('--ticket <id>', 'the ticket')
    .option('--input <name=value...>', 'the inputs of an action')
    .action(request)

  const verify = verb(async () => (await import('./commands/verify.ts')).verifyCommand)
  add('verify', 'check the ledger in a clone, offline', 'verify ./access --root ledger-root.pub')
    .argument('[directory]', 'a clone of the access repository', '.')
    .option('--root <file>', 'the root public key that you trust; without it, the one that the ledger names')
    .option('--pin <seq:hash>', 'the end of the ledger as you last saw it')
    .option('--main <branch>', 'the main branch')
    .option(...json)
    .action((directory: string, options: object) => verify({ directory, ...options }))

  const keys = verb(async () => (await import('./commands/keys.ts')).keysCommand)
  add('keys', 'make the root and the app key of a ledger', 'keys --out ./keys')
    .option('--out <dir>', 'where to write them, readable by you alone', '.')
    .option('--root <file>', 'an existing root: only the app key is made, and the ledger goes on under the same root')
    .option('--repository <id>', 'endorse the app key for this repository alone, by numeric id', Number)
    .action(keys)

  const start = verb(async () => (await import('./commands/start.ts')).startCommand)
  add('start', 'serve: take webhooks, decide, grant, and revoke in time; set up by the environment', 'start').action(
    start
  )

  const doctor = verb(async () => {
    const [{ doctorCommand }, { askConfirm }] = await Promise.all([
      import('./commands/doctor.ts'),
      import('./commands/ask.ts')
    ])
    const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true
    return (options: Parameters<typeof doctorCommand>[0], to) =>
      doctorCommand(terminal ? { ...options, confirm: askConfirm } : options, to)
  })
  add('doctor', 'say what protects an access repository, what does not, and mend it', 'doctor acme/access --fix')
    .argument('[repository]', 'OWNER/REPO; may be left out where the app is installed on one alone')
    .option('--fix', 'write the rulesets, with GITHUB_TOKEN')
    .option('--yes', 'write without asking')
    .option(...json)
    .action((repository: string | undefined, options: object) =>
      doctor({ ...options, ...(repository === undefined ? {} : { repository }) })
    )

  const demo = verb(async () => (await import('./commands/demo.ts')).demoCommand)
  add('demo', 'watch the whole story, from pull request to expiry, on this machine', 'demo --json record.json')
    .option('--json <file>', 'write what was expected and observed')
    .option('--postgres <url>', 'play on this PostgreSQL in place of an own one')
    .option('--kill <n>', 'kill the app at n points of the story, and see it end the same', Number)
    .option('--wipe', 'delete its data directory at each of them as well')
    .option('--directory <dir>', 'where to play it; a new directory otherwise')
    .action(demo)

  const sandbox = verb(async () => (await import('./commands/sandbox.ts')).sandboxCommand)
  add('sandbox', 'the same world, kept running, to play every role by git and curl', 'sandbox --directory ./world')
    .option('--directory <dir>', 'where the world lives; kept for the next time')
    .option('--postgres <url>', 'play on this PostgreSQL in place of an own one')
    .option('--port <port>', 'the port of the local GitHub', Number)
    .action(sandbox)

  return program
}

/** An error as a person reads it. A bug says so, since its message alone may mislead. */
function told(error: unknown, trace: boolean): string {
  if (!(error instanceof Error)) return `addendum: ${String(error)}\n`
  if (trace) return `${error.stack ?? error.message}\n`
  const known = ['UsageError', 'ConfigError', 'Fault'].includes(error.name) || 'syscall' in error
  return `addendum: ${error.message}${known ? '' : `\nThis is a bug (${error.name}); --trace shows where.`}\n`
}

if (import.meta.main) await main()
