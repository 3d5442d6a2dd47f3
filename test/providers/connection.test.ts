// What a failure of PostgreSQL or of the way to it means, and when the way is encrypted: the tables, without a server.
import { describe, expect, test } from 'vitest'
import { Fault } from '../../src/model/fault.ts'
import { faultOf, tlsOf } from '../../src/providers/postgres/connection.ts'

const failure = (message: string, fields: object = {}) => Object.assign(new Error(message), fields)
const both = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
const answered = (code: string) => failure('role "octocat" said sesame', { code, severity: 'ERROR' })

describe('a failure', () => {
  test.each([
    ['of authority', answered('42501'), 'provider.refused', false],
    ['of the password', answered('28P01'), 'provider.refused', false],
    ["of the database's name", answered('3D000'), 'provider.refused', false],
    ['of our statement', answered('42601'), 'provider.refused', false],
    ['of a circular grant', answered('0LP01'), 'provider.refused', false],
    ['of a password that was never given', failure('SASL: no password'), 'provider.refused', false],
    ['of TLS on the server', failure('The server does not support SSL connections'), 'provider.refused', false],
    ["of the certificate's name", failure('x', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }), 'provider.refused', false],
    ["of the certificate's date", failure('x', { code: 'CERT_HAS_EXPIRED' }), 'provider.refused', false],
    ['of its issuer', failure('x', { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }), 'provider.refused', false],
    ['by too many connections', answered('53300'), 'provider.unavailable', true],
    ['by a deadlock', answered('40P01'), 'provider.unavailable', true],
    ['by a lock', answered('55P03'), 'provider.unavailable', true],
    ['by a time limit', answered('57014'), 'provider.unavailable', true],
    ['by a shutdown', answered('57P01'), 'provider.unavailable', true],
    ['by two changes of one row', answered('XX000'), 'provider.unavailable', true],
    ['to connect', failure('x', { code: 'ECONNREFUSED' }), 'provider.unavailable', true],
    ['to connect by either family', both, 'provider.unavailable', true],
    ['to write, whose code looks like an SQLSTATE', failure('x', { code: 'EPIPE' }), 'provider.unavailable', true],
    ['to find the host', failure('x', { code: 'ENOTFOUND' }), 'provider.unavailable', true],
    ['to answer in time', failure('Query read timeout'), 'provider.unavailable', true],
    ['to stay', failure('Connection terminated unexpectedly'), 'provider.unavailable', true]
  ])('%s is told apart', (_, error, code, retry) => {
    const fault = faultOf('payments-db', error)
    expect(fault).toMatchObject({ code, retry, cause: error })
    expect(String(fault)).not.toContain('sesame')
  })

  test.each([
    ['a bug', new TypeError('x is not a function')],
    ['a misuse of Node', failure('x', { code: 'ERR_INVALID_ARG_TYPE' })],
    ['a Fault', new Fault('provider.unconfirmed', 'x')],
    ['what is no error', 'x']
  ])('that is %s stays what it is', (_, error) => {
    expect(faultOf('payments-db', error)).toBe(error)
  })
})

describe('the way', () => {
  const settings = { database: 'postgres', user: 'addendum' }

  test.each(['/run/postgresql', 'localhost', '127.0.0.1', '::1'])('to %s needs no encryption', host => {
    expect(tlsOf({ ...settings, host })).toBe(false)
  })

  test.each(['db.example.com', '10.0.0.1', 'localhost.example.com'])('to %s is verified unless told not to', host => {
    expect(tlsOf({ ...settings, host })).toMatchObject({ rejectUnauthorized: true })
    expect(tlsOf({ ...settings, host, tls: {} })).toMatchObject({ rejectUnauthorized: true })
    expect(tlsOf({ ...settings, host, tls: { mode: 'off' } })).toBe(false)
  })

  test("carries the operator's authority, certificate and name", () => {
    const tls = { ca: 'CA', certificate: 'CERTIFICATE', key: 'KEY', servername: 'db.example.com' }
    expect(tlsOf({ ...settings, host: '127.0.0.1', tls })).toEqual({
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ca: 'CA',
      cert: 'CERTIFICATE',
      key: 'KEY',
      servername: 'db.example.com'
    })
  })
})
