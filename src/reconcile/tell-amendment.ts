// Tells the life of a decided amendment on its pull request, from the ledger and from blobs that never change.
import { amendmentLifeComment } from '../act/amendment-life.ts'
import { perform } from '../act/perform.ts'
import type { AmendmentRef } from '../model/record.ts'
import { settingsOrDefault } from '../model/settings.ts'
import { readAmendment } from '../read/amendments.ts'
import { tipOf, treeAt } from '../read/repository.ts'
import { readSettings } from '../read/rules.ts'
import { loginsAt } from './holdings.ts'
import type { AccessRepository, Outcome } from './world.ts'

/** Makes the comment of a decided amendment say what the ledger says. */
export async function tellAmendment(access: AccessRepository, ref: AmendmentRef): Promise<Outcome> {
  const state = access.ledger.state().amendments.get(ref)
  if (state === undefined) return {}
  const { repository } = access
  const [parsed, settings, logins] = await Promise.all([
    readAmendment(repository, { path: `amendments/${state.contract}/decided.yml`, sha: state.blob }),
    readSettings(repository, await treeAt(repository, (await tipOf(repository)).tree)),
    loginsAt(repository, state.contract === null ? '' : state.directoryBlob)
  ])
  const { zone } = settingsOrDefault(settings)
  const told = { amendment: parsed.ok ? parsed.value : null, zone, logins }
  await perform(access, [amendmentLifeComment(state, told)], false)
  return {}
}
