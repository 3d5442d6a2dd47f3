// Files of an access repository as they lie on disk: what `check`, `owners`, `explain` and `request` read.
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { isGuarded, placeOf } from '../model/place.ts'
import { UsageError } from './output.ts'

/** A file of a working tree: `path` from its root, with `/`. */
export interface Located {
  root: string
  path: string
}

/**
 * The working tree that `file` lies in. `directory`, where given, is its root. Otherwise the root is git's; and where
 * the path is no place from there, the folder from which it is one: a tree inside another repository works too.
 */
export function locate(file: string, directory?: string): Located {
  const full = resolve(directory ?? '.', file)
  if (directory !== undefined) return located(resolve(directory), full)
  const root = rootOf(dirname(full))
  if (root !== undefined && placeOf(located(root, full).path) !== undefined) return located(root, full)
  const parts = full.split(sep)
  for (let at = 1; at < parts.length; at++) {
    if (placeOf(parts.slice(at).join('/')) !== undefined) return located(parts.slice(0, at).join(sep) || sep, full)
  }
  return located(root ?? resolve('.'), full)
}

/** The root of the working tree around `directory`: where git's metadata lies; undefined outside of any. */
export function rootOf(directory: string): string | undefined {
  for (let at = resolve(directory); ; at = dirname(at)) {
    if (exists(join(at, '.git'))) return at
    if (dirname(at) === at) return undefined
  }
}

/**
 * The bytes of a regular file at `path` under `root`; undefined where nothing is. Symbolic links are refused, as on a
 * pull request (attack #40): what they point to is not what would be merged.
 */
export function readTree(root: string, path: string): Uint8Array | undefined {
  const full = join(root, path)
  if (!exists(full)) return undefined
  if (!lstatSync(full).isFile()) throw new UsageError(`${path} is not a regular file.`)
  const real = realpathSync(full)
  if (relative(realpathSync(root), real).startsWith('..')) throw new UsageError(`${path} leads out of ${root}.`)
  return readFileSync(real)
}

/** What lies at the places under `root` that are ours to judge, by path, sorted; links are told, and not followed. */
export function guardedFiles(root: string): { path: string; link: boolean }[] {
  const found: { path: string; link: boolean }[] = []
  const look = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (isGuarded(path) || /^(\.github|docs)$/i.test(path)) look(path)
      } else if (isGuarded(path)) found.push({ path, link: entry.isSymbolicLink() })
    }
  }
  look('')
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function located(root: string, full: string): Located {
  const path = relative(root, full).split(sep).join('/')
  if (path === '' || path.startsWith('../')) throw new UsageError(`${full} does not lie in ${root}.`)
  return { root, path }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
