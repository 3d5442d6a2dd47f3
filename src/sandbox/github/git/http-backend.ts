// Local GitHub, git over HTTP: `git http-backend` talks; who may read and push, and what follows, is decided here.
import { spawn } from 'node:child_process'
import { ApiRefusal, notFound } from '../answer.ts'
import { authenticate } from '../auth.ts'
import type { Actor } from '../auth.ts'
import { refMoved } from '../movement.ts'
import { holds, sees } from '../permissions.ts'
import { gates, pushRefusal } from '../rules.ts'
import type { Repository } from '../store.ts'
import { atLeast, repositoryByName, roleOf } from '../world.ts'
import type { World } from '../world.ts'

const ZERO = '0'.repeat(40)

interface Command {
  before: string
  after: string
  ref: string
}

/** Answers one request of git's smart HTTP protocol. Without a directory there is nothing to serve: 404. */
export async function serveGit(world: World, request: Request, url: URL): Promise<Response> {
  const [, owner = '', name = '', path = ''] = /^\/([^/]+)\/([^/]+)\.git(\/.*)$/.exec(url.pathname) ?? []
  const service = url.searchParams.get('service') ?? path.slice(1)
  if (
    !['/info/refs', '/git-upload-pack', '/git-receive-pack'].includes(path) ||
    !/^git-(upload|receive)-pack$/.test(service)
  )
    throw notFound()
  const writes = service === 'git-receive-pack'
  let actor: Actor
  try {
    actor = authenticate(world, request.headers.get('authorization'))
  } catch {
    return challenge()
  }
  const r = repositoryByName(world, decodeURIComponent(owner), decodeURIComponent(name))
  const readable = r !== undefined && sees(world, actor, r)
  // git asks for a password only on 401, so anonymous requests are challenged, as GitHub does.
  if (actor.kind === 'anonymous' && (!readable || writes)) return challenge()
  if (!readable || actor.kind === 'app') throw notFound()
  if (writes && !mayPush(world, actor, r)) throw new ApiRefusal(403, 'Write access to repository not granted.')
  if (!writes && actor.kind === 'installation' && !holds(actor, 'contents:read'))
    throw new ApiRefusal(403, 'Resource not accessible by integration')
  const { directory } = world.git(r)
  if (directory === undefined) throw notFound()
  const body = Buffer.from(await request.arrayBuffer())
  const env = { QUERY_STRING: url.search.slice(1), PATH_INFO: path, REQUEST_METHOD: request.method }
  if (path !== '/git-receive-pack') return backend(directory, request, env, body)
  return receive(world, r, actor, directory, request, env, body)
}

const challenge = (): Response =>
  new Response('Authentication required', { status: 401, headers: { 'www-authenticate': 'Basic realm="GitHub"' } })

function mayPush(world: World, actor: Actor, r: Repository): boolean {
  if (r.archived) return false
  if (actor.kind === 'installation') return holds(actor, 'contents:write')
  return actor.kind === 'user' && atLeast(roleOf(world, r, actor.account.id), 'write')
}

async function receive(
  world: World,
  r: Repository,
  actor: Actor,
  directory: string,
  request: Request,
  env: Record<string, string>,
  body: Buffer
): Promise<Response> {
  if (actor.kind !== 'user' && actor.kind !== 'installation') throw notFound()
  const { commands, capabilities } = readCommands(body)
  const by = { accountId: actor.account.id, app: actor.kind === 'installation' }
  for (const { ref, before, after } of commands) {
    const reason = refusePush(world, r, { ref, before, after }, by)
    // As with a pre-receive hook, one bad command refuses them all.
    if (reason !== undefined)
      return refused(commands, capabilities, `GH006: Protected branch update failed for ${ref}.\nerror: ${reason}`)
  }
  const noRewrite = commands
    .filter(c => c.before !== ZERO && c.after !== ZERO)
    .map(c => c.ref)
    .filter(
      ref =>
        ref.startsWith('refs/heads/') &&
        gates(world, r, ref.slice('refs/heads/'.length)).some(g => g.blockRewrite && !g.bypass(by, false))
    )
  const { refs } = world.git(r)
  const earlier = new Map(commands.map(c => [c.ref, refs.get(c.ref)]))
  const response = await backend(directory, request, { ...env, SANDBOX_NO_REWRITE: noRewrite.join(' ') }, body)
  refs.reload()
  for (const [ref, before] of earlier) {
    const after = refs.get(ref)
    if (after !== before) refMoved(world, r, { ref, before, after, actor: actor.account })
  }
  return response
}

