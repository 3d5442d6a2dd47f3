// What is judged of a contract, an amendment or a policy beyond its form, before it is merged.
import type { JudgeDocument } from '../../act/documents.ts'
import { contractDenials, documentProblems } from '../../decide/policy/document-problems.ts'
import { defaultSettings } from '../../model/settings.ts'
import { readPolicies } from '../../read/policies.ts'
import type { MainView } from '../main.ts'
import type { AccessRepository, World } from '../world.ts'

/** Judges by the policies of the base branch: those that the pull request itself brings count once they are merged. */
export async function documentJudge(world: World, access: AccessRepository, view: MainView): Promise<JudgeDocument> {
  const policies = await readPolicies(access.repository, view.tree)
  const { zone } = view.settings.parsed?.ok === true ? view.settings.parsed.value : defaultSettings
  const now = world.clock.now()
  return (path, document, lines) => {
    const problems = documentProblems(path, document, lines)
    if (document.kind !== 'Contract') return problems
    return [...problems, ...contractDenials(policies, { path, contract: document, lines, now, zone })]
  }
}
