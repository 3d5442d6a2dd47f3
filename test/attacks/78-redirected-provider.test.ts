// #78 A pull request names the system that credentials are sent to. Systems, hosts and credentials are the operator's
// alone; a repository names them, or is refused.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { approve, ask, checks, propose, story, works } from '../stories/company.ts'
import { refusedEvenMerged } from './scene.ts'

const path = 'contracts/payments-production.yml'
const contract = readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')
const access = '[{provider: payments-db, resource: ledger, role: reader}]'

const redirected: Record<string, string> = {
  'a URL as provider': '[{provider: "http://169.254.169.254/latest", resource: ledger, role: reader}]',
  'a host beside it': '[{provider: payments-db, host: evil.example, resource: ledger, role: reader}]',
  'a connection string': '[{provider: "postgres://evil.example/ledger", resource: ledger, role: reader}]'
}

for (const [what, evil] of Object.entries(redirected)) {
  story(`#78 a contract with ${what} is refused`, undefined, async house => {
    const pull = await propose(house, 'mona', {
      [path]: contract.replace('version: 1', 'version: 2').replace(access, evil)
    })
    await house.settle()
    await approve(house, pull, 'lisa')
    expect((await checks(house, pull)).terms).toBe('failure')
  })
}

for (const [what, evil] of [
  ['a provider that the operator does not have', access.replace('payments-db', 'evil-db')],
  ['a resource outside of the operator’s list', access.replace('ledger', 'metadata')]
] as const) {
  story(
    `#78 ${what} is asked for nothing, even where a contract names it`,
    { files: { [path]: contract.replace(access, evil) } },
    async house => {
      const pull = await ask(house)
      await approve(house, pull)
      expect((await checks(house, pull)).terms).toBe('failure')
      expect(works(house)).toBe(false)
      await refusedEvenMerged(house, pull, 'provider-ready')
      expect(house.payments.calls).toEqual([])
    }
  )
}
