// `addendum impact AMENDMENT`: what an amendment would change: clauses, people, past requests, grants in force.
import { conform } from '../decide/agreement/conform.ts'
import { reachChanges, reachOf } from '../decide/agreement/reach.ts'
import type { Reach } from '../decide/agreement/reach.ts'
import { redline } from '../decide/agreement/redline.ts'
import type { Conformed } from '../model/agreement.ts'
import { parseAmendment } from '../model/amendment.ts'
import type { Amendment } from '../model/amendment.ts'
import type { Contract } from '../model/contract.ts'
import { gitBlobSha } from '../model/digest.ts'
import { formatInstant } from '../model/instant.ts'
import { longestPeriodSeconds } from '../model/policy.ts'
import { placeOf } from '../model/place.ts'
import { formatProblem, visible } from '../model/problem.ts'
import { blobsOf, readHistory } from '../report/history.ts'
import { exampleSentence, impactSentences } from '../report/impact-words.ts'
import { mustRead, replay } from '../report/replay.ts'
import type { Impact } from '../report/replay.ts'
import { openAgreements } from './agreement.ts'
import type { Agreements } from './agreement.ts'
import { redlineText } from './conform.ts'
import type { Output } from './output.ts'
import { UsageError, writeJson } from './output.ts'
import { policiesIn } from './policies.ts'
import { readTeams } from './teams.ts'
import type { Names } from './teams.ts'
import { locate, readTree } from './working-tree.ts'

/** `file`: the amendment, merged or not. `teams`: a file that says who is in which team. */
export interface ImpactOptions {
  file: string
  directory?: string
  teams?: string
  json?: boolean
  /** When it is called; the wall clock where absent. */
  now?: Date
}

/** 1 where the amendment could not be applied when it begins, else 0. What cannot be read is a `UsageError`. */
export async function impactCommand(options: ImpactOptions, out: Output): Promise<number> {
  const now = options.now ?? new Date()
  const { root, path, amendment, blob } = readProposal(options)
  const agreements = await openAgreements({ directory: root, now })
  try {
    const at = amendment.effective.fromAt > now ? amendment.effective.fromAt : now
    const { contract, amendments, notes } = await agreements.of(amendment.contract, at)
    const others = amendments.filter(merged => merged.amendment.id !== amendment.id)
    const before = conform(contract, others, at)
    const after = conform(contract, [...others, { amendment, mergedAt: now, blob }], at)
    const refused = after.unapplied.find(({ id }) => id === amendment.id)
    const directory = await agreements.directory(now)
    const names = readTeams(options.teams, directory)
    const reachAt = ({ contract: agreed }: Conformed): Reach => reachOf(agreed, { ...names, directory, at })
    const [was, is] = [reachAt(before), reachAt(after)]
    const impact = await impactOf(agreements, { before: before.contract, after: after.contract }, names)
    const changes = redline(before, after)
    const reach = reachChanges(was, is)
    const unknown = [...new Set([...was.unknown, ...is.unknown].map(({ name }) => name))]
    const ok = refused === undefined
    const left = [...notes.filter(note => !note.startsWith(`${path} `)), ...names.notes]
    if (options.json === true) {
      const ends = { at: formatInstant(at), before: before.digest, after: after.digest }
      const found = { ...ends, changes, reach, unknown, impact, unapplied: refused ?? null, notes: left }
      writeJson(out, { ok, amendment: amendment.id, contract: contract.id, ...found })
    } else {
      const rows = [`${path} in ${contract.id} at ${formatInstant(at)}`]
      if (refused !== undefined) rows.push(`It is not applied: ${refused.because}`)
      const redlined = changes.length === 0 ? 'No clause changes.\n' : redlineText(changes)
      out.write(`${rows.map(visible).join('\n')}\n${redlined}`)
      out.write(
        asText(
          impact,
          reach.map(({ sentence }) => sentence),
          [...unknown.map(name => unread(name)), ...left]
        )
      )
    }
    return ok ? 0 : 1
  } finally {
    agreements.close()
  }
}

interface Proposed {
  root: string
  path: string
  amendment: Amendment
  blob: string
}

function readProposal({ file, directory }: ImpactOptions): Proposed {
  const { root, path } = locate(file, directory)
  const place = placeOf(path)
  if (place?.kind !== 'amendment') throw new UsageError(`${path} is no amendment: amendments/<contract>/<id>.yml is.`)
  const bytes = readTree(root, path)
  if (bytes === undefined) throw new UsageError(`${file} is not there.`)
  const parsed = parseAmendment(path, bytes)
  if (!parsed.ok) throw new UsageError(parsed.problems.slice(0, 1).map(formatProblem).join('\n'))
  const { contract, id } = parsed.value
  if (contract !== place.contract || id !== place.id) {
    throw new UsageError(`${path} is not the amendment that its name says.`)
  }
  return { root, path, amendment: parsed.value, blob: gitBlobSha(bytes) }
}

async function impactOf(
  agreements: Agreements,
  { before, after }: { before: Contract; after: Contract },
  names: Names
): Promise<Impact | null> {
  const { git, root, now } = agreements
  const ledger = await agreements.ledger()
  if (ledger === null || git === null) return null
  const policies = policiesIn(root)
  const grantsWithinSeconds = longestPeriodSeconds(policies)
  const terms = { before: { contract: before, policies }, after: { contract: after, policies } }
  const needed = mustRead(terms.before, terms.after)
  const options = { contract: before.id, now, needed, grantsWithinSeconds }
  const { past, notRead } = await readHistory(ledger, blobsOf(git), options)
  return replay({ contract: before.id, ...terms, past, notRead, members: names.teams })
}

function asText(impact: Impact | null, reach: string[], notes: string[]): string {
  const rows = ['', ...reach]
  if (impact === null) rows.push('There is no ledger in this clone, so no past request was decided again.')
  else rows.push(...impactSentences(impact), ...impact.examples.map(one => `  ${exampleSentence(one)}`))
  rows.push(...notes.map(note => `note  ${note}`), '')
  return rows.map(visible).join('\n')
}

function unread(name: string): string {
  return `Who is in ${name} is not known here; --teams FILE can say it.`
}
