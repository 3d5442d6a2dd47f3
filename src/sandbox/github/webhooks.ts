// Local GitHub, webhooks: turns a happening into GitHub's payload, for the outbox, if the app is to hear of it.
import { checkWebhook, completeWebhook } from './description/description.ts'
import type { Outbox } from './outbox.ts'
import { installationJson, organizationJson, repositoryJson, userJson } from './render.ts'
import type { Installation } from './store.ts'
import { account } from './world.ts'
import type { Happening, World } from './world.ts'

/** The installation that covers a repository (or, without one, belongs to the account). */
export function installationFor(world: World, ownerId: number, repositoryId?: number): Installation | undefined {
  return Object.values(world.state.installations).find(
    i =>
      i.accountId === ownerId &&
      i.suspendedAt === null &&
      (repositoryId === undefined || i.repositoryIds === null || i.repositoryIds.includes(repositoryId))
  )
}

/** Events that every app receives, subscribed or not. */
const ALWAYS = ['installation', 'installation_repositories', 'installation_target', 'github_app_authorization', 'ping']

/** Whether the app is subscribed, and holds the permission that GitHub asks for that (docs: `merge_group`). */
function hears({ app }: World, event: string): boolean {
  const allowed = event !== 'merge_group' || app.permissions['merge_queues'] !== undefined
  return allowed && app.events.includes(event)
}

/**
 * Queues a delivery for a happening, or does nothing when the app would not hear of it. With `report`, the payload is
 * checked against GitHub's description and what violates it is reported.
 */
export function dispatch(
  world: World,
  outbox: Outbox,
  happening: Happening,
  report: ((violation: string) => void) | undefined
): void {
  const { event, action, repository, sender, payload } = happening
  const ownerId = repository?.ownerId ?? happening.organizationId
  const always = ALWAYS.includes(event)
  const installation = ownerId === undefined ? undefined : installationFor(world, ownerId, repository?.id)
  if (!always && (installation === undefined || !hears(world, event))) return
  const owner = ownerId === undefined ? undefined : account(world, ownerId)
  const partial: Record<string, unknown> = {
    ...(action === undefined ? {} : { action }),
    ...payload,
    ...(repository === undefined ? {} : { repository: repositoryJson(world, repository) }),
    ...(owner?.type === 'Organization' ? { organization: organizationJson(world, owner) } : {}),
    ...(installation === undefined || always
      ? {}
      : { installation: { id: installation.id, node_id: installationJson(world, installation).node_id } }),
    sender: userJson(world, sender)
  }
  const whole = completeWebhook(event, action, partial)
  if (report !== undefined)
    for (const v of checkWebhook(event, action, whole)) report(`webhook ${event}.${action ?? ''}: ${v}`)
  const about = payload['installation'] as { id?: number } | undefined
  outbox.enqueue({
    event,
    action,
    body: JSON.stringify(whole),
    installationId: installation?.id ?? about?.id,
    repositoryId: repository?.id
  })
}
