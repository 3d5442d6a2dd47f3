// Attacks without a test of their own, each with the reason. What is not built yet says so with these words.

/** Why an attack has no test, by number. */
export const notShown: Readonly<Record<number, string>> = {
  25: 'not built yet: who dismissed a review stands only in the events of the issue, which are not read, so an objection that somebody else dismissed no longer blocks. The approval of an owner is needed all the same.',
  60: 'not built yet: the decision for each member of a merge group. The local GitHub has no merge queue. Where one is switched on, our required checks never succeed on a group’s head, so it merges nothing.'
}
