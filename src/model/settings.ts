// Settings: how Addendum behaves in one access repository, `.github/addendum.yml` (DESIGN §3).
import { parseDuration } from './duration.ts'
import type { Parsed, Source } from './problem.ts'
import { parseAs, smallBytes } from './schema.ts'
import type { DocumentType } from './schema.ts'

/** The settings as parsed, defaults filled in. */
export interface Settings {
  kind: 'Settings'
  /** Whether an approved request is merged by the app. */
  merge: 'auto' | 'manual'
  /** Whether a revert PR is merged by the app. The grant has ended either way. */
  revert: { merge: 'auto' | 'manual' }
  /** How long before the end the subject is told; null: not at all. */
  noticeSeconds: number | null
  /** IANA zone in which times are shown to people, and whose clock a policy can ask for. */
  zone: string
  /** `strict`: an approval must be on the head commit. `content`: on the same path, mode and blob (approvals.md §2). */
  approvals: { binding: 'strict' | 'content' }
}

/** What holds where the file or a key of it is absent. */
export const defaultSettings: Settings = {
  kind: 'Settings',
  merge: 'auto',
  revert: { merge: 'auto' },
  noticeSeconds: null,
  zone: 'UTC',
  approvals: { binding: 'strict' }
}

/** The settings to go by outside of the rules: the defaults also where they cannot be read, which the rules refuse. */
export function settingsOrDefault({ parsed }: { parsed: Parsed<Settings> | null }): Settings {
  return parsed?.ok === true ? parsed.value : defaultSettings
}

/** Parses the settings, or says everything that is wrong with them. */
export function parseSettings(file: string, text: Source): Parsed<Settings> {
  return parseAs(type, file, text)
}

interface RawSettings {
  merge?: 'auto' | 'manual'
  revert?: { merge?: 'auto' | 'manual' }
  notice?: string
  zone?: string
  approvals?: { binding?: 'strict' | 'content' }
}

const type: DocumentType<RawSettings, Settings> = {
  kind: 'Settings',
  schema: 'settings.schema.json',
  maxBytes: smallBytes,
  check: () => [],
  build: raw => ({
    kind: 'Settings',
    merge: raw.merge ?? defaultSettings.merge,
    revert: { ...defaultSettings.revert, ...raw.revert },
    noticeSeconds: raw.notice === undefined ? defaultSettings.noticeSeconds : (parseDuration(raw.notice) as number),
    zone: raw.zone ?? defaultSettings.zone,
    approvals: { ...defaultSettings.approvals, ...raw.approvals }
  })
}
