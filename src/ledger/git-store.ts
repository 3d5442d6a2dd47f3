// The ledger's branches in a clone: the same port as on GitHub, read only. For reports and offline reading.
import { Fault } from '../model/fault.ts'
import type { GitRepository } from './git-repository.ts'
import type { LedgerBranch, LedgerStore } from './store.ts'

/** A store that reads a clone and refuses to write to it. */
export function gitStore(repository: GitRepository): LedgerStore {
  return {
    branches: () => ledgerBranches(repository),
    segments: commit => filesOf(repository, commit),
    async read(blob) {
      const object = await repository.object(blob)
      if (object?.type !== 'blob') {
        throw new Fault('ledger.unreadable', `git cannot read the object ${blob}.`, { retry: false })
      }
      return object.content.toString('utf8')
    },
    commit: () => Promise.reject(new TypeError('a clone is evidence: the ledger is written through GitHub only'))
  }
}

/**
 * Every branch under `ledger/`, sorted. A clone holds what the server has as remote-tracking branches, and a local
 * branch of the same name may be anyone's: the remote's are taken where there are any, `origin` first.
 */
export async function ledgerBranches(repository: GitRepository): Promise<LedgerBranch[]> {
  const { status, stdout } = await repository.run(['for-each-ref', '--format=%(objectname) %(refname)'])
  if (status !== 0) throw new Fault('ledger.unreadable', 'git cannot list the branches.', { retry: false })
  const refs = stdout
    .toString('utf8')
    .split('\n')
    .flatMap(line => {
      const match = /^([0-9a-f]+) refs\/(heads|remotes\/([^/]+))\/(ledger\/.+)$/.exec(line)
      return match === null ? [] : [{ commit: match[1] as string, remote: match[3], name: match[4] as string }]
    })
  const remotes = new Set(refs.flatMap(({ remote }) => (remote === undefined ? [] : [remote])))
  const chosen = remotes.has('origin') ? 'origin' : [...remotes].sort()[0]
  return refs
    .filter(({ remote }) => remote === chosen)
    .map(({ name, commit }) => ({ name, commit }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Every file of a commit's tree, by object name. Whatever is no regular file is listed as well: it is a finding, not a
 * secret.
 */
export async function filesOf(
  repository: GitRepository,
  commit: string
): Promise<{ path: string; blob: string; mode: string }[]> {
  const { status, stdout } = await repository.run(['ls-tree', '-r', '-z', '--full-tree', commit])
  if (status !== 0) throw new Fault('ledger.unreadable', `git cannot list the files of ${commit}.`, { retry: false })
  return stdout
    .toString('utf8')
    .split('\0')
    .flatMap(line => {
      const match = /^(\d{6}) \w+ ([0-9a-f]+)\t([^]+)$/.exec(line)
      return match === null ? [] : [{ mode: match[1] as string, blob: match[2] as string, path: match[3] as string }]
    })
}
