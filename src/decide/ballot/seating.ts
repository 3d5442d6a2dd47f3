// One person, one hat: seats approvers in stages so that the most seats are taken (maximum bipartite matching).

/** A stage to fill: how many seats it has, and who may sit there. */
export interface Seats {
  count: number
  mayTake: ReadonlySet<string>
}

/**
 * Who sits where: a list of persons for each stage. Nobody sits twice, no stage is overfilled, and no other seating
 * takes more seats (Kuhn's augmenting paths). The same persons in the same order give the same seating, and one more
 * person never takes fewer seats.
 */
export function seat(stages: readonly Seats[], persons: readonly string[]): string[][] {
  const seated = stages.map((): string[] => [])
  const place = (person: string, tried: Set<number>): boolean => {
    for (const [index, stage] of stages.entries()) {
      const taken = seated[index] as string[]
      if (tried.has(index) || !stage.mayTake.has(person)) continue
      tried.add(index)
      if (taken.length < stage.count) {
        taken.push(person)
        return true
      }
      const moved = taken.findIndex(other => place(other, tried))
      if (moved >= 0) {
        taken[moved] = person
        return true
      }
    }
    return false
  }
  for (const person of persons) place(person, new Set())
  return seated
}
