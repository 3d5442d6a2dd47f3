// Beneath house.ts: what git on the local GitHub holds, read behind the app's back.
import { emptySnapshot, readSnapshot } from '../../src/ledger/snapshot.ts'
import type { LedgerState } from '../../src/ledger/state.ts'
import type { LedgerStore } from '../../src/ledger/store.ts'
import type { LedgerRecord } from '../../src/model/record.ts'
import type { GitRepository } from '../../src/sandbox/github/git/repository.ts'
import { walk } from '../../src/sandbox/github/git/trees.ts'

/** The ledger's branches as git has them. Read only. */
function storeOf(git: GitRepository): LedgerStore {
  const text = (blob: string): string => git.blob(blob)?.toString('utf8') ?? ''
  return {
    branches: async () =>
      git.refs.list('refs/heads/ledger/').map(([name, commit]) => ({ name: name.slice('refs/heads/'.length), commit })),
    segments: async commit => filesAt(git, commit).map(({ path, sha }) => ({ path, blob: sha })),
    read: async blob => text(blob),
    commit: () => Promise.reject(new TypeError('evidence is read and never written'))
  }
}

function filesAt(git: GitRepository, commit: string | undefined): { path: string; sha: string }[] {
  const tree = commit === undefined ? undefined : git.commit(commit)?.tree
  return tree === undefined ? [] : [...walk(git, tree)].filter(entry => entry.type === 'blob')
}

/** The state of the ledger, folded from the branch's real content: every signature and every link of the chain is checked. */
export async function ledgerOf(git: GitRepository): Promise<LedgerState> {
  return (await readSnapshot(storeOf(git), emptySnapshot)).snapshot.state
}

/** Every record, in order. */
export function recordsOf(git: GitRepository): LedgerRecord[] {
  return git.refs
    .list('refs/heads/ledger/')
    .flatMap(([, commit]) => filesAt(git, commit))
    .filter(({ path }) => path.endsWith('.jsonl'))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap(({ sha }) => (git.blob(sha)?.toString('utf8') ?? '').split('\n').filter(line => line !== ''))
    .map(line => JSON.parse(line) as LedgerRecord)
}

/** The paths of a branch's tip that begin with `prefix`. */
export function pathsOn(git: GitRepository, branch: string, prefix: string): string[] {
  return filesAt(git, git.refs.get(`refs/heads/${branch}`))
    .map(({ path }) => path)
    .filter(path => path.startsWith(prefix))
}
