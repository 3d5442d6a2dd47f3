// The status as one page of HTML for the operator: no script, nothing from outside, every value escaped by the template.
import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { Attention, InstallationStatus, RepositoryStatus, Status } from './status.ts'
import { styles } from './styles.ts'
import { ageOf } from './words.ts'

type Html = ReturnType<typeof html>

/** Nothing may be loaded, run, framed or sent; the one style sheet is named by its hash. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(styles).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

const refreshSeconds = 15

/** The whole page. */
export async function statusPage(status: Status): Promise<string> {
  const { at, version, startedAt, attention, installations, repositories } = status
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="refresh" content="${refreshSeconds}" />
        <title>${headline(attention)} · Addendum</title>
        ${raw(`<style>${styles}</style>`)}
      </head>
      <body>
        <header class="${worst(attention)}">
          <p>Addendum ${version}</p>
          <h1>${headline(attention)}</h1>
          <p class="quiet">${shown(at)}, up for ${ageOf(startedAt, at)}. This page renews itself.</p>
        </header>
        <main>
          ${attention.length === 0 ? null : attentionList(attention)} ${numbers(status)}
          <h2>Access repositories</h2>
          ${repositories.length === 0 ? html`<p class="quiet">None is open yet.</p>` : repositoryTable(repositories, at)}
          <h2>GitHub's limits</h2>
          ${installations.length === 0 ? html`<p class="quiet">GitHub was not asked yet.</p>` : null}
          ${installations.map(installation => limits(installation, at))}
        </main>
        <footer class="quiet">The same as JSON: <a href="/status.json">status.json</a></footer>
      </body>
    </html>`
  return String(await page)
}

function headline(attention: readonly Attention[]): string {
  if (attention.length === 0) return 'All is well'
  return attention.length === 1 ? 'One thing needs attention' : `${attention.length} things need attention`
}

function worst(attention: readonly Attention[]): string {
  if (attention.length === 0) return 'well'
  return attention.some(({ severity }) => severity === 'bad') ? 'bad' : 'warn'
}

function attentionList(attention: readonly Attention[]): Html {
  return html`<ul class="attention">
    ${attention.map(({ severity, because }) => html`<li class="${severity}">${because}</li> `)}
  </ul>`
}

function numbers({ debt, queue, at }: Status): Html {
  const age = (since: Date | null, none: string): string => (since === null ? none : `oldest: ${ageOf(since, at)}`)
  const owed = debt === null ? 'not known yet' : age(debt.oldestDueAt, 'nothing is owed')
  const tiles = [
    { name: 'ends owed', value: count(debt?.overdue), more: owed, bad: debt?.overdue !== 0 },
    { name: 'ends failing', value: count(debt?.failed), more: 'tried until they are done', bad: debt?.failed !== 0 },
    { name: 'jobs due', value: count(queue?.due), more: age(queue?.oldestDueAt ?? null, 'nothing waits'), bad: false },
    { name: 'jobs running', value: count(queue?.active), more: 'at this moment', bad: queue === null },
    { name: 'jobs for later', value: count(queue?.later), more: 'ends, starts, looks', bad: false },
    { name: 'jobs failing', value: count(queue?.failing), more: 'tried again', bad: false }
  ]
  return html`<dl class="tiles">
    ${tiles.map(
      ({ name, value, more, bad }) =>
        html`<div class="${bad ? 'bad' : 'well'}">
          <dt>${name}</dt>
          <dd>${value}</dd>
          <dd class="quiet">${more}</dd>
        </div> `
    )}
  </dl>`
}

function count(value: number | undefined): string {
  return value === undefined ? '?' : String(value)
}

function repositoryTable(repositories: readonly RepositoryStatus[], at: Date): Html {
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          <th scope="col">Repository</th>
          <th scope="col">Ends owed</th>
          <th scope="col">Ledger</th>
          <th scope="col">Last sweep</th>
          <th scope="col">Protection</th>
          <th scope="col">In turn</th>
        </tr>
      </thead>
      <tbody>
        ${repositories.map(
          one =>
            html`<tr>
              <th scope="row">${one.name} <span class="quiet">${one.id}</span></th>
              <td class="${one.debt.overdue === 0 ? '' : 'bad'}">${one.debt.overdue}</td>
              <td class="short">
                record ${one.ledger.seq} <span class="quiet">${ago(one.ledger.recordedAt, at)}</span>
              </td>
              <td class="short">${ago(one.sweptAt, at)}</td>
              <td class="${(one.protection?.stops ?? []).length === 0 ? '' : 'bad'}">${protection(one)}</td>
              <td class="short">${one.waiting === 0 ? 'nobody waits' : `${one.waiting} wait`}</td>
            </tr>`
        )}
      </tbody>
    </table>
  </div>`
}

function protection({ protection: seen }: RepositoryStatus): Html | string {
  if (seen === null) return 'not looked at yet'
  const holds = seen.stops.length === 0 ? 'holds' : `stops grants: ${seen.stops.join(', ')}`
  return seen.warns.length === 0 ? holds : html`${holds} <span class="quiet">noted: ${seen.warns.join(', ')}</span>`
}

function limits({ id, budget }: InstallationStatus, at: Date): Html {
  const { limits: most, remaining, limit, resetAt, pausedUntil } = budget
  const meters =
    most === null
      ? []
      : [
          { name: 'content in the last hour', used: budget.contentLastHour, most: most.contentPerHour },
          { name: 'content in the last minute', used: budget.contentLastMinute, most: most.contentPerMinute },
          { name: 'points in the last minute', used: budget.pointsLastMinute, most: most.pointsPerMinute }
        ]
  const counted =
    remaining === null || limit === null
      ? []
      : [{ name: countedFor(resetAt, at), used: limit - remaining, most: limit }]
  const kept =
    most === null ? 'No limits are kept here' : `${Math.round(most.reserve * 100)} % of each is kept for ends`
  return html`<section class="${budget.near ? 'warn' : 'well'}">
    <h3>Installation ${id} <span class="quiet">${budget.near ? 'near a limit' : 'far from every limit'}</span></h3>
    <dl class="meters">
      ${[...meters, ...counted].map(
        ({ name, used, most: all }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>
              <meter
                min="0"
                max="${all}"
                low="${Math.round(all * 0.8)}"
                high="${Math.round(all * 0.9)}"
                optimum="0"
                value="${used}"
              ></meter>
              ${used} of ${all}
            </dd>
          </div> `
      )}
    </dl>
    <p class="quiet">
      ${kept}. Writes that wait: ${budget.waiting}; put off so far: ${budget.putOff}; refused by GitHub:
      ${budget.refused}${pausedUntil === null ? '' : `; silent until ${shown(pausedUntil)}`}.
    </p>
  </section>`
}

function countedFor(resetAt: Date | null, at: Date): string {
  return resetAt === null ? 'requests as GitHub counts' : `requests as GitHub counts, anew in ${ageOf(at, resetAt)}`
}

function ago(when: Date | null, at: Date): string {
  return when === null ? 'not yet' : `${ageOf(when, at)} ago`
}

function shown(when: Date): string {
  return `${when.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