function refusePush(
  world: World,
  r: Repository,
  { ref, before, after }: Command,
  by: { accountId: number; app: boolean }
): string | undefined {
  if (ref.startsWith('refs/pull/')) return 'deny updating a hidden ref'
  if (!ref.startsWith('refs/heads/')) return undefined
  const branch = ref.slice('refs/heads/'.length)
  if (after === ZERO && branch === r.defaultBranch) return 'refusing to delete the current branch'
  // Whether it rewrites history, the `update` hook finds out, once git has the objects.
  return pushRefusal(
    world,
    r,
    branch,
    { before: before === ZERO ? undefined : before, after: after === ZERO ? null : after, rewrite: undefined },
    by
  )
}

/**
 * The commands that open a receive-pack request: pkt-lines of `old new ref`, the first with capabilities after a NUL.
 */
function readCommands(body: Buffer): { commands: Command[]; capabilities: string } {
  const commands: Command[] = []
  let capabilities = ''
  for (let at = 0; at + 4 <= body.length;) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16)
    if (!(length >= 4)) break // a flush packet: the pack follows
    const [line = '', extra] = body
      .toString('utf8', at + 4, at + length)
      .replace(/\n$/, '')
      .split('\0')
    const [before = '', after = '', ref = ''] = line.split(' ')
    if (/^[0-9a-f]{40}$/.test(before)) commands.push({ before, after, ref })
    capabilities ||= extra ?? ''
    at += length
  }
  return { commands, capabilities }
}

const packet = (data: Buffer | string): Buffer => {
  const bytes = Buffer.from(data as string)
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes])
}

/** The answer of a receive-pack that took nothing: each ref with "ng", and the reason for people. */
function refused(commands: Command[], capabilities: string, reason: string): Response {
  const report = Buffer.concat([
    packet('unpack ok\n'),
    ...commands.map(c => packet(`ng ${c.ref} protected branch hook declined\n`)),
    Buffer.from('0000')
  ])
  const band = (channel: number, data: Buffer): Buffer => packet(Buffer.concat([Buffer.from([channel]), data]))
  const body = capabilities.includes('side-band-64k')
    ? Buffer.concat([band(2, Buffer.from(`error: ${reason}\n`)), band(1, report), Buffer.from('0000')])
    : report
  return new Response(new Uint8Array(body), {
    headers: { 'content-type': 'application/x-git-receive-pack-result', 'cache-control': 'no-cache' }
  })
}

/** Runs the CGI that comes with git, and reads its header block and body. */
async function backend(
  directory: string,
  request: Request,
  env: Record<string, string>,
  body: Buffer
): Promise<Response> {
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      REMOTE_USER: 'git',
      REMOTE_ADDR: '127.0.0.1',
      CONTENT_TYPE: request.headers.get('content-type') ?? '',
      CONTENT_LENGTH: String(body.length),
      GIT_PROTOCOL: request.headers.get('git-protocol') ?? '',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      ...env
    }
  })
  child.stdin.on('error', () => {}) // git may stop reading early; its answer says why
  child.stdin.end(body)
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) chunks.push(chunk)
  const output = Buffer.concat(chunks)
  const end = output.indexOf('\r\n\r\n')
  if (end < 0) throw new ApiRefusal(500, 'git http-backend gave no answer')
  const headers = new Headers()
  let status = 200
  for (const line of output.toString('latin1', 0, end).split('\r\n')) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? []
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
    else if (name !== '') headers.set(name, value)
  }
  return new Response(new Uint8Array(output.subarray(end + 4)), { status, headers })
}
