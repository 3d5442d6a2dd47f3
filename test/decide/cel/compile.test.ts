// Conditions: what is taken, what it answers, and what is refused at load, on its exact place.
import { describe, expect, test } from 'vitest'
import { compile, compileValue, evaluate } from '../../../src/decide/cel/compile.ts'
import type { CelProblem } from '../../../src/decide/cel/problem.ts'
import { nameOf } from '../../../src/decide/cel/types.ts'
import type { CelRecord, CelType, Environment, RecordType } from '../../../src/decide/cel/types.ts'

const item: RecordType = {
  name: 'item',
  fields: { name: 'string', size: 'int', since: 'timestamp' },
  optional: ['since']
}
const environment: Environment = {
  name: 'variables',
  fields: {
    now: 'timestamp',
    zone: 'string',
    text: 'string',
    count: 'int',
    yes: 'bool',
    span: 'duration',
    item,
    items: { list: item, most: 3 },
    names: { list: 'string', most: 3 },
    many: { list: 'int', most: 1_000 },
    deep: { list: { list: 'int', most: 2 }, most: 2 }
  }
}
const variables: CelRecord = {
  now: Date.parse('2026-03-29T01:30:00Z'),
  zone: 'Europe/Berlin',
  text: 'grüße 😀',
  count: 7,
  yes: true,
  span: 5_400_000,
  item: { name: 'one', size: 1, since: undefined },
  items: [
    { name: 'one', size: 1, since: undefined },
    { name: 'two', size: 2, since: 0 }
  ],
  names: ['a', 'b'],
  many: [1, 2, 3],
  deep: [[1, 2], [3]]
}

function ask(source: string, over: CelRecord = {}): boolean | string {
  const compiled = compile(source, environment)
  if (Array.isArray(compiled)) throw new Error(`${source}: ${compiled[0]?.message}`)
  const { holds, because } = evaluate(compiled, { ...variables, ...over })
  return because ?? holds
}

function problem(source: string): CelProblem {
  const compiled = compile(source, environment)
  if (!Array.isArray(compiled)) throw new Error(`${source} was taken`)
  return compiled[0] as CelProblem
}

describe('what holds', () => {
  test.each([
    'yes && !false',
    'false || yes',
    'count == 7',
    'count != 8',
    '-count == -7',
    '-3 < 0',
    'count >= 7 && count <= 7',
    'count > 6 && count < 8',
    '7 / 2 == 3 && -7 / 2 == -3 && -7 % 4 == -3',
    'count + 1 == 2 * 4 && count - 7 == 0',
    "text + '!' == 'grüße 😀!'",
    "text.startsWith('grü') && text.endsWith('😀') && text.contains('ß')",
    'size(text) == 7 && text.size() == 7 && size(names) == 2 && names.size() == 2',
    "text.matches('^gr.+e') && !text.matches('^x')",
    "yes ? text != '' : false",
    '(yes ? count : 1) == 7',
    "'a' in names && !('c' in names)",
    'count in [1, 7]',
    '[1, 2][1] == 2',
    "names[0] == 'a'",
    "names != ['a']",
    "names == ['a', 'b']",
    'deep == [[1, 2], [3]]',
    'deep[1] == [3]',
    '[count, 1] == [7, 1]',
    'deep != [[count, 1], [3]]',
    'items.all(i, i.size < 3)',
    'items.exists(i, i.size == 2)',
    "items.exists_one(i, i.name == 'two')",
    'items.filter(i, i.size > 1).size() == 1',
    "items.map(i, i.name) == ['one', 'two']",
    'items.exists(i, names.exists(n, n != i.name && i.size == 1))',
    '!has(item.since)',
    'has(items[1].since)',
    "duration('1h30m') == span && duration('-1.5h') + span == duration('0s')",
    'span.getMinutes() == 90',
    "duration('90061s').getHours() == 25 && duration('1500ms').getMilliseconds() == 500 && span.getSeconds() == 5400",
    "timestamp('2026-03-29T03:30:00+02:00') == now",
    'now + span - span == now && span + now > now',
    "now - timestamp('2026-03-29T00:00:00Z') == span && now - span < now && span - span < span",
    // The hour that Berlin skips: 01:30 UTC is 03:30 there.
    "now.getHours(zone) == 3 && now.getHours('UTC') == 1 && now.getHours() == 1 && now.getHours('-02:30') == 23",
    "now.getHours('02:00') == 3 && now.getHours('+02:00') == 3",
    'now.getFullYear() == 2026 && now.getMonth() == 2 && now.getDate() == 29 && now.getDayOfMonth() == 28',
    'now.getDayOfWeek() == 0 && now.getDayOfYear() == 87 && now.getMinutes() == 30 && now.getSeconds() == 0',
    'now.getMilliseconds() == 0',
    "[duration('1s')].exists(d, d < span)",
    '!(count == 1 || 1 / 0 == 1) || true'
  ])('%s', source => {
    expect(ask(source)).toBe(true)
  })
  test('a side that decides alone absorbs the failure of the other', () => {
    const either = ['1 / 0 == 1 || yes', 'yes || 1 / 0 == 1']
    for (const source of [...either, '!(1 / 0 == 1 && false)', '!(false && 1 / 0 == 1)']) {
      expect(ask(source)).toBe(true)
    }
    expect(ask('[0, 1].exists(i, 1 / i == 1)')).toBe(true)
    expect(ask('[0, 1].all(i, 1 / i == 2)')).toBe(false)
    expect(ask('count / count == 1 && yes')).toBe(true)
  })
})

