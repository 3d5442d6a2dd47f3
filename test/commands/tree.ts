// A working tree to run commands in: the starter access repository with files added, and what a command wrote.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { run } from '../../src/cli.ts'

const starter = join(import.meta.dirname, '../../policies/starter')

/** The path of the request that `request` writes. */
export const requestPath = 'requests/payments-production/2026-11-22-octocat-read.yml'

/** A sound request of the starter's, with lines replaced or (by undefined) left out. */
export function request(changes: Record<string, string | undefined> = {}): string {
  const lines: Record<string, string | undefined> = {
    apiVersion: 'addendum/v1',
    kind: 'AccessRequest',
    id: '2026-11-22-octocat-read',
    contract: 'payments-production',
    clause: 'C-read',
    subject: 'octocat',
    duration: '2h',
    reason: 'Investigate duplicate refunds',
    ticket: 'PAY-1234',
    ...changes
  }
  return Object.entries(lines)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}\n`]))
    .join('')
}

/** A fresh copy of the starter with `files` added; gone when the test ends. */
export function tree(files: Record<string, string> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'addendum-tree-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  cpSync(starter, root, { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** Runs `addendum …argv` and gives back the exit code and both outputs. */
export async function addendum(...argv: string[]): Promise<{ code: number; out: string; problems: string }> {
  const out: string[] = []
  const problems: string[] = []
  const code = await run(argv, { write: text => out.push(text) }, { write: text => problems.push(text) })
  return { code, out: out.join(''), problems: problems.join('') }
}
