// The example of DESIGN §3, as people write it: the parsers' documents and decide() fit together.
import { expect, test } from 'vitest'
import { decide } from '../../src/decide/decide.ts'
import { parseContract } from '../../src/model/contract.ts'
import { parseDirectory } from '../../src/model/directory.ts'
import { parseRequest } from '../../src/model/request.ts'
import { at, blob, facts, failedOf, path, reasonsOf } from './facts.ts'

const written = (duration: string) => `apiVersion: addendum/v1
kind: AccessRequest
id: 2026-11-22-octocat-read
contract: payments-production
clause: C-read
subject: octocat
duration: ${duration}
reason: Investigate duplicate refunds
ticket: PAY-1234
`
const agreed = `apiVersion: addendum/v1
kind: Contract
id: payments-production
title: Production access to the payments platform
version: 3
parties: {owner: "@acme/payments-leads", eligible: ["@acme/payments"]}
effective: {from: 2026-01-01, until: 2027-01-01}
clauses:
  C-read:
    title: Read the ledger database
    text: Support engineers may read production payment records to resolve an open case.
    access: [{provider: payments-db, resource: ledger, role: reader}]
    eligible: ["@acme/payments"]
    duration: {default: 1h, max: 8h}
    approvals: {count: 1, from: [codeowners]}
    conditions:
      ticket: "^PAY-[0-9]+$"
      window: {days: [mon, tue, wed, thu, fri], hours: "08:00-18:00", zone: Europe/Berlin}
    controls: ["soc2:CC6.3"]
`
const people = `apiVersion: addendum/v1
kind: Directory
people:
  - {id: p-0001, github: [{id: 1, login: octocat}], class: employee, identities: {payments-db: octocat}}
  - {id: p-0003, github: [{id: 3, login: mona}], class: employee, identities: {}}
`

function decided(duration: string) {
  const given = facts()
  const { contract, directory } = given.rules
  return decide({
    ...given,
    file: { path, mode: '100644', sha: blob, text: written(duration), parsed: parseRequest(path, written(duration)) },
    rules: {
      ...given.rules,
      contract: { ...contract, parsed: parseContract(contract.path, agreed) },
      directory: { ...directory, parsed: parseDirectory(directory.path, people) }
    }
  })
}

test('a request as people write it is allowed, until the hours close', () => {
  const decision = decided('2h')
  expect(failedOf(decision)).toEqual([])
  expect(decision.terms).toMatchObject({ durationSeconds: 7_200, latestAt: at('2026-11-23T17:00:00Z') })
})

test('what is wrong is told on the line where it stands', () => {
  const tooLong = reasonsOf(decided('9h'), 'duration-within')[0]
  expect([tooLong?.holds, tooLong?.mark?.line]).toEqual([false, 7])
  const wrong = reasonsOf(decided('two hours'), 'document-valid')[0]
  expect([wrong?.holds, wrong?.mark?.line]).toEqual([false, 7])
})
