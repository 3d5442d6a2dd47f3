// SDKs are loaded on demand: when one is not there, the operator is told which, not shown a stack.
import { Fault } from '../model/fault.ts'

/** Throws the Fault that names the package to install for a provider's kind. */
export function missingLibrary(library: string, kind: string, cause: unknown): never {
  const message = `a provider of kind ${kind} needs the package ${library}: npm install ${library}`
  throw new Fault('provider.refused', message, { retry: false, cause })
}
