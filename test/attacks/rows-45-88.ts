// Attacks 45 to 88 of the catalogue (see catalogue.ts): what is read whole, hostile input, ways round the checks,
// what outlives them.
import type { Attack } from './attack.ts'

/** Rows 45 to 88. */
export const attacks45to88: readonly Attack[] = [
  {
    number: 45,
    attempt: 'The request hides among more files than GitHub lists',
    defence: 'A list of changes that is not whole is unknown, and a request is one added file',
    heldBy: ['src/read/pull.ts', 'src/decide/rules/one-document.ts'],
    off: { file: 'src/read/pull.ts', search: 'data.length !== pull.changedFiles', replacement: 'false' }
  },
  {
    number: 46,
    attempt: 'A push so large that a comparison shows only its first 300 files',
    defence: 'Steps of main are found by comparing whole trees; GitHub’s comparison is never asked for',
    heldBy: ['src/read/main.ts', 'src/reconcile/main.ts'],
    off: {
      file: 'src/reconcile/main.ts',
      search: 'return [...tree.values()]',
      replacement: 'return [...tree.values()].slice(0, 300)'
    }
  },
  {
    number: 47,
    attempt: 'The approver’s commit lies beyond the 250 commits that GitHub lists, or on another page',
    defence: 'Every page is read, and a list whose length is not the count that GitHub names is unknown',
    heldBy: ['src/read/pull.ts', 'src/decide/rules/people-known.ts'],
    off: { file: 'src/read/pull.ts', search: 'if (data.length < 100) return all', replacement: 'return all' }
  },
  {
    number: 48,
    attempt: 'A bad push, then a harmless one',
    defence: 'The whole difference from base to head is judged, never a push',
    heldBy: ['src/read/pull.ts', 'src/decide/rules/one-document.ts'],
    off: {
      file: 'src/read/pull.ts',
      search: 'const changes = data.map(file',
      replacement: 'const changes = data.slice(-1).map(file'
    }
  },
  {
    number: 49,
    attempt: 'A key stands twice in the file',
    defence: 'Any error of YAML makes it no document',
    heldBy: ['src/model/yaml-value.ts'],
    off: {
      file: 'src/model/yaml-value.ts',
      search: '} else if (again) {',
      replacement: "} else if (again && name === '') {"
    }
  },
  {
    number: 50,
    attempt: '`%YAML 1.1` makes `no` false and `1:30` ninety',
    defence: 'YAML 1.2, core schema; directives are refused',
    heldBy: ['src/model/yaml.ts'],
    off: { file: 'src/model/yaml.ts', search: "if (type !== 'directive-line') return true", replacement: 'return true' }
  },
  {
    number: 51,
    attempt: 'Tags, merge keys, anchors, several documents, `__proto__`',
    defence: 'Each is refused at its place; unknown keys as well',
    heldBy: ['src/model/yaml.ts', 'src/model/yaml-value.ts', 'src/decide/own.ts'],
    off: { file: 'src/model/yaml.ts', search: 'if (second !== undefined) {', replacement: 'if (false) {' }
  },
  {
    number: 52,
    attempt: 'A file that costs a parser quadratic time',
    defence:
      'Size, marks and depth are bounded before anything is parsed, and reading costs time in proportion to the size',
    heldBy: ['src/model/yaml.ts'],
    off: { file: 'src/model/yaml.ts', search: 'if (bytes > maxBytes) reportSize', replacement: 'if (false) reportSize' }
  },
  {
    number: 53,
    attempt: 'A pattern that takes a regular expression engine for ever',
    defence: 'Patterns are a linear subset with a matcher of its own; no text of a repository becomes a RegExp',
    heldBy: ['src/model/ticket-pattern.ts', 'src/decide/cel/functions.ts'],
    off: {
      file: 'src/model/ticket-pattern.ts',
      search: 'if (parsed === undefined || ticket.length > maxTicketLength) return false',
      replacement: 'return new RegExp(pattern).test(ticket)'
    }
  },
  {
    number: 54,
    attempt: 'A credential stands in the file',
    defence: 'It is found by its shape, refused at its line, and repeated nowhere',
    heldBy: ['src/model/secrets.ts', 'src/model/schema.ts'],
    off: { file: 'src/model/schema.ts', search: 'if (secrets.length > 0) return', replacement: 'if (false) return' }
  },
  {
    number: 55,
    attempt: 'An administrator merges past the checks',
    defence: 'After the merge it is decided again from what main holds; refused, recorded, told and taken out',
    heldBy: ['src/reconcile/pull/request.ts', 'src/decide/decide.ts'],
    off: {
      file: 'src/decide/decide.ts',
      search: `if (failed.length === 0) return 'allow'`,
      replacement: `if (failed.length === 0 || merged) return 'allow'`
    }
  },
  {
    number: 56,
    attempt: 'A file is pushed straight to main',
    defence: 'Without its own pull request it is nobody’s: recorded as an exception, and taken out by a pull request',
    heldBy: ['src/reconcile/main.ts', 'src/reconcile/end.ts'],
    off: { file: 'src/reconcile/main.ts', search: '  await recordStrays(world, access, strays)\n', replacement: '' }
  },
  {
    number: 57,
    attempt: 'An indirect merge shows `merged` with the rules unmet',
    defence: '`merged` is never believed: the walk of main and the decision after it are',
    heldBy: ['src/read/merge.ts', 'src/decide/rules/merged-rightly.ts', 'src/reconcile/pull/request.ts'],
    off: {
      file: 'src/decide/decide.ts',
      search: `if (failed.length === 0) return 'allow'`,
      replacement: `if (failed.length === 0 || merged) return 'allow'`
    }
  },
  {
    number: 58,
    attempt: 'A merge commit made by hand brings other bytes',
    defence: 'Path, mode and blob on main are those that were judged, or it is refused',
    heldBy: ['src/decide/rules/merged-rightly.ts'],
    off: { file: 'src/decide/rules/merged-rightly.ts', search: 'if (!same) return', replacement: 'if (false) return' }
  },
  {
    number: 59,
    attempt: 'Approved for another base branch, then pointed at main; or merged elsewhere',
    defence: 'Only the default branch is looked at, under the rules of its own tip',
    heldBy: ['src/reconcile/pull.ts', 'src/decide/rules/same-repository.ts', 'src/read/proposal-facts.ts'],
    off: {
      file: 'src/reconcile/pull.ts',
      search: '  if (pull.base.ref !== repository.defaultBranch) return {}\n',
      replacement: ''
    }
  },
  {
    number: 60,
    attempt: 'An approval is withdrawn in the merge queue',
    defence:
      'Each member of a group is decided again, as often as anything changes; a group succeeds only where all hold',
    heldBy: ['src/reconcile/groups.ts', 'src/decide/member.ts', 'src/act/merge-group.ts', 'src/read/merge-queue.ts'],
    off: [
      {
        file: 'src/act/merge-group.ts',
        search: `holds: check?.conclusion === 'success'`,
        replacement: 'holds: true'
      },
      { file: 'src/reconcile/pull.ts', search: `...(await groupLooks(access))`, replacement: `` },
      { file: 'src/reconcile/groups.ts', search: `if (!reason.holds) return`, replacement: `if (false) return` },
      {
        file: 'src/read/merge-queue.ts',
        search: `if (open !== undefined && (`,
        replacement: `if (steps.length === 0 && (`
      },
      { file: 'src/decide/member.ts', search: `if (foreign.length > 0) return`, replacement: `if (false) return` },
      { file: 'src/read/merge-queue.ts', search: `node.sha === tip.sha ? steps : []`, replacement: `steps` },
      { file: 'src/reconcile/groups.ts', search: `if (own.has(head)) continue`, replacement: `` }
    ]
  },
  {
    number: 61,
    attempt: 'A pull request from a fork',
    defence: 'The head’s repository is compared by numeric id; forks are refused',
    heldBy: ['src/decide/rules/same-repository.ts', 'src/read/pull.ts'],
    off: {
      file: 'src/decide/rules/same-repository.ts',
      search: 'if (!pull.head.sameRepository) {',
      replacement: 'if (false) {'
    }
  },
  {
    number: 62,
    attempt: 'An approved draft',
    defence: 'A draft waits until it is ready for review',
    heldBy: ['src/decide/rules/ready-for-review.ts'],
    off: {
      file: 'src/decide/rules/ready-for-review.ts',
      search: 'if (pull.draft) return waits(',
      replacement: 'if (false) return waits('
    }
  },
  {
    number: 63,
    attempt: 'A workflow or another app reports our check',
    defence: 'The required checks are pinned to this app; where they are not, nothing is granted',
    heldBy: ['src/decide/protection/branch-protection.ts', 'src/model/protection.ts', 'src/act/check.ts'],
    off: {
      file: 'src/decide/protection/branch-protection.ts',
      search: 'requires(rule, context, app)) }',
      replacement: 'requires(rule, context, undefined)) }'
    }
  },
  {
    number: 64,
    attempt: 'A skipped job reports success',
    defence: 'No workflow is a gate: the required checks are this app’s, which never says skipped or neutral',
    heldBy: ['src/model/protection.ts', 'src/act/check.ts'],
    off: {
      file: 'src/model/protection.ts',
      search: '({ context, integration_id: app }))',
      replacement: '({ context }) as never)'
    }
  },
  {
    number: 65,
    attempt: 'A check is run again until it is green',
    defence: 'A run that is asked for again is decided anew, from the facts of now',
    heldBy: ['src/receive/hints.ts', 'src/reconcile/pull.ts'],
    off: {
      file: 'src/receive/hints.ts',
      search: `new Set(['rerequested', 'requested_action'])`,
      replacement: 'new Set<string>()'
    }
  },
  {
    number: 66,
    attempt: 'The rules over main are weakened',
    defence: 'They are read at each decision; weak rules stop new grants, and never an end',
    heldBy: [
      'src/decide/rules/protected.ts',
      'src/decide/protection/branch-protection.ts',
      'src/read/branch-protection.ts'
    ],
    off: { file: 'src/decide/rules.ts', search: '  branchesProtected,\n', replacement: '' }
  },
  {
    number: 67,
    attempt: 'The ledger’s branch is rewritten or deleted',
    defence: 'Rulesets forbid it; where they do not, nothing is granted; one that was rewritten is not gone on with',
    heldBy: ['src/decide/protection/branch-protection.ts', 'src/ledger/snapshot.ts', 'src/ledger/verify.ts'],
    off: {
      file: 'src/decide/protection/branch-protection.ts',
      search: ': judgeLedger(ledger, app)',
      replacement: ': []'
    }
  },
  {
    number: 68,
    attempt: 'Two write to the ledger at once',
    defence: 'Compare-and-swap on the tip: the later one reads again and writes on top',
    heldBy: ['src/ledger/github-store.ts', 'src/ledger/ledger.ts'],
    off: { file: 'src/ledger/github-store.ts', search: 'force: false\n', replacement: 'force: true\n' }
  },
  {
    number: 69,
    attempt: 'The app’s key is stolen',
    defence: 'It holds seven permissions and passes no rule that guards the ledger; more than it needs is found daily',
    heldBy: ['src/model/protection.ts', 'src/decide/protection/protection.ts'],
    off: {
      file: 'src/model/protection.ts',
      search: `  checks: 'write',\n`,
      replacement: `  checks: 'write',\n  administration: 'write',\n`
    }
  },
  {
    number: 70,
    attempt: 'A forged webhook',
    defence: 'HMAC with SHA-256 over the raw bytes, in constant time, of a bounded body; a payload is a hint at most',
    heldBy: ['src/receive/receive.ts', 'src/receive/hints.ts'],
    off: {
      file: 'src/receive/receive.ts',
      search: 'if (!keys.some(',
      replacement: 'if (keys.length === 0 && !keys.some('
    }
  },
  {
    number: 71,
    attempt: 'A delivery is replayed, at once or much later',
    defence: 'It asks for one more look, and what the ledger has decided is not decided again',
    heldBy: ['src/reconcile/pull.ts', 'src/reconcile/pull/request.ts', 'src/ledger/fold-requests.ts'],
    off: {
      file: 'src/reconcile/pull.ts',
      search:
        'if (ledger.state().requests.has(requestRef(number))) return await tellLife(world, access, requestRef(number))',
      replacement: ''
    }
  },
  {
    number: 72,
    attempt: 'Webhooks are lost, late or never sent',
    defence: 'The sweep looks at main and every open pull request; ends are timed by the queue alone',
    heldBy: ['src/reconcile/sweep.ts', 'src/reconcile/open-pulls.ts'],
    off: { file: 'src/reconcile/sweep.ts', search: '    ...(await openPulls(access)),\n', replacement: '' }
  },
  {
    number: 73,
    attempt: 'An outsider’s `/command`, or one edited in',
    defence: 'There are no commands: files and reviews are all that acts',
    heldBy: ['src/read/pull.ts', 'src/receive/hints.ts'],
    off: {
      file: 'src/read/pull.ts',
      search: 'return { known: true, value: reviews }',
      replacement: [
        `const path = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'`,
        'const { data } = await repository.github.request(path, { ...at(repository), issue_number: pull.number })',
        `const yes = data.filter(one => one.body.startsWith('/approve'))`,
        `const given = { state: 'APPROVED', commit: pull.head.sha }`,
        'const more = yes.map(one => ({ ...given, id: one.id, user: account(one.user), submittedAt: one.updated_at }))',
        'return { known: true, value: [...reviews, ...more] }'
      ].join('\n')
    }
  },
  {
    number: 74,
    attempt: 'A flood of pull requests or comments uses up GitHub’s limits',
    defence:
      'Writes go the most urgent first, and a part of every limit is kept for ending access; of each account ten heads are ' +
      'judged at once and then one a minute, so that a flood goes on in turn, says when, and keeps nobody else waiting',
    heldBy: [
      'src/read/budget.ts',
      'src/reconcile/end.ts',
      'src/reconcile/turns.ts',
      'src/reconcile/pull/turn.ts',
      'src/reconcile/open-pulls.ts'
    ],
    off: [
      { file: 'src/read/budget.ts', search: `priority === 'end' ? most : Math.floor(`, replacement: `Math.floor(` },
      {
        file: 'src/reconcile/pull/turn.ts',
        search: `if (turns.take(pull, now)) return null`,
        replacement: `return null`
      },
      { file: 'src/reconcile/pull/turn.ts', search: `if (paced !== null) return`, replacement: `if (false) return` },
      { file: 'src/reconcile/turns.ts', search: `if (judged.has(asking.head.sha)) return false`, replacement: `` },
      { file: 'src/reconcile/pull.ts', search: ` || kind === 'removal'`, replacement: `` },
      { file: 'src/reconcile/open-pulls.ts', search: `access.turns.share(toMain)`, replacement: `toMain` }
    ]
  },
  {
    number: 75,
    attempt: 'Clones fill the disk',
    defence: 'The app clones nothing and writes no file: objects are read over the API',
    heldBy: ['src/read/repository.ts', 'src/ledger/github-store.ts'],
    off: {
      file: 'src/read/repository.ts',
      search: `import { Fault } from '../model/fault.ts'`,
      replacement: `import { spawnSync } from 'node:child_process'\nimport { Fault } from '../model/fault.ts'`
    }
  },
  {
    number: 76,
    attempt: 'Markdown, mentions, links or HTML in a file',
    defence: 'Every text of a file stands in a code span that it cannot leave',
    heldBy: ['src/act/markdown.ts'],
    off: {
      file: 'src/act/markdown.ts',
      search: `const fence = '\`'.repeat(longestRun(clipped) + 1)`,
      replacement: `const fence = '\`'`
    }
  },
  {
    number: 77,
    attempt: 'A token in a log line, a comment or a URL',
    defence: 'Lines of the log are swept for the shapes of credentials; tokens never stand in a URL',
    heldBy: ['src/log.ts', 'src/read/token.ts'],
    off: { file: 'src/log.ts', search: 'hooks: { streamWrite: masked }', replacement: 'hooks: {}' }
  },
  {
    number: 78,
    attempt: 'A pull request redirects a credential to another host',
    defence: 'Systems, credentials and allow-lists are the operator’s; a contract names them, or is refused',
    heldBy: [
      'src/providers/instances.ts',
      'src/decide/rules/provider-ready.ts',
      'policies/schemas/contract.schema.json'
    ],
    off: { file: 'src/decide/rules.ts', search: '  providerReady,\n', replacement: '' }
  },
  {
    number: 79,
    attempt: 'SQL in the name of a role, a database or a login',
    defence: 'Names are held against the operator’s list, and quoted as identifiers by the driver',
    heldBy: ['src/providers/names.ts', 'src/providers/postgres/membership.ts'],
    off: {
      file: 'src/providers/postgres/membership.ts',
      search: 'const role = client.escapeIdentifier(e.role)',
      replacement: 'const role = `"${e.role}"`'
    }
  },
  {
    number: 80,
    attempt: 'A start in the past, an open zone, a huge duration, false commit dates',
    defence: 'The server’s clock in UTC; instants have a zone; the clause’s maximum holds',
    heldBy: [
      'src/decide/rules/duration-within.ts',
      'src/decide/rules/start-in-reach.ts',
      'src/decide/time/window.ts',
      'src/model/instant.ts'
    ],
    off: {
      file: 'src/decide/time/window.ts',
      search: 'Math.max(now.getTime(), terms.startAt?.getTime() ?? now.getTime())',
      replacement: 'terms.startAt?.getTime() ?? now.getTime()'
    }
  },
  {
    number: 81,
    attempt: 'The app is down when access should end',
    defence: 'Every start looks at every open grant, ends first; providers that expire access are told the end',
    heldBy: ['src/reconcile/sweep.ts', 'src/queue/queue.ts', 'src/providers/postgres/valid-until.ts'],
    off: {
      file: 'src/reconcile/sweep.ts',
      search: 'const look = await looksFor(world, access, state, open)',
      replacement: 'const look: Look[] = []'
    }
  },
  {
    number: 82,
    attempt: 'The pull request that takes an ended request out is closed',
    defence: 'Access ended before it and ends without it; the next one is opened',
    heldBy: ['src/reconcile/entitlement.ts', 'src/reconcile/end.ts', 'src/reconcile/pull.ts'],
    off: {
      file: 'src/reconcile/pull.ts',
      search: 'return pull.merged ? {} : { look: [endLook(home)] }',
      replacement: 'return {}'
    }
  },
  {
    number: 83,
    attempt: 'Break-glass becomes a habit',
    defence:
      'Each opens an issue and a review that is due; while one is overdue its clause grants no more, and verify says so',
    heldBy: [
      'src/decide/rules/breakglass-reviewed.ts',
      'src/decide/review.ts',
      'src/reconcile/notices.ts',
      'src/ledger/verify-controls.ts'
    ],
    off: { file: 'src/decide/rules.ts', search: '  breakglassReviewed,\n', replacement: '' }
  },
  {
    number: 84,
    attempt: 'Everybody who could approve has a part in it',
    defence: 'It stays blocked and says whom it lacks; the bar is never lowered',
    heldBy: ['src/decide/rules/duties-separated.ts', 'src/decide/ballot/seating.ts'],
    off: {
      file: 'src/decide/rules/duties-separated.ts',
      search: 'if (short === undefined) return',
      replacement: 'if (short !== null) return'
    }
  },
  {
    number: 85,
    attempt: 'The contract is shortened while access is held',
    defence:
      'Live grants are judged again by a new version always, by an amendment as it says; the earlier end wins, none ends later',
    heldBy: ['src/reconcile/rebound.ts', 'src/decide/rebound.ts'],
    off: {
      file: 'src/reconcile/rebound.ts',
      search: 'if (touched.size === 0 && !change.replaced) return []',
      replacement: 'if (touched.size >= 0) return []'
    }
  },
  {
    number: 86,
    attempt: 'The app is uninstalled, the repository renamed or its default branch changed',
    defence: 'Repositories go by numeric id; what the queue knows is enough to end access; nothing new is granted',
    heldBy: ['src/reconcile/entitlement.ts', 'src/app/world.ts'],
    off: {
      file: 'src/app/world.ts',
      search: 'if (Number(data.id) !== home.repository.id) {',
      replacement: 'if (Number(data.id) === 0) {'
    }
  },
  {
    number: 87,
    attempt: '`OctoCat` for `octocat`, to be two people for a limit',
    defence: 'A login is only looked up; limits, parts and entitlements are those of the person and the numeric id',
    heldBy: ['src/model/directory.ts', 'src/reconcile/holdings.ts', 'src/decide/ballot/persons.ts'],
    off: { file: 'src/decide/ballot/persons.ts', search: `add(parts.subject, 'subject')`, replacement: '' }
  },
  {
    number: 88,
    attempt: 'Auto-merge is armed, and the rules are lifted for a minute',
    defence: 'What slips through is decided after the merge, by its approvals and by the rules of that moment',
    heldBy: ['src/reconcile/pull/request.ts', 'src/decide/rules/protected.ts'],
    off: { file: 'src/decide/rules.ts', search: '  branchesProtected,\n', replacement: '' }
  }
]
