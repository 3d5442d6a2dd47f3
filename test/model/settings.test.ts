import { expect, test } from 'vitest'
import { defaultSettings, parseSettings, settingsOrDefault } from '../../src/model/settings.ts'

const file = '.github/addendum.yml'
const head = 'apiVersion: addendum/v1\nkind: Settings\n'

test('what is not written has its default', () => {
  expect(parseSettings(file, head)).toMatchObject({ ok: true, value: defaultSettings })
  expect(parseSettings(file, `${head}revert: {}\napprovals: {}\n`)).toMatchObject({ ok: true, value: defaultSettings })
})

test('what is written holds', () => {
  const more = 'notice: 15m\nzone: Europe/Berlin\napprovals: {binding: content}\n'
  const text = `${head}merge: manual\nrevert: {merge: manual}\n${more}`
  expect(parseSettings(file, text)).toMatchObject({
    ok: true,
    value: {
      kind: 'Settings',
      merge: 'manual',
      revert: { merge: 'manual' },
      noticeSeconds: 900,
      zone: 'Europe/Berlin',
      approvals: { binding: 'content' }
    }
  })
})

test.each([
  ['merge: never', 'schema.value 3:8'],
  ['notice: soon', 'value.duration 3:9'],
  ['zone: Mars', 'value.zone 3:7'],
  ['approvals: {binding: loose}', 'schema.value 3:22'],
  ['escalation: x', 'schema.unknown-key 3:1']
])('%s is refused', (line, expected) => {
  const parsed = parseSettings(file, `${head}${line}\n`)
  expect(parsed.ok ? [] : parsed.problems.map(p => `${p.code} ${p.line}:${p.column}`)).toEqual([expected])
})

test('where there is nothing to read, the defaults are gone by', () => {
  const written = parseSettings(file, `${head}merge: manual\n`)
  expect(settingsOrDefault({ parsed: written }).merge).toBe('manual')
  expect(settingsOrDefault({ parsed: parseSettings(file, `${head}merge: never\n`) })).toBe(defaultSettings)
  expect(settingsOrDefault({ parsed: null })).toBe(defaultSettings)
})
