// Local GitHub, operations: the app as itself (its JWT): installations, tokens, the webhook and its deliveries.
import { created, forbidden, nothing, notFound, ok, paged, unprocessable } from '../answer.ts'
import { repo, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import type { Delivery } from '../delivery-log.ts'
import { covers } from '../permissions.ts'
import { apiUrl, appJson, installationJson, repositoryJson } from '../render.ts'
import type { Json } from '../render.ts'
import { stamp } from '../store.ts'
import type { Installation, InstallationToken } from '../store.ts'
import { accountByLogin } from '../world.ts'
import { installationFor } from '../webhooks.ts'

const TOKEN_LIFE_MS = 3_600_000

function installation(call: Call): Installation {
  const found = call.world.state.installations[call.params['installation_id'] ?? '']
  if (found === undefined) throw notFound()
  return found
}

const ofAccount =
  (parameter: string): Handler =>
  call => {
    const owner = accountByLogin(call.world, call.params[parameter] ?? '')
    const found = owner === undefined ? undefined : installationFor(call.world, owner.id)
    if (found === undefined) throw notFound()
    return ok(installationJson(call.world, found))
  }

interface TokenRequest {
  repositories?: string[]
  repository_ids?: number[]
  permissions?: Record<string, string>
}

/**
 * A token never holds more than the installation: unknown repositories and larger permissions are refused, not
 * ignored.
 */
const createToken: Handler = call => {
  const { world } = call
  const i = installation(call)
  const asked = call.body as TokenRequest
  if (i.suspendedAt !== null) throw forbidden('This installation has been suspended')
  const reachable = Object.values(world.state.repositories).filter(
    r => r.ownerId === i.accountId && (i.repositoryIds?.includes(r.id) ?? true)
  )
  const wanted =
    asked.repositories === undefined && asked.repository_ids === undefined
      ? undefined
      : [
          ...(asked.repositories ?? []).map(name => reachable.find(r => r.name.toLowerCase() === name.toLowerCase())),
          ...(asked.repository_ids ?? []).map(id => reachable.find(r => r.id === id))
        ]
  if (wanted?.some(r => r === undefined)) {
    throw unprocessable(
      'There is at least one repository that does not exist or is not accessible to the parent installation.'
    )
  }
  const held: Record<string, string> = { metadata: 'read', ...world.app.permissions }
  for (const [name, level] of Object.entries(asked.permissions ?? {})) {
    if (held[name] !== 'write' && held[name] !== level)
      throw unprocessable('The permissions requested are not granted to this installation.')
  }
  const permissions: Record<string, string> =
    asked.permissions === undefined ? held : { metadata: 'read', ...asked.permissions }
  const now = world.now()
  for (const [key, t] of Object.entries(world.state.tokens))
    if (new Date(t.expiresAt) <= now) delete world.state.tokens[key]
  const made: InstallationToken = {
    token: `ghs_${world.random(18)}`,
    installationId: i.id,
    expiresAt: stamp(new Date(now.getTime() + TOKEN_LIFE_MS)),
    repositoryIds: wanted?.flatMap(r => r?.id ?? []) ?? null,
    permissions
  }
  world.state.tokens[made.token] = made
  return created({
    token: made.token,
    expires_at: made.expiresAt,
    permissions: made.permissions,
    repository_selection: made.repositoryIds === null && i.repositoryIds === null ? 'all' : 'selected',
    ...(made.repositoryIds === null
      ? {}
      : { repositories: (wanted ?? []).flatMap(r => (r === undefined ? [] : [repositoryJson(world, r)])) })
  })
}

const revokeToken: Handler = call => {
  if (call.actor.kind === 'installation') delete call.world.state.tokens[call.actor.key]
  return nothing()
}

const accessible: Handler = call => {
  const found = Object.values(call.world.state.repositories).filter(r => covers(call.world, call.actor, r))
  const answer = paged(
    found.map(r => repositoryJson(call.world, r)),
    'repositories'
  )
  const all = call.actor.kind === 'installation' && call.actor.installation.repositoryIds === null
  return { ...answer, body: { ...(answer.body as object), repository_selection: all ? 'all' : 'selected' } }
}

/** Uninstalls; the event is the last that the app hears of it. */
const uninstall: Handler = call => {
  const i = installation(call)
  raiseInstallation(call, i, 'deleted')
  delete call.world.state.installations[i.id]
  for (const [key, t] of Object.entries(call.world.state.tokens))
    if (t.installationId === i.id) delete call.world.state.tokens[key]
  return nothing()
}

const suspend =
  (suspended: boolean): Handler =>
  call => {
    const i = installation(call)
    i.suspendedAt = suspended ? call.world.stamp() : null
    raiseInstallation(call, i, suspended ? 'suspend' : 'unsuspend')
    return nothing()
  }

function raiseInstallation(call: Call, i: Installation, action: string): void {
  call.world.raise({
    event: 'installation',
    action,
    organizationId: i.accountId,
    sender: who(call),
    payload: { installation: installationJson(call.world, i) }
  })
}

const hookConfig = (call: Call): Json => {
  const { url, contentType, insecureSsl, secret } = call.world.state.webhook
  return {
    content_type: contentType,
    insecure_ssl: insecureSsl,
    ...(url === null ? {} : { url }),
    ...(secret === '' ? {} : { secret: '********' })
  }
}

const updateHook: Handler = call => {
  const asked = call.body as { url?: string; content_type?: string; secret?: string }
  const { webhook } = call.world.state
  Object.assign(webhook, {
    url: asked.url ?? webhook.url,
    contentType: asked.content_type ?? webhook.contentType,
    secret: asked.secret ?? webhook.secret
  })
  return ok(hookConfig(call))
}

/** Deliveries, newest first, paged by cursor as GitHub does. */
const listDeliveries: Handler = call => {
  const { query } = call
  const status = query.get('status')
  const all = call.outbox
    .deliveries()
    .filter(d => d.status !== 'pending' && (status === null || (status === 'success') === (d.status === 'OK')))
    .toReversed()
  const size = Math.min(100, Number(query.get('per_page') ?? 30))
  const cursor = query.get('cursor')
  const start = cursor === null ? 0 : all.findIndex(d => d.id <= Number(cursor))
  const page = start < 0 ? [] : all.slice(start, start + size)
  const next = start < 0 ? undefined : all[start + size]
  const link = `<${apiUrl(call.world, `/app/hook/deliveries?per_page=${size}&cursor=${next?.id}`)}>; rel="next"`
  const headers: Record<string, string> = next === undefined ? {} : { link }
  return { ...ok(page.map(itemJson)), headers }
}

const itemJson = (d: Delivery): Json => ({
  id: d.id,
  guid: d.guid,
  delivered_at: d.deliveredAt,
  redelivery: d.redelivery,
  duration: d.durationSeconds,
  status: d.status,
  status_code: d.statusCode,
  event: d.event,
  action: d.action ?? null,
  installation_id: d.installationId ?? null,
  repository_id: d.repositoryId ?? null,
  throttled_at: null
})

function delivery(call: Call): Delivery {
  const found = call.outbox.deliveries().find(d => d.id === Number(call.params['delivery_id']))
  if (found === undefined) throw notFound()
  return found
}

const getDelivery: Handler = call => {
  const d = delivery(call)
  return ok({
    ...itemJson(d),
    url: d.url,
    request: { headers: d.requestHeaders, payload: JSON.parse(d.requestBody) as unknown },
    response: { headers: d.responseHeaders, payload: d.responseBody }
  })
}

const redeliver: Handler = call => {
  void call.outbox.redeliver(delivery(call).id) // queued before this answer; it leaves in its turn
  return { status: 202, body: {} }
}

/** Handlers by operation id. */
export const apps: Record<string, Handler> = {
  'apps/get-authenticated': call =>
    ok({ ...appJson(call.world), installations_count: Object.keys(call.world.state.installations).length }),
  'apps/get-by-slug': call => {
    if (call.params['app_slug'] !== call.world.app.slug) throw notFound()
    return ok(appJson(call.world))
  },
  'apps/list-installations': call =>
    paged(Object.values(call.world.state.installations).map(i => installationJson(call.world, i))),
  'apps/get-installation': call => ok(installationJson(call.world, installation(call))),
  'apps/get-org-installation': ofAccount('org'),
  'apps/get-user-installation': ofAccount('username'),
  'apps/get-repo-installation': call => {
    const r = repo(call)
    const found = installationFor(call.world, r.ownerId, r.id)
    if (found === undefined) throw notFound()
    return ok(installationJson(call.world, found))
  },
  'apps/create-installation-access-token': createToken,
  'apps/revoke-installation-access-token': revokeToken,
  'apps/list-repos-accessible-to-installation': accessible,
  'apps/delete-installation': uninstall,
  'apps/suspend-installation': suspend(true),
  'apps/unsuspend-installation': suspend(false),
  'apps/get-webhook-config-for-app': call => ok(hookConfig(call)),
  'apps/update-webhook-config-for-app': updateHook,
  'apps/list-webhook-deliveries': listDeliveries,
  'apps/get-webhook-delivery': getDelivery,
  'apps/redeliver-webhook-delivery': redeliver,
  'meta/root': call => ok({ current_user_url: apiUrl(call.world, '/user') }),
  'meta/get': () => ok({ verifiable_password_authentication: false })
}
