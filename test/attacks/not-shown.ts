// Attacks without a test of their own, each with the reason. What is not built yet says so with these words.

/** Why an attack has no test, by number. There is none by now. */
export const notShown: Readonly<Record<number, string>> = {}
