// `addendum verify`: checks a clone's ledger offline and says, by its exit code, whether it can be relied on.
import { GitUnusable, openGitRepository } from '../ledger/git-repository.ts'
import { renderVerdict } from '../ledger/render-verdict.ts'
import { pinPattern, verify, type VerifyOptions } from '../ledger/verify.ts'
import { readRootPublic } from './keys.ts'
import { writeJson, type Output } from './output.ts'

/** What `addendum verify` takes. */
export interface VerifyCommand extends VerifyOptions {
  /** The clone or bare repository. */
  directory: string
  /** The root that is trusted: its key id, or a file with it or with the public key. */
  root?: string
  json?: boolean
  /** Where programs are looked for, as `PATH` says. */
  path?: string
}

const exitCodes = { sound: 0, failed: 1, unchecked: 2 } as const

/** Exit codes: 0 sound, 1 tampering or a failed control (named), 2 could not check. */
export async function verifyCommand(options: VerifyCommand, out: Output): Promise<number> {
  const { directory, json = false, path, pin, main } = options
  const refuse = (because: string): number => {
    if (json) writeJson(out, { status: 'unchecked', error: because })
    else out.write(`NOT CHECKED: ${because}\n`)
    return exitCodes.unchecked
  }
  if (pin !== undefined && !pinPattern.test(pin)) {
    return refuse('the pin is not one that an earlier verification printed (seq:hash)')
  }
  const root = options.root === undefined ? undefined : await readRootPublic(options.root)
  try {
    const repository = await openGitRepository(directory, path === undefined ? {} : { path })
    try {
      const verdict = await verify(repository, {
        ...(root === undefined ? {} : { root }),
        ...(pin === undefined ? {} : { pin }),
        ...(main === undefined ? {} : { main })
      })
      if (json) writeJson(out, verdict)
      else out.write(renderVerdict(verdict))
      return exitCodes[verdict.status]
    } finally {
      repository.close()
    }
  } catch (error) {
    if (error instanceof GitUnusable) return refuse(error.message)
    throw error
  }
}
