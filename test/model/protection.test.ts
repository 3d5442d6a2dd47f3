// The recommended protection as data: which teams must be able to write, for the paths that must have an owner.
import { expect, test } from 'vitest'
import { parseCodeowners } from '../../src/model/codeowners.ts'
import { owningTeams } from '../../src/model/protection.ts'

test('the teams that own a path are named once, in lower case, and neither people nor addresses are teams', () => {
  const owners = parseCodeowners(
    '* @octocat mona@acme.example @Acme/Security\n/contracts/ @acme/payments-leads @ACME/security\n/docs/ @acme/writers\n'
  )
  const paths = ['directory.yml', 'contracts/payments-production.yml']
  expect(owningTeams(owners, paths)).toEqual(['@acme/payments-leads', '@acme/security'])
  expect(owningTeams(parseCodeowners('* @octocat mona@acme.example\n'), paths)).toEqual([])
})
