// Attacks 1 to 44 of the catalogue (see catalogue.ts): who approves, what is approved, where the rules come from, what the file is.
import type { Attack } from './attack.ts'

/** Rows 1 to 44. */
export const attacks1to44: readonly Attack[] = [
  {
    number: 1,
    attempt: 'The author approves their own pull request',
    defence: 'The author is excluded by numeric id, whatever GitHub lets through',
    heldBy: ['src/decide/persons.ts', 'src/decide/ballot.ts'],
    off: { file: 'src/decide/persons.ts', search: `add(parts.author, 'author')`, replacement: '' }
  },
  {
    number: 2,
    attempt: 'A colleague opens the pull request for the approver',
    defence: 'The subject is excluded as the author is',
    heldBy: ['src/decide/persons.ts'],
    off: { file: 'src/decide/persons.ts', search: `add(parts.subject, 'subject')`, replacement: '' }
  },
  {
    number: 3,
    attempt: 'The approver committed to the pull request',
    defence: 'Authors and committers of every commit are excluded',
    heldBy: ['src/decide/persons.ts', 'src/read/pull.ts'],
    off: { file: 'src/decide/persons.ts', search: `add(account, 'committer')`, replacement: 'void account' }
  },
  {
    number: 4,
    attempt: "The approver's commit comes by a merge's second parent",
    defence: 'All commits of the pull request are read, on whatever parent they hang',
    heldBy: ['src/read/pull.ts', 'src/decide/persons.ts'],
    off: {
      file: 'src/decide/persons.ts',
      search: 'const { commits } = parts',
      replacement:
        'const commits = parts.commits.filter(one => parts.commits.every(other => !other.parents.includes(one.sha) || other.parents[0] === one.sha))'
    }
  },
  {
    number: 5,
    attempt: 'Commits under an address that is nobody’s',
    defence: 'A commit by somebody whom GitHub does not know costs one more approval',
    heldBy: ['src/decide/proposal.ts', 'src/decide/persons.ts'],
    off: { file: 'src/decide/proposal.ts', search: 'involvement.unknownCommits > 0 ? 1 : 0', replacement: '0' }
  },
  {
    number: 6,
    attempt: 'The author commits under the approver’s address to disqualify them',
    defence: 'The check says who is excluded and why, and who may approve instead',
    heldBy: ['src/decide/duties-separated.ts'],
    off: { file: 'src/decide/duties-separated.ts', search: '${list(everyone([...involvement.byPerson.values()]))}', replacement: 'some' }
  },
  {
    number: 7,
    attempt: 'The approver hides in a Co-authored-by trailer',
    defence: 'Co-authors are excluded, and one whom nobody knows costs one more approval',
    heldBy: ['src/read/pull.ts', 'src/decide/persons.ts'],
    off: { file: 'src/decide/persons.ts', search: `add(account, 'co-author')`, replacement: 'void account' }
  },
  {
    number: 8,
    attempt: 'One human approves with two accounts',
    defence: 'The directory makes accounts persons; persons are counted and excluded',
    heldBy: ['src/decide/persons.ts', 'src/decide/seating.ts', 'src/model/directory.ts'],
    off: { file: 'src/decide/persons.ts', search: 'byAccount.get(accountId) ?? `gh:${accountId}`', replacement: '`gh:${accountId}`' }
  },
  {
    number: 9,
    attempt: 'A workflow, a bot or a service account approves',
    defence: 'Only accounts of type User count, and none that the directory calls a service',
    heldBy: ['src/decide/ballot.ts', 'src/decide/persons.ts'],
    off: { file: 'src/decide/ballot.ts', search: `if (by.type !== 'User') return 'not-a-person'`, replacement: '' }
  },
  {
    number: 10,
    attempt: 'Addendum is talked into approving',
    defence: 'Addendum never submits a review, and an app’s review counts for nobody',
    heldBy: ['src/act/perform.ts', 'src/decide/ballot.ts'],
    off: {
      file: 'src/act/comment.ts',
      search: `const { data } = await repository.github.request('POST /repos`,
      replacement:
        `await repository.github.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', { ...at(repository), pull_number: action.pull, event: 'APPROVE' })\n  const { data } = await repository.github.request('POST /repos`
    }
  },
  {
    number: 11,
    attempt: 'A reader or an outsider approves',
    defence: 'An approval counts only from an owner who may write to the repository now',
    heldBy: ['src/decide/ballot.ts', 'src/read/people.ts'],
    off: { file: 'src/decide/ballot.ts', search: `writes ? undefined : 'no-write'`, replacement: 'undefined' }
  },
  {
    number: 12,
    attempt: 'Somebody who does not own the file approves',
    defence: 'The last line of CODEOWNERS that matches the file says who is asked',
    heldBy: ['src/model/codeowners.ts', 'src/decide/electorate.ts', 'src/decide/ballot.ts'],
    off: { file: 'src/model/codeowners.ts', search: 'codeowners.rules[matcher.last(path)]', replacement: 'codeowners.rules[0]' }
  }
]
