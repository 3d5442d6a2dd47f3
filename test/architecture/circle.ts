// Circles among files: the one thing that no table of rooms can see.

/** One circle of `graph`: its nodes in order and the first again; undefined where there is none. */
export function findCircle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const trail: string[] = []
  const walk = (node: string): string[] | undefined => {
    const at = trail.indexOf(node)
    if (at >= 0) return [...trail.slice(at), node]
    if (done.has(node)) return undefined
    trail.push(node)
    for (const next of graph.get(node) ?? []) {
      const circle = graph.has(next) ? walk(next) : undefined
      if (circle !== undefined) return circle
    }
    trail.pop()
    done.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const circle = walk(node)
    if (circle !== undefined) return circle
  }
  return undefined
}
