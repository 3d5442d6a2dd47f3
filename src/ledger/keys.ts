// Who may sign the ledger: an offline root endorses app keys, app keys sign segments and anchors. Makes random keys.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { hashLine } from './format.ts'
import {
  parseEnvelope,
  preAuthentication,
  publicKeyOf,
  signed,
  signStatement,
  statementOf,
  type Signing
} from './envelope.ts'

/** A key with both halves. `publicKey` is SPKI, base64; `keyId` is `sha256:` and the digest of the SPKI bytes. */
export interface Key extends Signing {
  publicKey: string
}

/** What the ledger needs to write: the app's key and the root's certificate for it. */
export interface Signer extends Signing {
  /** The root's DSSE envelope over a `key.added` statement, base64. */
  certificate: string
}

/** What a root says of a key when it adds it. It names itself, so that a certificate suffices to begin a ledger. */
export interface KeyAdded {
  keyId: string
  publicKey: string
  root: string
  /** Numeric id of the one repository for which the key is endorsed; null: any. */
  repository: number | null
}

/** The root's statement that adds a key. */
export const keyAddedType = 'urn:addendum:key-added:v1'
/** The root's statement that revokes one. */
export const keyRevokedType = 'urn:addendum:key-revoked:v1'
const anchorType = 'application/vnd.addendum.anchor'

/** `sha256:` and the digest of a public key's SPKI bytes. */
export function keyIdOf(publicKey: string): string {
  return `sha256:${hashLine(Buffer.from(publicKey, 'base64'))}`
}

/** A new ed25519 key from the system's random source. */
export function newKey(): Key {
  return keyOf(generateKeyPairSync('ed25519').privateKey)
}

/** A new root and a new app key that it endorses. The root's private half belongs offline. */
export function issueKeys(options: { repository?: number } = {}): { root: Key; app: Key; certificate: string } {
  const root = newKey()
  const app = newKey()
  return { root, app, certificate: certify(app.publicKey, root, options) }
}

/**
 * For a demonstration: a signer whose root was made beside it and thrown away. The ledger then proves that nothing was
 * changed since, not who began it.
 */
export function selfRooted(options: { repository?: number } = {}): { signer: Signer; root: string } {
  const { root, app, certificate } = issueKeys(options)
  return { signer: signerOf(app, certificate), root: root.publicKey }
}

/** The root's certificate for an app key: base64 of the DSSE envelope, as `key.added` records it. */
export function certify(publicKey: string, root: Key, options: { repository?: number } = {}): string {
  const predicate: KeyAdded = {
    keyId: keyIdOf(publicKey),
    publicKey,
    root: root.publicKey,
    repository: options.repository ?? null
  }
  return seal(predicate.keyId, keyAddedType, predicate, root)
}

/** The root's word that what `keyId` signed after `lastGoodSeq` is not to be believed. */
export function revokeKey(keyId: string, lastGoodSeq: number, root: Key): string {
  return seal(keyId, keyRevokedType, { keyId, lastGoodSeq }, root)
}

/**
 * What a certificate says, if the root that it names signed it; undefined otherwise. Whether that root is ours is the
 * caller's.
 */
export function readCertificate(certificate: string): KeyAdded | undefined {
  const predicate = unseal(certificate, keyAddedType, undefined) as Partial<KeyAdded> | undefined
  if (predicate === undefined || typeof predicate.publicKey !== 'string' || typeof predicate.root !== 'string') {
    return undefined
  }
  if (predicate.keyId !== keyIdOf(predicate.publicKey) || publicKeyOf(predicate.publicKey) === undefined) {
    return undefined
  }
  if (predicate.repository !== null && !Number.isSafeInteger(predicate.repository)) return undefined
  return predicate as KeyAdded
}

/**
 * Whether the root endorsed exactly this key, for this repository where the certificate names one (tampering row 11).
 */
