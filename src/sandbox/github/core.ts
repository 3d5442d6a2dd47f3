// Local GitHub: the operations that any GitHub-shaped server is expected to have. A server without a name answers only these.

const families: Readonly<Record<string, string>> = {
  apps: `get-authenticated list-installations get-installation create-installation-access-token get-repo-installation
    get-org-installation list-repos-accessible-to-installation get-webhook-config-for-app update-webhook-config-for-app
    list-webhook-deliveries get-webhook-delivery redeliver-webhook-delivery`,
  users: 'get-authenticated get-by-username get-by-id',
  'rate-limit': 'get',
  repos: `get get-branch list-commits get-commit compare-commits-with-basehead get-content
    create-or-update-file-contents codeowners-errors get-collaborator-permission-level
    list-pull-requests-associated-with-commit add-collaborator remove-collaborator get-branch-protection
    get-branch-rules`,
  git: `get-ref list-matching-refs create-ref update-ref delete-ref get-commit create-commit get-tree create-tree
    get-blob create-blob`,
  pulls: `list create get update list-files list-commits merge list-reviews create-review dismiss-review
    request-reviewers remove-requested-reviewers`,
  issues: `create get update list-comments create-comment update-comment add-labels remove-label create-label`,
  checks: 'create update get list-for-ref list-suites-for-ref',
  orgs: 'get-membership-for-user list-members',
  teams: `get-by-name list-members-in-org get-membership-for-user-in-org add-or-update-membership-for-user-in-org
    remove-membership-for-user-in-org add-or-update-repo-permissions-in-org remove-repo-in-org
    check-permissions-for-repo-in-org`
}

/** The core, by operation id. Addendum asks a server for no others unless it knows that server for GitHub. */
export const coreOperations: ReadonlySet<string> = new Set(
  Object.entries(families).flatMap(([family, names]) => names.split(/\s+/).map(name => `${family}/${name}`))
)
