// What the cut takes from GitHub's REST description: the operations and webhooks that the local GitHub answers and
// sends.

/** Operation ids, by family, as GitHub names them (`octokit.rest.FAMILY.operation` in camel case). */
const families: Record<string, string> = {
  meta: 'root get',
  apps: `get-authenticated get-by-slug list-installations get-installation delete-installation suspend-installation
    unsuspend-installation create-installation-access-token revoke-installation-access-token get-repo-installation
    get-org-installation get-user-installation list-repos-accessible-to-installation get-webhook-config-for-app
    update-webhook-config-for-app list-webhook-deliveries get-webhook-delivery redeliver-webhook-delivery`,
  users: 'get-authenticated get-by-username get-by-id',
  'rate-limit': 'get',
  repos: `get update get-branch list-branches list-commits get-commit compare-commits-with-basehead get-content
    create-or-update-file-contents delete-file codeowners-errors list-collaborators check-collaborator
    get-collaborator-permission-level add-collaborator remove-collaborator list-teams
    list-invitations update-invitation delete-invitation
    list-pull-requests-associated-with-commit list-activities merge get-branch-protection update-branch-protection
    delete-branch-protection get-branch-rules get-repo-rulesets get-repo-ruleset create-repo-ruleset
    update-repo-ruleset delete-repo-ruleset list-for-org`,
  git: `get-ref list-matching-refs create-ref update-ref delete-ref get-commit create-commit get-tree create-tree
    get-blob create-blob`,
  pulls: `list create get update list-files list-commits merge check-if-merged update-branch list-reviews get-review
    create-review submit-review update-review dismiss-review list-requested-reviewers request-reviewers
    remove-requested-reviewers list-review-comments`,
  issues: `create get update list-for-repo get-comment list-comments create-comment update-comment delete-comment
    add-labels remove-label list-labels-on-issue list-labels-for-repo get-label create-label list-events`,
  checks: `create update get list-for-ref list-annotations list-suites-for-ref get-suite list-for-suite rerequest-run
    rerequest-suite`,
  orgs: `get list-members check-membership-for-user get-membership-for-user set-membership-for-user
    remove-membership-for-user`,
  teams: `list list-child-in-org get-by-name list-members-in-org get-membership-for-user-in-org
    add-or-update-membership-for-user-in-org remove-membership-for-user-in-org list-repos-in-org
    check-permissions-for-repo-in-org add-or-update-repo-permissions-in-org remove-repo-in-org`
}

/** The operation ids that the cut keeps. An id that the source does not hold stops the cut. */
export const selectedOperations: readonly string[] = Object.entries(families).flatMap(([family, names]) =>
  names
    .trim()
    .split(/\s+/)
    .map(name => `${family}/${name}`)
)

/** The webhook events, every action of each, that the cut keeps, by the value of `X-GitHub-Event`. */
export const selectedEvents: readonly string[] = [
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request_review_thread',
  'push',
  'create',
  'delete',
  'check_run',
  'check_suite',
  'installation',
  'installation_repositories',
  'team',
  'team_add',
  'membership',
  'member',
  'organization',
  'repository',
  'issue_comment',
  'issues',
  'branch_protection_rule',
  'repository_ruleset',
  'ping',
  'merge_group'
]