export function certified(
  added: { keyId: string; publicKey: string; certificate: string },
  root: string,
  repository: number
): boolean {
  const said = readCertificate(added.certificate)
  return (
    said !== undefined &&
    said.root === root &&
    said.keyId === added.keyId &&
    said.publicKey === added.publicKey &&
    (said.repository === null || said.repository === repository)
  )
}

/** Whether the root signed exactly this revocation. */
export function certifiedRevocation(
  revoked: { keyId: string; lastGoodSeq: number; certificate: string },
  root: string
): boolean {
  const said = unseal(revoked.certificate, keyRevokedType, root)
  return said !== undefined && said['keyId'] === revoked.keyId && said['lastGoodSeq'] === revoked.lastGoodSeq
}

/** A key from its private half in PEM (PKCS#8). Refuses what is not ed25519; the message never quotes the key. */
export function keyFromPem(pem: string): Key {
  let privateKey: KeyObject
  try {
    privateKey = createPrivateKey(pem)
  } catch {
    throw new TypeError('not a private key in PEM form')
  }
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('the ledger signs with ed25519 keys only')
  return keyOf(privateKey)
}

/** The private half as PEM (PKCS#8): a secret, for a file that only its owner reads. */
export function keyToPem(key: Signing): string {
  return key.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
}

/**
 * A signer from a key and its certificate. Refuses a certificate for another key, which every reader would refuse
 * later.
 */
export function signerOf(key: Signing, certificate: string): Signer {
  if (readCertificate(certificate)?.keyId !== key.keyId) throw new TypeError('the certificate is not for this key')
  return { keyId: key.keyId, privateKey: key.privateKey, certificate }
}

/**
 * `seq:hash:sig`: the ledger's head as a commit on main carries it (`Ledger-Anchor`), signed, since anyone can write a
 * trailer.
 */
export function signAnchor(at: { repository: number; seq: number; head: string }, by: Signing): string {
  return `${at.seq}:${at.head}:${sign(null, anchorBytes(at), by.privateKey).toString('base64url')}`
}

/**
 * The anchor in a text, when one of these keys signed it for this repository. It is bound to the repository and not to
 * the ledger's id, so that the anchors of a ledger that was deleted and begun anew still speak.
 */
export function readAnchor(
  text: string,
  repository: number,
  publicKeys: Iterable<string>
): { seq: number; head: string } | undefined {
  const match = /^([1-9]\d{0,15}):([0-9a-f]{64}):([\w-]{86})$/.exec(text)
  if (match === null) return undefined
  const at = { repository, seq: Number(match[1]), head: match[2] as string }
  const signature = Buffer.from(match[3] as string, 'base64url')
  for (const publicKey of publicKeys) {
    const key = publicKeyOf(publicKey)
    if (key !== undefined && verify(null, anchorBytes(at), key, signature)) return { seq: at.seq, head: at.head }
  }
  return undefined
}

function anchorBytes(at: { repository: number; seq: number; head: string }): Buffer {
  return preAuthentication(anchorType, Buffer.from(`${at.repository}\n${at.seq}\n${at.head}`))
}

function keyOf(privateKey: KeyObject): Key {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64')
  return { keyId: keyIdOf(publicKey), privateKey, publicKey }
}

function seal(keyId: string, type: string, predicate: object, root: Key): string {
  const subject = { name: keyId, sha256: keyId.replace(/^sha256:/, '') }
  return Buffer.from(signStatement(subject, type, predicate, root)).toString('base64')
}

/** The predicate of a certificate signed by `root`, or by the root that it names itself when none is given. */
function unseal(certificate: string, type: string, root: string | undefined): Record<string, unknown> | undefined {
  const envelope = parseEnvelope(Buffer.from(certificate, 'base64').toString('utf8'))
  if (envelope === undefined) return undefined
  const predicate = statementOf(envelope.body, type)?.predicate
  const by = root ?? predicate?.['root']
  return typeof by === 'string' && keyIdOf(by) === envelope.keyId && signed(envelope, by) ? predicate : undefined
}
