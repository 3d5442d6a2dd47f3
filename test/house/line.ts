// Beneath house.ts: the line from the app to the world. Every request to GitHub and every call of a provider passes it, so it can be cut.

/** Where to cut: before the n-th call reaches anybody, or after its effect, when the answer is on its way. */
export interface Cut {
  at: number
  when: 'before' | 'after'
}

/** What all lives of the app share: the calls so far, by name, and the one cut that is planned. */
export interface Tally {
  calls: string[]
  cut: Cut | undefined
}

/** One life's line. After the cut nothing passes it any more, in either direction. */
export interface Line {
  pass<T>(name: string, call: () => Promise<T>): Promise<T>
  /** Resolves when the line is cut. */
  died: Promise<'died'>
  /** Cuts it now, as SIGKILL would. */
  kill(): void
}

/** A line for one life of the app. */
export function openLine(tally: Tally): Line {
  let dead = false
  const { promise: died, resolve } = Promise.withResolvers<'died'>()
  const kill = (): void => {
    dead = true
    resolve('died')
  }
  return {
    died,
    kill,
    pass: async (name, call) => {
      if (dead) throw new LineCut()
      const mine = tally.calls.push(name)
      const cut = tally.cut?.at === mine ? tally.cut : undefined
      if (cut?.when === 'before') {
        kill()
        throw new LineCut()
      }
      const answer = await call()
      if (cut?.when === 'after') kill()
      if (dead) throw new LineCut()
      return answer
    }
  }
}

/** What the dead hear. They hear something, since libraries wait for the calls of earlier lives in the same process. */
class LineCut extends Error {}
