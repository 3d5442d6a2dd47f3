// A stage of approvals: how many people out of whom.
import type { PrincipalName } from './principal.ts'

/** `count` (1–10) distinct people out of `from`. `codeowners`: the owners of the request's file. */
export interface Stage {
  count: number
  from: ('codeowners' | PrincipalName)[]
}
