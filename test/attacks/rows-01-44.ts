// Attacks 1 to 44 of the catalogue (see catalogue.ts): who approves, what is approved, where the rules come from, what the file is.
import type { Attack } from './attack.ts'

/** Rows 1 to 44. */
export const attacks1to44: readonly Attack[] = [
  {
    number: 1,
    attempt: 'The author approves their own pull request',
    defence: 'The author is excluded by numeric id, whatever GitHub lets through',
    heldBy: ['src/decide/ballot/persons.ts', 'src/decide/ballot/ballot.ts'],
    off: { file: 'src/decide/ballot/persons.ts', search: `add(parts.author, 'author')`, replacement: '' }
  },
  {
    number: 2,
    attempt: 'A colleague opens the pull request for the approver',
    defence: 'The subject is excluded as the author is',
    heldBy: ['src/decide/ballot/persons.ts'],
    off: { file: 'src/decide/ballot/persons.ts', search: `add(parts.subject, 'subject')`, replacement: '' }
  },
  {
    number: 3,
    attempt: 'The approver committed to the pull request',
    defence: 'Authors and committers of every commit are excluded',
    heldBy: ['src/decide/ballot/persons.ts', 'src/read/pull.ts'],
    off: { file: 'src/decide/ballot/persons.ts', search: `add(account, 'committer')`, replacement: 'void account' }
  },
  {
    number: 4,
    attempt: "The approver's commit comes by a merge's second parent",
    defence: 'All commits of the pull request are read, on whatever parent they hang',
    heldBy: ['src/read/pull.ts', 'src/decide/ballot/persons.ts'],
    off: {
      file: 'src/decide/ballot/persons.ts',
      search: 'const { commits } = parts',
      replacement:
        'const commits = parts.commits.filter(one => parts.commits.every(other => !other.parents.includes(one.sha) || other.parents[0] === one.sha))'
    }
  },
  {
    number: 5,
    attempt: 'Commits under an address that is nobody’s',
    defence: 'Who pushed is excluded, as GitHub recorded it; a commit or push by a stranger costs one more approval',
    heldBy: ['src/read/pushers.ts', 'src/decide/proposal.ts', 'src/decide/ballot/persons.ts'],
    off: [
      { file: 'src/decide/proposal.ts', search: 'hasStrangers(involvement) ? 1 : 0', replacement: '0' },
      { file: 'src/decide/ballot/persons.ts', search: `add(pusher, 'pusher')`, replacement: 'void pusher' }
    ]
  },
  {
    number: 6,
    attempt: 'The author commits under the approver’s address to disqualify them',
    defence: 'The check says who is excluded and why, and who may approve instead',
    heldBy: ['src/decide/rules/duties-separated.ts'],
    off: {
      file: 'src/decide/rules/duties-separated.ts',
      search: '${list(everyone([...involvement.byPerson.values()]))}',
      replacement: 'some'
    }
  },
  {
    number: 7,
    attempt: 'The approver hides in a Co-authored-by trailer',
    defence: 'Co-authors are excluded, and one whom nobody knows costs one more approval',
    heldBy: ['src/read/pull.ts', 'src/decide/ballot/persons.ts'],
    off: { file: 'src/decide/ballot/persons.ts', search: `add(account, 'co-author')`, replacement: 'void account' }
  },
  {
    number: 8,
    attempt: 'One human approves with two accounts',
    defence: 'The directory makes accounts persons; persons are counted and excluded',
    heldBy: ['src/decide/ballot/persons.ts', 'src/decide/ballot/seating.ts', 'src/model/directory.ts'],
    off: {
      file: 'src/decide/ballot/persons.ts',
      search: 'byAccount.get(accountId) ?? `gh:${accountId}`',
      replacement: '`gh:${accountId}`'
    }
  },
  {
    number: 9,
    attempt: 'A workflow, a bot or a service account approves',
    defence: 'Only accounts of type User count, and none that the directory calls a service',
    heldBy: ['src/decide/ballot/ballot.ts', 'src/decide/ballot/persons.ts'],
    off: {
      file: 'src/decide/ballot/ballot.ts',
      search: `if (by.type !== 'User') return 'not-a-person'`,
      replacement: ''
    }
  },
  {
    number: 10,
    attempt: 'Addendum is talked into approving',
    defence: 'Addendum never submits a review, and an app’s review counts for nobody',
    heldBy: ['src/act/perform.ts', 'src/decide/ballot/ballot.ts'],
    off: {
      file: 'src/act/comment.ts',
      search: `const { data } = await repository.github.request('POST /repos`,
      replacement: `await repository.github.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', { ...at(repository), pull_number: action.pull, event: 'APPROVE' })\n  const { data } = await repository.github.request('POST /repos`
    }
  },
  {
    number: 11,
    attempt: 'A reader or an outsider approves',
    defence: 'An approval counts only from an owner who may write to the repository now',
    heldBy: ['src/decide/ballot/ballot.ts', 'src/read/people.ts'],
    off: { file: 'src/decide/ballot/ballot.ts', search: `writes ? undefined : 'no-write'`, replacement: 'undefined' }
  },
  {
    number: 12,
    attempt: 'Somebody who does not own the file approves',
    defence: 'The last line of CODEOWNERS that matches the file says who is asked',
    heldBy: ['src/model/codeowners.ts', 'src/decide/ballot/electorate.ts', 'src/decide/ballot/ballot.ts'],
    off: {
      file: 'src/model/codeowners.ts',
      search: 'codeowners.rules[matcher.last(path)]',
      replacement: 'codeowners.rules[0]'
    }
  },
  {
    number: 13,
    attempt: 'Rename an account and take its login over',
    defence: 'People are numeric ids; a login that the directory gives to another account names nobody',
    heldBy: ['src/read/named.ts', 'src/read/people.ts', 'src/model/directory.ts'],
    off: {
      file: 'src/read/named.ts',
      search: 'if (accounts.some(account => account.id === id)) return found',
      replacement: 'return found'
    }
  },
  {
    number: 14,
    attempt: 'Rename a team or break its line, so that a broader line of CODEOWNERS wins',
    defence: 'Any doubt about who owns the file denies, and names the line to mend',
    heldBy: ['src/decide/ballot/owners.ts', 'src/decide/rules/owners-readable.ts', 'src/model/codeowners.ts'],
    off: {
      file: 'src/decide/ballot/owners.ts',
      search: 'if (skipped !== undefined) {',
      replacement: 'if (skipped === null) {'
    }
  },
  {
    number: 15,
    attempt: 'Put an accomplice into the team, let them approve, take them out',
    defence: 'Membership is read when it is decided: at the check, at the merge and at the grant',
    heldBy: ['src/read/people.ts', 'src/reconcile/pull/request.ts'],
    off: {
      file: 'src/read/people.ts',
      search: 'if (data.length < 100) return { known: true, value: members }',
      replacement: `if (data.length < 100) {\n        const kept = ((globalThis as { kept?: Map<string, Account[]> }).kept ??= new Map())\n        if (!kept.has(name)) kept.set(name, members)\n        return { known: true, value: kept.get(name) ?? [] }\n      }`
    }
  },
  {
    number: 16,
    attempt: 'The approver leaves the team after approving',
    defence: 'Events about people make every open pull request be decided again',
    heldBy: ['src/receive/hints.ts', 'src/reconcile/sweep.ts'],
    off: {
      file: 'src/receive/hints.ts',
      search: `  'membership',\n`,
      replacement: ''
    }
  },
  {
    number: 17,
    attempt: 'An approver who is only invited, or owners who cannot be seen',
    defence: 'Active members only; a team that cannot be resolved denies',
    heldBy: ['src/read/people.ts', 'src/decide/ballot/owners.ts', 'src/decide/rules/people-known.ts'],
    off: {
      file: 'src/read/people.ts',
      search: 'return { known: false, because: `GitHub shows no team ${name} to this app.` }',
      replacement: 'return { known: true, value: members }'
    }
  },
  {
    number: 18,
    attempt: 'Push after the approval',
    defence: 'An approval is of exactly the commit that was reviewed',
    heldBy: ['src/decide/ballot/binding.ts', 'src/decide/rules/content-bound.ts'],
    off: {
      file: 'src/decide/ballot/binding.ts',
      search: 'if (review.commit === head) return true',
      replacement: 'return true'
    }
  },
  {
    number: 19,
    attempt: 'Move the branch to a commit that is older than the approval',
    defence: 'Time proves nothing; the reviewed commit does',
    heldBy: ['src/decide/ballot/binding.ts', 'src/decide/ballot/ballot.ts'],
    off: {
      file: 'src/decide/ballot/ballot.ts',
      search: `if (!rolls.isBound(review)) return 'other-content'`,
      replacement: ''
    }
  },
  {
    number: 20,
    attempt: 'Push between an approval and its webhook',
    defence: 'The review itself names its commit; a webhook is only a hint',
    heldBy: ['src/read/pull.ts', 'src/decide/ballot/binding.ts'],
    off: {
      file: 'src/read/pull.ts',
      search: 'commit: review.commit_id ?? null',
      replacement: 'commit: pull.head.sha'
    }
  },
  {
    number: 21,
    attempt: 'Push between the check and the merge',
    defence: 'The merge names the head that was judged, and the merged tree is read again',
    heldBy: ['src/act/merge.ts', 'src/decide/rules/merged-rightly.ts'],
    off: {
      file: 'src/act/merge.ts',
      search: `        sha: action.head,\n`,
      replacement: ''
    }
  },
  {
    number: 22,
    attempt: 'Force-push while the commits are read, to hide who wrote them',
    defence: 'The head must be among the commits that were listed, else nobody is known',
    heldBy: ['src/read/pull.ts', 'src/decide/rules/people-known.ts'],
    off: {
      file: 'src/decide/rules/people-known.ts',
      search: 'else if (!commits.value.some(({ sha }) => sha === pull.head.sha)) {',
      replacement: 'else if (commits.value.length === 0) {'
    }
  },
  {
    number: 23,
    attempt: 'Approve, then ask for changes',
    defence: 'The latest opinion of each person wins',
    heldBy: ['src/decide/ballot/opinions.ts', 'src/decide/rules/not-blocked.ts'],
    off: {
      file: 'src/decide/ballot/opinions.ts',
      search: 'CHANGES_REQUESTED: 3',
      replacement: 'CHANGES_REQUESTED: 0'
    }
  },
  {
    number: 24,
    attempt: 'Dismiss the objection, so that the approval before it counts again',
    defence: 'A dismissed opinion is none, and revives nothing',
    heldBy: ['src/decide/ballot/opinions.ts'],
    off: {
      file: 'src/decide/ballot/opinions.ts',
      search: 'DISMISSED: 2',
      replacement: 'DISMISSED: 0'
    }
  },
  {
    number: 25,
    attempt: 'Somebody who may write dismisses an objection',
    defence: 'An objection that somebody else dismissed stays a veto until whoever made it reviews again',
    heldBy: ['src/read/dismissals.ts', 'src/decide/ballot/opinions.ts', 'src/decide/rules/not-blocked.ts'],
    off: {
      file: 'src/decide/ballot/opinions.ts',
      search: 'return itself ? [] : [{ ...opinion, dismissedBy: told.by }]',
      replacement: 'return itself ? [] : []'
    }
  },
  {
    number: 26,
    attempt: 'Send a review of an older, harmless commit by the API',
    defence: 'An approval is of the content of the commit that it names',
    heldBy: ['src/decide/ballot/binding.ts', 'src/read/proposal-facts.ts'],
    off: {
      file: 'src/decide/ballot/binding.ts',
      search: 'entry.sha === file.sha',
      replacement: 'true'
    }
  },
  {
    number: 27,
    attempt: 'Smuggle content in with a merge commit, as the conflict editor makes it',
    defence: 'Path, mode and blob are compared, whatever the commits say',
    heldBy: ['src/decide/ballot/binding.ts'],
    off: {
      file: 'src/decide/ballot/binding.ts',
      search: 'return entry.path === file.path',
      replacement: 'return true || entry.path === file.path'
    }
  },
  {
    number: 28,
    attempt: 'Have a refusal that quotes ":+1:" read as a yes',
    defence: 'Only reviews approve; words are for people',
    heldBy: ['src/read/pull.ts', 'src/decide/ballot/opinions.ts'],
    off: {
      file: 'src/read/pull.ts',
      search: `states.has(review.state) ? review.state : 'COMMENTED'`,
      replacement: `review.state === 'COMMENTED' ? 'APPROVED' : review.state`
    }
  },
  {
    number: 29,
    attempt: 'Edit somebody’s comment into an approval',
    defence: 'Comments are never read for approvals',
    heldBy: ['src/read/pull.ts', 'src/receive/hints.ts'],
    off: {
      file: 'src/read/pull.ts',
      search: 'const reviews = (listed as ListedReview[]).map(',
      replacement: `const said = await repository.github.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...at(repository), issue_number: pull.number })\n  const yes = said.data.filter(one => one.body === '/approve')\n  listed.push(...yes.map(one => ({ id: one.id, user: one.user, state: 'APPROVED', commit_id: pull.head.sha, submitted_at: one.updated_at })))\n  const reviews = (listed as ListedReview[]).map(`
    }
  },
  {
    number: 30,
    attempt: 'Let two pull requests share one head commit',
    defence: 'Each pull request is decided by its own reviews, at the check and at the grant',
    heldBy: ['src/read/pull.ts', 'src/reconcile/pull/request.ts'],
    off: {
      file: 'src/read/pull.ts',
      search: 'const reviews = (listed as ListedReview[]).map(',
      replacement: `const shared = ((globalThis as { shared?: Map<string, unknown[]> }).shared ??= new Map())\n  shared.set(pull.head.sha, [...(shared.get(pull.head.sha) ?? []), ...listed])\n  listed.push(...(shared.get(pull.head.sha) ?? []))\n  const reviews = (listed as ListedReview[]).map(`
    }
  },
  {
    number: 31,
    attempt: 'Change title, description or labels later',
    defence: 'The terms come from the file alone',
    heldBy: ['src/model/facts.ts', 'src/read/pull.ts'],
    off: {
      file: 'src/read/pull.ts',
      search: 'const reviews = (listed as ListedReview[]).map(',
      replacement: `const mona = { id: 1002, login: 'mona', type: 'User' }\n  if (pull.title.startsWith('Approved by @mona')) listed.push({ id: 1, user: mona, state: 'APPROVED', commit_id: pull.head.sha, submitted_at: '2026-11-23T09:00:00Z' })\n  const reviews = (listed as ListedReview[]).map(`
    }
  },
  {
    number: 32,
    attempt: 'Bring the rules that allow it in the same pull request',
    defence: 'Rules are those of the base branch, and a mixed pull request is refused as a request',
    heldBy: ['src/reconcile/pull/kind.ts', 'src/decide/rules/one-document.ts', 'src/read/rules.ts'],
    off: {
      file: 'src/reconcile/pull/kind.ts',
      search: 'if (requests.length > 0) return',
      replacement: 'if (requests.length === changes.value.length) return'
    }
  },
  {
    number: 33,
    attempt: 'Hide code in what a pull request brings',
    defence: 'No document holds code, and nothing of a pull request is ever run',
    heldBy: ['src/model/yaml.ts', 'src/decide/cel/compile.ts'],
    off: {
      file: 'src/decide/cel/compile.ts',
      search: 'const { piece, reads } = compileValue(source, environment)',
      replacement: `try {\n      Function(source)()\n    } catch {}\n    const { piece, reads } = compileValue(source, environment)`
    }
  },
  {
    number: 34,
    attempt: 'Have the judging of a pull request change something',
    defence: 'Before the merge nothing is called at a provider and nothing recorded; GitHub is only told',
    heldBy: ['src/decide/decide.ts', 'src/reconcile/pull/request.ts'],
    off: {
      file: 'src/read/request-facts.ts',
      search: '(provider.admits({ ...access, identity }) ?? null)',
      replacement: `(void provider.grant({ ...access, identity }, new Date(8.64e15), 'trial'), null)`
    }
  },
  {
    number: 35,
    attempt: 'Merge while the check is green under a policy that was tightened since',
    defence:
      'Any change of the rules on main judges open pull requests anew, and the grant is judged by the merge’s first parent',
    heldBy: ['src/reconcile/open-pulls.ts', 'src/read/proposal-facts.ts'],
    off: {
      file: 'src/reconcile/open-pulls.ts',
      search: 'return before === undefined || before === digest ? [] : await openPulls(access)',
      replacement: 'return []'
    }
  },
  {
    number: 36,
    attempt: 'Delete the rules',
    defence: 'Default is deny: no contract, no directory or no CODEOWNERS allows nothing',
    heldBy: [
      'src/decide/ballot/owners.ts',
      'src/decide/rules/clause-in-effect.ts',
      'src/decide/rules/subject-known.ts'
    ],
    off: {
      file: 'src/decide/ballot/owners.ts',
      search: `return unowned('The repository has no CODEOWNERS file.'`,
      replacement: `if (path !== '') return { known: true, names: [], line: 0 }\n    return unowned('The repository has no CODEOWNERS file.'`
    }
  },
  {
    number: 37,
    attempt: 'Add a CODEOWNERS file where GitHub looks first',
    defence: 'All three places are guarded and need their owners; the base branch’s file judges',
    heldBy: ['src/model/place.ts', 'src/decide/documents.ts', 'src/read/rules.ts'],
    off: {
      file: 'src/model/place.ts',
      search: '(\\.github\\/|docs\\/)?codeowners',
      replacement: '\\.github\\/codeowners'
    }
  },
  {
    number: 38,
    attempt: 'Make CODEOWNERS too large to load, or one line too long',
    defence: 'What GitHub does not load names nobody and denies; no line is lost',
    heldBy: ['src/model/codeowners.ts', 'src/decide/ballot/owners.ts'],
    off: {
      file: 'src/model/codeowners.ts',
      search: 'if (Buffer.byteLength(text) >= codeownersMaxBytes) {',
      replacement: 'if (Buffer.byteLength(text) < 0) {'
    }
  },
  {
    number: 39,
    attempt: 'Use a path or value that only looks like another',
    defence: 'Paths and ids are ASCII, byte for byte; what cannot be seen is refused',
    heldBy: ['src/model/place.ts', 'src/model/yaml.ts'],
    off: {
      file: 'src/model/place.ts',
      search: '/^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$/',
      replacement: '/^[\\p{L}\\p{Cf}0-9]([\\p{L}\\p{Cf}0-9-]{0,78}[\\p{L}\\p{Cf}0-9])?$/u'
    }
  },
  {
    number: 40,
    attempt: 'Commit a symbolic link, a submodule or an executable',
    defence: 'Only mode 100644, from git’s own tree',
    heldBy: ['src/decide/rules/path-right.ts', 'src/read/repository.ts'],
    off: {
      file: 'src/decide/rules/path-right.ts',
      search: `if (file.mode !== '100644') {`,
      replacement: `if (file.mode === '') {`
    }
  },
  {
    number: 41,
    attempt: 'Rename a file into or out of the folder of requests',
    defence: 'Both names are judged, and a request is only ever added',
    heldBy: ['src/reconcile/pull/kind.ts', 'src/decide/rules/one-document.ts'],
    off: {
      file: 'src/reconcile/pull/kind.ts',
      search: 'return [path, previousPath].some(name => {',
      replacement: 'return [path].some(name => {'
    }
  },
  {
    number: 42,
    attempt: 'Edit a merged file to get longer access',
    defence: 'A grant belongs to the bytes that were approved; other bytes end it',
    heldBy: ['src/reconcile/main.ts', 'src/decide/rules/one-document.ts'],
    off: {
      file: 'src/reconcile/main.ts',
      search: 'request !== undefined && request.blob === entry.sha ? request : null',
      replacement: 'request ?? null'
    }
  },
  {
    number: 43,
    attempt: 'Delete somebody else’s request',
    defence: 'Only who asked, who has the access, an owner or Addendum may; the ledger says what is in force',
    heldBy: ['src/decide/removal.ts'],
    off: {
      file: 'src/decide/removal.ts',
      search: 'if (author === removal.request?.author)',
      replacement: 'if (author !== 0)'
    }
  },
  {
    number: 44,
    attempt: 'Add an old, approved file again',
    defence: 'Ids burn on use, whatever became of the request',
    heldBy: ['src/decide/rules/id-unused.ts', 'src/ledger/fold-requests.ts'],
    off: {
      file: 'src/decide/rules/id-unused.ts',
      search: 'if (facts.idUsed) {',
      replacement: `if (facts.idUsed && document.id === '') {`
    }
  }
]
