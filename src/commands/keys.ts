// `addendum keys`: makes, endorses and revokes the keys that sign the ledger. The root's private half belongs offline.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { certify, issueKeys, keyFromPem, keyIdOf, keyToPem, newKey, readCertificate, revokeKey } from '../ledger/keys.ts'

interface Out {
  write(text: string): unknown
}

export const rootFile = 'ledger-root.pem'
export const appFile = 'ledger-app.pem'
export const certificateFile = 'ledger-app.certificate'

/** Files are made for their owner only, and never over an existing one: a key that is overwritten is a ledger that cannot go on. */
async function write(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** A root and an app key with its certificate, in `directory`. Exit code 0; 2 when a file is already there. */
export async function newKeysCommand(options: { directory: string; repository?: number }, out: Out): Promise<number> {
  const { directory, repository } = options
  const { root, app, certificate } = issueKeys(repository === undefined ? {} : { repository })
  const files = [[rootFile, keyToPem(root)], [appFile, keyToPem(app)], [certificateFile, `${certificate}\n`]] as const
  for (const [name, text] of files) {
    if (await write(join(directory, name), text)) continue
    out.write(`${name} is there already; keys are never overwritten.\n`)
    return 2
  }
  out.write(`root  ${root.keyId}\n      give this id to your auditors; keep ${rootFile} offline, the app never needs it\n`)
  out.write(`app   ${app.keyId}\n      the app reads ${appFile} and ${certificateFile}\n`)
  return 0
}

/** A new app key endorsed by an existing root: the ledger goes on under the same root. */
export async function rotateKeyCommand(
  options: { directory: string; root: string; repository?: number }, out: Out
): Promise<number> {
  const { directory, root: rootPath, repository } = options
  const root = keyFromPem(await readFile(rootPath, 'utf8'))
  const app = newKey()
  const certificate = certify(app.publicKey, root, repository === undefined ? {} : { repository })
  for (const [name, text] of [[appFile, keyToPem(app)], [certificateFile, `${certificate}\n`]] as const) {
    if (await write(join(directory, name), text)) continue
    out.write(`${name} is there already; put the old one away first.\n`)
    return 2
  }
  out.write(`app   ${app.keyId}\n`)
  return 0
}

/** The root's word against a key, as the `key.revoked` record needs it: one JSON line. */
export async function revokeKeyCommand(options: { root: string; keyId: string; lastGoodSeq: number }, out: Out): Promise<number> {
  const { keyId, lastGoodSeq } = options
  const root = keyFromPem(await readFile(options.root, 'utf8'))
  out.write(`${JSON.stringify({ keyId, lastGoodSeq, certificate: revokeKey(keyId, lastGoodSeq, root) })}\n`)
  return 0
}

/** What a certificate says, for people. Exit code 1 when nobody endorsed what it claims. */
export async function showCertificateCommand(options: { certificate: string }, out: Out): Promise<number> {
  const said = readCertificate((await readFile(options.certificate, 'utf8')).trim())
  if (said === undefined) {
    out.write('not a certificate, or not signed by the root that it names\n')
    return 1
  }
  out.write(`key   ${said.keyId}\nroot  ${keyIdOf(said.root)}\nfor   ${said.repository === null ? 'any repository' : `repository ${said.repository}`}\n`)
  return 0
}
