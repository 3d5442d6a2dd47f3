// Statements: what is written on a check run is read back, and nothing else is.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseStatement, statementText } from '../../src/model/statement.ts'

const digest = `sha256:${'0'.repeat(64)}`

test('what is stated is read back', () => {
  const id = fc.stringMatching(/^C-[a-z0-9-]{1,30}$/)
  const hash = fc.stringMatching(/^[0-9a-f]{64}$/).map(hex => `sha256:${hex}`)
  fc.assert(
    fc.property(fc.dictionary(id, hash, { maxKeys: 20 }), clauses => {
      expect(parseStatement(statementText(clauses))).toEqual(clauses)
    })
  )
})

test.each([
  ['nothing', ''],
  ['a withdrawal', statementText({})],
  ['another digest', '- `C-read`: `sha1:00`'],
  ['a line within a line', `x - \`C-read\`: \`${digest}\``],
  ['more after it', `- \`C-read\`: \`${digest}\` and more`]
])('%s states nothing', (_, text) => {
  expect(parseStatement(text)).toEqual({})
})
