import { expect, test } from 'vitest'
import { parseDirectory, personOf } from '../../src/model/directory.ts'
import type { Parsed } from '../../src/model/problem.ts'

const head = 'apiVersion: addendum/v1\nkind: Directory\npeople:\n'
const octocat = '{id: p-4f2a9c, github: [{id: 583231, login: octocat}], class: employee'

function told(parsed: Parsed<unknown>): string[] {
  return parsed.ok ? [] : parsed.problems.map(p => `${p.code} ${p.line}:${p.column} ${p.pointer}`)
}

function directory(...people: string[]) {
  return parseDirectory('directory.yml', head + people.map(person => `  - ${person}\n`).join(''))
}

test('people are read with their accounts and identities', () => {
  const parsed = directory(
    `${octocat}, identities: {payments-db: octocat, ops: o-1}}`,
    '{id: p-77be01, github: [{id: 2, login: hubot}, {id: 3, login: hubot-two}], class: contractor, company: Initech, until: 2027-01-01}'
  )
  if (!parsed.ok) throw new Error(told(parsed).join('\n'))
  expect(parsed.value.people).toEqual([
    {
      id: 'p-4f2a9c',
      github: [{ id: 583231, login: 'octocat' }],
      class: 'employee',
      identities: { 'payments-db': 'octocat', ops: 'o-1' }
    },
    {
      id: 'p-77be01',
      github: [
        { id: 2, login: 'hubot' },
        { id: 3, login: 'hubot-two' }
      ],
      class: 'contractor',
      company: 'Initech',
      untilAt: new Date('2027-01-01T00:00:00Z'),
      identities: {}
    }
  ])
  expect(personOf(parsed.value, 3)?.id).toBe('p-77be01')
  expect(personOf(parsed.value, 4)).toBeUndefined()
})

test('an empty directory knows nobody', () => {
  expect(parseDirectory('directory.yml', 'apiVersion: addendum/v1\nkind: Directory\npeople: []\n')).toMatchObject({
    ok: true
  })
})

test.each<[string[], string]>([
  [
    [`${octocat}}`, '{id: p-77be01, github: [{id: 583231, login: hubot}], class: employee}'],
    'value.duplicate 5:34 /people/1/github/0/id'
  ],
  [
    [`${octocat}}`, '{id: p-77be01, github: [{id: 2, login: OctoCat}], class: employee}'],
    'value.duplicate 5:44 /people/1/github/0/login'
  ],
  [
    [`${octocat}}`, '{id: p-4f2a9c, github: [{id: 2, login: hubot}], class: employee}'],
    'value.duplicate 5:10 /people/1/id'
  ],
  [
    [
      `${octocat}, identities: {db: a}}`,
      '{id: p-77be01, github: [{id: 2, login: hubot}], class: service, identities: {db: a}}'
    ],
    'value.duplicate 5:86 /people/1/identities/db'
  ],
  [['{id: octocat, github: [{id: 1, login: octocat}], class: employee}'], 'schema.value 4:10 /people/0/id'],
  [['{id: p-4f2a9c, github: [{id: 1.5, login: octocat}], class: employee}'], 'schema.type 4:34 /people/0/github/0/id'],
  [['{id: p-4f2a9c, github: [{id: 0, login: octocat}], class: employee}'], 'schema.value 4:34 /people/0/github/0/id'],
  [['{id: p-4f2a9c, github: [], class: employee}'], 'schema.length 4:28 /people/0/github'],
  [['{id: p-4f2a9c, github: [{id: 1, login: octocat}], class: staff}'], 'schema.value 4:62 /people/0/class'],
  [[`${octocat}, identities: {DB: a}}`], 'schema.value 4:90 /people/0/identities/DB'],
  [[`${octocat}, identities: {db: ""}}`], 'schema.length 4:94 /people/0/identities/db']
])('%j', (people, expected) => {
  expect(told(directory(...people))).toEqual([expected])
})

test('the same identity at two providers is two identities', () => {
  expect(told(directory(`${octocat}, identities: {db: a, ops: a}}`))).toEqual([])
})
