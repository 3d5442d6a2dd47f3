// Local GitHub, operations: the one list of all handlers, by GitHub's operation id.
import type { Handler } from '../call.ts'
import { apps } from './apps.ts'
import { checks } from './checks.ts'
import { commits } from './commits.ts'
import { contents } from './contents.ts'
import { events } from './events.ts'
import { gitData } from './git-data.ts'
import { gitRefs } from './git-refs.ts'
import { invitations } from './invitations.ts'
import { issues } from './issues.ts'
import { merge } from './merge.ts'
import { organizations } from './organizations.ts'
import { protection } from './protection.ts'
import { pulls } from './pulls.ts'
import { repositories } from './repositories.ts'
import { reviews } from './reviews.ts'
import { teams } from './teams.ts'

/** What the local GitHub answers; `rate-limit/get` alone is answered in github.ts, which holds the counters. */
export const operations: Record<string, Handler> = {
  ...apps,
  ...checks,
  ...commits,
  ...contents,
  ...events,
  ...gitData,
  ...gitRefs,
  ...invitations,
  ...issues,
  ...merge,
  ...organizations,
  ...protection,
  ...pulls,
  ...repositories,
  ...reviews,
  ...teams
}
