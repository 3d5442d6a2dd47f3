// `addendum keys`: makes, endorses and revokes the keys that sign the ledger. The root's private half belongs offline.
import { createPublicKey } from 'node:crypto'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { certify, keyFromPem, keyIdOf, keyToPem, newKey, readCertificate, revokeKey, type Key } from '../ledger/keys.ts'
import { UsageError, type Output } from './output.ts'

/** The root's private half: offline. */
export const rootFile = 'ledger-root.pem'
/** The root's public half: for whoever verifies. */
export const rootPublicFile = 'ledger-root.pub'
/** The key that the app signs with. */
export const appFile = 'ledger-app.pem'
/** The root's word for it, which the app shows. */
export const certificateFile = 'ledger-app.certificate'

/** What `addendum keys` takes. */
export interface KeysCommand {
  /** The directory to write to; made when it is not there. */
  out: string
  /** File of an existing root's private key: only a new app key is made, and the ledger goes on under the same root. */
  root?: string
  /** Numeric id of the one repository for which the app key is endorsed. */
  repository?: number
}

/**
 * A root and an app key with its certificate, in files that only their owner reads. Never overwrites: a lost root is a
 * lost ledger.
 */
export async function keysCommand(options: KeysCommand, out: Output): Promise<number> {
  if (options.repository !== undefined && !(Number.isSafeInteger(options.repository) && options.repository > 0)) {
    throw new UsageError('--repository takes the numeric id of the repository.')
  }
  const root = options.root === undefined ? newKey() : await readRoot(options.root)
  const app = newKey()
  const certificate = certify(
    app.publicKey,
    root,
    options.repository === undefined ? {} : { repository: options.repository }
  )
  const files = [
    ...(options.root === undefined
      ? ([
          [rootFile, keyToPem(root)],
          [rootPublicFile, publicPem(root)]
        ] as const)
      : []),
    [appFile, keyToPem(app)],
    [certificateFile, `${certificate}\n`]
  ] as const
  await mkdir(options.out, { recursive: true })
  for (const [name] of files) {
    if (await exists(join(options.out, name))) {
      throw new UsageError(`${name} is there already, and keys are never overwritten`)
    }
  }
  for (const [name, text] of files) await writeFile(join(options.out, name), text, { flag: 'wx', mode: 0o600 })
  out.write(`root  ${root.keyId}\n`)
  if (options.root === undefined) {
    out.write(`      Give ${rootPublicFile} to your auditors. Keep ${rootFile} offline: the app never needs it.\n`)
  }
  out.write(`app   ${app.keyId}\n      The app reads ${appFile} and ${certificateFile}.\n`)
  return 0
}

/** The root's word against a key, as the `key.revoked` record carries it: one JSON line. */
export async function revokeKeyCommand(
  options: { root: string; keyId: string; lastGoodSeq: number },
  out: Output
): Promise<number> {
  const { keyId, lastGoodSeq } = options
  const certificate = revokeKey(keyId, lastGoodSeq, await readRoot(options.root))
  out.write(`${JSON.stringify({ keyId, lastGoodSeq, certificate })}\n`)
  return 0
}

/** What a certificate says, for people. Exit code 1 when the root that it names did not sign it. */
export async function showCertificateCommand(options: { certificate: string }, out: Output): Promise<number> {
  const said = readCertificate((await readFile(options.certificate, 'utf8')).trim())
  if (said === undefined) {
    out.write('not a certificate, or not signed by the root that it names\n')
    return 1
  }
  const whose = said.repository === null ? 'any repository' : `repository ${said.repository}`
  out.write(`key   ${said.keyId}\nroot  ${keyIdOf(said.root)}\nfor   ${whose}\n`)
  return 0
}

/**
 * A root as someone trusts it, as SPKI, base64, or as a key id: from the text of a key id, or from a file with a public
 * key in PEM or base64, or with a key id. Refuses a private key: whoever verifies must not hold it.
 */
export async function readRootPublic(given: string): Promise<string> {
  if (isKeyId(given)) return given
  const text = (await readFile(given, 'utf8')).trim()
  if (isKeyId(text)) return text
  if (text.includes('PRIVATE KEY')) throw new UsageError('that is a private key; verifying needs the public half only')
  try {
    const key = text.startsWith('-----')
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    return key.export({ format: 'der', type: 'spki' }).toString('base64')
  } catch {
    throw new UsageError(`${given} holds no public key`)
  }
}

function isKeyId(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

async function readRoot(path: string): Promise<Key> {
  const text = await readFile(path, 'utf8')
  try {
    return keyFromPem(text)
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`)
  }
}

function publicPem(key: Key): string {
  return createPublicKey(key.privateKey).export({ format: 'pem', type: 'spki' }) as string
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
