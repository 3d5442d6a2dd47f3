// `addendum sandbox`: the demo's world, kept running, for whoever wants to play every role by hand.
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLog } from '../log.ts'
import { people, teams } from '../sandbox/company.ts'
import type { PersonName } from '../sandbox/company.ts'
import { openStage } from '../sandbox/stage.ts'
import type { Output } from './output.ts'

/** What the sandbox can be told. */
export interface SandboxOptions {
  directory?: string
  postgres?: string
  port?: number
}

const launcher = fileURLToPath(new URL('../addendum.mjs', import.meta.url))
const hour = /^\+(\d{1,3})([hm])$/

/** Runs until it is interrupted, and goes on from the same directory the next time. A line such as `+2h` moves its clock. */
export async function sandboxCommand(options: SandboxOptions, out: Output): Promise<number> {
  const directory = resolve(options.directory ?? '.data/sandbox')
  const stage = await openStage({
    directory,
    postgres: options.postgres,
    log: createLog('warn'),
    ...(options.port === undefined ? {} : { port: options.port })
  })
  const { company } = stage
  await company.app.start()
  const roles = (Object.keys(people) as PersonName[]).map(login => {
    const member = Object.entries(teams)
      .filter(([, members]) => members.includes(login))
      .map(([slug]) => `@acme/${slug}`)
    return `  ${login.padEnd(9)} ${member.join(', ').padEnd(20)} ${company.tokens[login]}`
  })
  const host = new URL(company.url).host
  const { settings } = company.database
  const address = `${people.octocat}+octocat@users.noreply.github.com`
  out.write(`GitHub of acme is at ${company.url}, its access repository is acme/access. Tokens:

${roles.join('\n')}

Ask, as octocat:
  git clone http://octocat:${company.tokens.octocat}@${host}/acme/access.git && cd access && git checkout -b mine
  node ${launcher} request --contract payments-production --clause C-read --subject octocat \\
    --duration 1h --ticket PAY-1 --reason "Try the sandbox"
  git add . && git -c user.name=octocat -c user.email=${address} commit -m "Read the ledger" && git push origin mine
  curl -H "Authorization: token ${company.tokens.octocat}" ${company.url}/api/v3/repos/acme/access/pulls \\
    -d '{"title":"Read the ledger","head":"mine","base":"main"}'

See what Addendum says (its pull request is number 1):
  curl -s -H "Authorization: token ${company.tokens.octocat}" ${company.url}/api/v3/repos/acme/access/issues/1/comments

Approve, as mona:
  curl -H "Authorization: token ${company.tokens.mona}" ${company.url}/api/v3/repos/acme/access/pulls/1/reviews -d '{"event":"APPROVE"}'

Use it:
  psql "host=${settings.host} port=${settings.port ?? 5432} dbname=ledger user=octocat password=${settings.password}" \\
    -c 'table payments'

See how Addendum is: ${company.statusUrl}

Type +1h or +30m and return to move the clock forward; Ctrl-C stops. The log is ${join(directory, 'addendum.log')}.
`)
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (line: string) => {
    const found = hour.exec(line.trim())
    if (found === null) return
    company.advance(Number(found[1]) * (found[2] === 'h' ? 3_600_000 : 60_000))
    out.write(`It is ${company.clock.now().toISOString()} now.\n`)
  })
  await new Promise<void>(resolve => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  process.stdin.destroy()
  await company.close()
  return 0
}
