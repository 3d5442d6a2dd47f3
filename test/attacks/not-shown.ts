// Attacks without a test of their own, each with the reason. What is not built yet says so with these words.

/** Why an attack has no test, by number. */
export const notShown: Readonly<Record<number, string>> = {
  60: 'not built yet: the decision for each member of a merge group. The local GitHub has no merge queue. Where one is switched on, our required checks never succeed on a group’s head, so it merges nothing.'
}