describe('what cannot be told does not hold, and says why', () => {
  test.each<[string, CelRecord, string]>([
    ['1 / (count - 7) == 1', {}, 'divided'],
    ['count % (count - 7) == 1', {}, 'divided'],
    ['1 / 0 == 1 && yes', {}, 'divided'],
    ['1 / 0 == 1 || false', {}, 'divided'],
    ['[0].all(i, 1 / i == 1)', {}, 'divided'],
    ['[0].filter(i, 1 / i == 1).size() == 0', {}, 'divided'],
    ['count * 9007199254740991 > 0', {}, 'range'],
    ["now + duration('8000000h') > now", {}, 'range'],
    ['now.getHours() > 0', { now: NaN }, 'range'],
    ['span + span > span', { span: 2e13 }, 'range'],
    ['item.since > now', {}, 'since'],
    ['names[2] == names[0]', {}, 'place'],
    ['names[0 - 1] == names[0]', {}, 'place'],
    ['now.getHours(zone) > 0', { zone: 'Mars/Olympus' }, 'zone'],
    ['names.all(n, n != text)', { names: ['a', 'b', 'c', 'd'] }, 'longer'],
    ['text in names', { names: ['a', 'b', 'c', 'd'] }, 'longer'],
    ['size(names) > 0', { names: ['a', 'b', 'c', 'd'] }, 'longer']
  ])('%s', (source, over, word) => {
    expect(ask(source, over)).toContain(word)
  })
  test('a bug is no answer', () => {
    const broken = {
      get yes(): boolean {
        throw new TypeError('broken')
      }
    }
    const compiled = compile('yes', environment)
    if (Array.isArray(compiled)) throw new Error('refused')
    expect(() => evaluate(compiled, broken)).toThrow(TypeError)
    const quantified = compile('names.all(n, text.startsWith(n) || 1 / 0 == 1)', environment)
    if (Array.isArray(quantified)) throw new Error('refused')
    expect(() => evaluate(quantified, { names: ['a'] })).toThrow(TypeError)
  })
  test('nor is it a problem of the text', () => {
    const fields = {
      get yes(): CelType {
        throw new TypeError('broken')
      }
    }
    expect(() => compile('yes', { name: 'variables', fields })).toThrow(TypeError)
  })
})

