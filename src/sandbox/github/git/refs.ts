// Local GitHub, storage: the names of commits; every change of a ref, by API or by push, ends here.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Full ref names (`refs/heads/main`) to commit ids. `list` is sorted by name, as GitHub's is. */
export interface Refs {
  get(name: string): string | undefined
  set(name: string, sha: string): void
  delete(name: string): void
  list(prefix: string): [name: string, sha: string][]
  /** Reads again what another process (git itself, after a push) may have changed. */
  reload(): void
}

/** Whether git would accept this as a full ref name (git-check-ref-format). */
export function validRefName(name: string): boolean {
  if (!/^refs\/[^/]+\/./.test(name)) return false
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what git refuses
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.$/.test(name)) return false
  return name.split('/').every(part => !part.startsWith('.') && !part.endsWith('.lock'))
}

const sorted = (held: Map<string, string>, prefix: string): [string, string][] =>
  [...held].filter(([name]) => name.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))

/** Refs that live as long as the process. */
export function memoryRefs(): Refs {
  const held = new Map<string, string>()
  return {
    get: name => held.get(name),
    set: (name, sha) => void held.set(name, sha),
    delete: name => void held.delete(name),
    list: prefix => sorted(held, prefix),
    reload: () => {}
  }
}

/**
 * The refs of a bare repository on disk, loose and packed; each change is written atomically, so that `git` agrees at
 * once.
 */
export function diskRefs(gitDirectory: string): Refs {
  let held = readAll(gitDirectory)
  return {
    get: name => held.get(name),
    set(name, sha) {
      const path = join(gitDirectory, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(`${path}.lock`, `${sha}\n`)
      renameSync(`${path}.lock`, path)
      held.set(name, sha)
    },
    delete(name) {
      // git knows how to remove a ref from the packed file as well, and to prune empty folders.
      execFileSync('git', ['--git-dir', gitDirectory, 'update-ref', '-d', name])
      held.delete(name)
    },
    list: prefix => sorted(held, prefix),
    reload: () => {
      held = readAll(gitDirectory)
    }
  }
}

function readAll(gitDirectory: string): Map<string, string> {
  const held = new Map<string, string>()
  const packed = join(gitDirectory, 'packed-refs')
  if (existsSync(packed)) {
    for (const [, sha, name] of readFileSync(packed, 'utf8').matchAll(/^([0-9a-f]{40}) (refs\/\S+)$/gm)) {
      held.set(name ?? '', sha ?? '')
    }
  }
  const root = join(gitDirectory, 'refs')
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.lock')) continue
    const path = join(entry.parentPath, entry.name)
    const sha = readFileSync(path, 'utf8').trim()
    if (/^[0-9a-f]{40}$/.test(sha)) held.set(`refs/${path.slice(root.length + 1)}`, sha)
  }
  return held
}
