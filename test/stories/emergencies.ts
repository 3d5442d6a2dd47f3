// Houses whose first clause allows break-glass, for the stories and attacks that need one.
import { readFileSync } from 'node:fs'
import type { HouseOptions } from '../house.ts'

const file = 'contracts/payments-production.yml'
const text = readFileSync(new URL(`../../policies/starter/${file}`, import.meta.url), 'utf8')

/** The starter with these terms for an emergency in `C-read`. */
export function breakGlass(emergency: string): HouseOptions {
  const approvals = 'approvals: {count: 1, from: [codeowners]}'
  return { files: { [file]: text.replace(approvals, `${approvals}\n    emergency: ${emergency}`) } }
}