describe('what is refused at load', () => {
  test.each<[string, CelProblem['code'], string | undefined, number]>([
    ['count +', 'cel.syntax', undefined, 8],
    ['yes &&\n  count', 'cel.type', undefined, 1],
    ['count', 'cel.type', undefined, 1],
    ['cuont == 1', 'cel.unknown', 'count', 1],
    ['item.naem == text', 'cel.unknown', 'name', 6],
    ['text.naem == text', 'cel.unknown', undefined, 6],
    ['constructor == 1', 'cel.unknown', undefined, 1],
    ['item.constructor == text', 'cel.unknown', undefined, 6],
    ['text.constructor(text)', 'cel.unknown', undefined, 1],
    ['text.startswith(text)', 'cel.unknown', 'startsWith', 1],
    ['count.startsWith(text)', 'cel.type', undefined, 1],
    ['span.getDate() == 1', 'cel.type', undefined, 1],
    ['size(count) == 1', 'cel.type', undefined, 1],
    ['siez(text) == 1', 'cel.unknown', 'size', 1],
    ['cel.bind(x, 1, x == 1)', 'cel.unknown', 'yes', 1],
    ['dyn(1) == 1', 'cel.unknown', undefined, 1],
    ['count == text', 'cel.type', undefined, 1],
    ['item == item', 'cel.type', undefined, 1],
    ['text < text', 'cel.type', undefined, 1],
    ['count in names', 'cel.type', undefined, 1],
    ['text in text', 'cel.type', undefined, 1],
    ['count && yes', 'cel.type', undefined, 1],
    ['!count', 'cel.type', undefined, 1],
    ['-text == text', 'cel.type', undefined, 1],
    ['yes ? count : text', 'cel.type', undefined, 1],
    ['count ? yes : yes', 'cel.type', undefined, 1],
    ['1.5 < 2.5', 'cel.refused', undefined, 1],
    ['9007199254740993 > 1', 'cel.refused', undefined, 1],
    ['null == null', 'cel.refused', undefined, 1],
    ["b'a' == b'a'", 'cel.refused', undefined, 1],
    ["{'a': 1}.size() == 1", 'cel.refused', undefined, 1],
    ['item.?since == now', 'cel.refused', undefined, 1],
    ['yes && names[?0] == text', 'cel.refused', undefined, 8],
    ['[] == []', 'cel.type', undefined, 1],
    ['[1, text] == [1]', 'cel.type', undefined, 1],
    ['count[0] == 1', 'cel.type', undefined, 1],
    ['names[text] == text', 'cel.type', undefined, 1],
    ['has(item)', 'cel.type', undefined, 1],
    ['has(item.name)', 'cel.type', undefined, 5],
    ['count.all(x, yes)', 'cel.type', undefined, 1],
    ['names.all(x, y, yes)', 'cel.type', undefined, 1],
    ['names.all(x, x)', 'cel.type', undefined, 14],
    ['names.exists(n, n == x)', 'cel.unknown', undefined, 22],
    ['text.matches(text)', 'cel.refused', undefined, 14],
    ["text.matches('(a')", 'cel.refused', undefined, 14],
    ["text.matches('(?=a)')", 'cel.refused', undefined, 14],
    ["text.matches('(a)\\\\1')", 'cel.refused', undefined, 14],
    [`text.matches('${'a'.repeat(201)}')`, 'cel.refused', undefined, 14],
    ["text.matches('(a{50}){20}(b{50}){20}')", 'cel.refused', undefined, 14],
    ['text.matches(1)', 'cel.type', undefined, 14],
    ['text.startsWith()', 'cel.type', undefined, 1],
    ['text.size(1) == 1', 'cel.type', undefined, 1],
    ['size(names, names) == 1', 'cel.type', undefined, 1],
    ["now.getHours('Mars/Olympus') == 1", 'cel.value', undefined, 14],
    ["timestamp('tomorrow') == now", 'cel.value', undefined, 11],
    ['timestamp(text) == now', 'cel.refused', undefined, 11],
    ["duration('2d') == span", 'cel.value', '48h', 10],
    ["duration('0.0001ms') == span", 'cel.value', undefined, 10],
    ["duration('99999999h') == span", 'cel.value', undefined, 10],
    ['many.all(a, many.all(b, many.all(c, a == b)))', 'cel.cost', undefined, 1],
    [`${'('.repeat(60)}yes${')'.repeat(60)}`, 'cel.syntax', undefined, 42],
    [Array.from({ length: 300 }, () => 'yes').join(' && '), 'cel.syntax', undefined, 1]
  ])('%s', (source, code, suggestion, column) => {
    const found = problem(source)
    const place = code === 'cel.syntax' ? [found.code, found.suggestion] : [found.code, found.suggestion, found.column]
    expect(place).toEqual(code === 'cel.syntax' ? [code, suggestion] : [code, suggestion, column])
  })
  test('signs nested deeper than any stack are a problem and no crash', () => {
    for (const sign of ['!', '-', '!-']) {
      for (const times of [501, 200_000]) expect(problem(`${sign.repeat(times)}yes`).code).toBe('cel.syntax')
    }
  })
  test('a problem has the line and the columns of what is wrong', () => {
    expect(problem('yes &&\n  item.naem == text')).toMatchObject({ line: 2, column: 8, endLine: 2, endColumn: 12 })
    expect(problem('count +')).toMatchObject({ line: 1, column: 8 })
  })
})

test('a text is compiled once for an environment, and what is kept is bounded', () => {
  expect(compile('yes', environment)).toBe(compile('yes', environment))
  const first = compile('count == 0', environment)
  for (let i = 0; i < 5_001; i += 1) compile(`count == ${i}`, environment)
  expect(compile('count == 0', environment)).not.toBe(first)
})

test('knows what an expression reads', () => {
  const compiled = compile("item.name == text && names.exists(now, now == '')", environment)
  expect(Array.isArray(compiled) ? [] : [...compiled.reads].sort()).toEqual(['item', 'item.name', 'names', 'text'])
})

test('a hostile pattern costs nothing over a long text', () => {
  const text = 'a'.repeat(100_000)
  const startedAt = process.cpuUsage()
  expect(ask("text.matches('^(a+)+$')", { text: `${text}!` })).toBe(false)
  expect(process.cpuUsage(startedAt).user).toBeLessThan(2_000_000)
})

test('types have names that people know', () => {
  expect(nameOf(compileValue('deep', environment).piece.type)).toBe('list<list<int>>')
  expect(compileValue('yes ? [1] : [1, 2]', environment).piece.type).toEqual({ list: 'int', most: 2 })
})
