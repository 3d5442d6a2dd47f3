#!/usr/bin/env node
// The door of the `addendum` command for any Node: plain JavaScript, so that an old Node can say that it is too old.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const cli = new URL('./cli.ts', import.meta.url)
const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
const major = Number(process.versions.node.split('.')[0])

if (major >= 24) {
  const { main } = await import(cli.href)
  await main()
} else if (existsSync(own)) {
  const child = spawn(own, [fileURLToPath(cli), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 15)
  })
} else {
  process.stderr.write(
    `addendum: Node 24 or newer is needed, and this is ${process.version}.\n` +
      'Run `npm ci` in the checkout, which brings one along, or install Node 24.\n'
  )
  process.exitCode = 2
}
