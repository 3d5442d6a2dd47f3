// `addendum verify`: checks a clone's ledger offline and says, by its exit code, whether it can be relied on.
import { GitUnusable, openGitRepository } from '../ledger/git-repository.ts'
import { renderVerdict } from '../ledger/render-verdict.ts'
import { pinPattern, verify, type VerifyOptions } from '../ledger/verify.ts'

export interface VerifyCommand extends VerifyOptions {
  /** The clone or bare repository. */
  directory: string
  json?: boolean
  /** Where programs are looked for, as `PATH` says. */
  path?: string
}

const exitCodes = { sound: 0, failed: 1, unchecked: 2 } as const

/** Exit codes: 0 sound, 1 tampering or a failed control (named), 2 could not check. */
export async function verifyCommand(options: VerifyCommand, out: { write(text: string): unknown }): Promise<number> {
  const { directory, json = false, path, ...checks } = options
  const refuse = (because: string): number => {
    out.write(json ? `${JSON.stringify({ status: 'unchecked', error: because })}\n` : `NOT CHECKED: ${because}\n`)
    return exitCodes.unchecked
  }
  if (checks.pin !== undefined && !pinPattern.test(checks.pin)) {
    return refuse('the pin is not one that an earlier verification printed (seq:hash)')
  }
  try {
    const repository = await openGitRepository(directory, path === undefined ? {} : { path })
    try {
      const verdict = await verify(repository, checks)
      out.write(json ? `${JSON.stringify(verdict, null, 2)}\n` : renderVerdict(verdict))
      return exitCodes[verdict.status]
    } finally {
      repository.close()
    }
  } catch (error) {
    if (error instanceof GitUnusable) return refuse(error.message)
    throw error
  }
}
