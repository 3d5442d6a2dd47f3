// What is signed and how: DSSE envelopes over in-toto statements, ed25519. Stored bytes are signed, not canonical ones.
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto'

/** https://github.com/secure-systems-lab/dsse: `payload` and `sig` are base64. */
export interface Envelope {
  payloadType: string
  payload: string
  signatures: { keyid: string; sig: string }[]
}

/** https://github.com/in-toto/attestation, Statement v1. */
export interface Statement<P> {
  _type: 'https://in-toto.io/Statement/v1'
  subject: { name: string; digest: { sha256: string } }[]
  predicateType: string
  predicate: P
}

/** What the statement beside a segment says of it. */
export interface SegmentPredicate {
  ledger: string
  segment: number
  /** seq of its first record. */
  first: number
  count: number
  /** Hash of the line before its first, and of its last. */
  prevHash: string
  headHash: string
}

/** Who signs: a private key, and the id under which its public half is known. */
export interface Signing {
  keyId: string
  privateKey: KeyObject
}

/** What every envelope of the ledger carries. */
export const payloadType = 'application/vnd.in-toto+json'
/** The statement beside a segment. */
export const segmentPredicateType = 'urn:addendum:ledger-segment:v1'

/** DSSE's pre-authentication encoding: lengths in bytes, so that type and body cannot run into each other. */
export function preAuthentication(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body])
}

/** Signs a statement about one subject; the result is the text to store. */
export function signStatement<P>(
  subject: { name: string; sha256: string },
  predicateType: string,
  predicate: P,
  by: Signing
): string {
  const statement: Statement<P> = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: subject.name, digest: { sha256: subject.sha256 } }],
    predicateType,
    predicate
  }
  const body = Buffer.from(JSON.stringify(statement))
  const envelope: Envelope = {
    payloadType,
    payload: body.toString('base64'),
    signatures: [
      { keyid: by.keyId, sig: sign(null, preAuthentication(payloadType, body), by.privateKey).toString('base64') }
    ]
  }
  return `${JSON.stringify(envelope)}\n`
}

/**
 * The envelope in a text, unverified; undefined when it is none. Exactly one signature: a second would be room to hide
 * in.
 */
export function parseEnvelope(text: string): { keyId: string; signature: Buffer; body: Buffer } | undefined {
  let value: Partial<Envelope> | null
  try {
    value = JSON.parse(text) as Partial<Envelope> | null
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || value.payloadType !== payloadType) return undefined
  if (!Array.isArray(value.signatures) || value.signatures.length !== 1 || typeof value.payload !== 'string') {
    return undefined
  }
  const signature: Partial<Envelope['signatures'][number]> | null | undefined = value.signatures[0]
  if (typeof signature?.keyid !== 'string' || typeof signature.sig !== 'string') return undefined
  return {
    keyId: signature.keyid,
    signature: Buffer.from(signature.sig, 'base64'),
    body: Buffer.from(value.payload, 'base64')
  }
}

/** Whether `publicKey` (SPKI, base64) made the signature over this body. False for whatever is not an ed25519 key. */
export function signed(
  envelope: { signature: Buffer; body: Buffer },
  publicKey: string,
  type: string = payloadType
): boolean {
  const key = publicKeyOf(publicKey)
  return key !== undefined && verify(null, preAuthentication(type, envelope.body), key, envelope.signature)
}

/** The statement in a verified body, when it is of the type that is expected and about one subject. */
export function statementOf(body: Buffer, predicateType: string): Statement<Record<string, unknown>> | undefined {
  let value: Partial<Statement<Record<string, unknown>>> | null
  try {
    value = JSON.parse(body.toString('utf8')) as typeof value
  } catch {
    return undefined
  }
  const subject = value?.subject
  if (value?._type !== 'https://in-toto.io/Statement/v1' || value.predicateType !== predicateType) return undefined
  if (typeof value.predicate !== 'object' || value.predicate === null) return undefined
  if (!Array.isArray(subject) || subject.length !== 1) return undefined
  const only: Partial<Statement<unknown>['subject'][number]> | null | undefined = subject[0]
  if (typeof only?.name !== 'string' || typeof only.digest?.sha256 !== 'string') return undefined
  return value as Statement<Record<string, unknown>>
}

const parsedKeys = new Map<string, KeyObject>()

/**
 * An ed25519 public key from SPKI, base64; undefined for anything else. Parsed keys are kept: a ledger has a handful.
 */
export function publicKeyOf(spki: string): KeyObject | undefined {
  const kept = parsedKeys.get(spki)
  if (kept !== undefined) return kept
  try {
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' })
    if (key.asymmetricKeyType !== 'ed25519') return undefined
    if (parsedKeys.size >= 256) parsedKeys.clear()
    parsedKeys.set(spki, key)
    return key
  } catch {
    return undefined
  }
}
