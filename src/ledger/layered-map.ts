// A map that is never changed, only succeeded: a state of 100,000 grants is folded, kept and dropped cheaply.

const gone = Symbol('gone')
type Cell<V> = V | typeof gone

/**
 * An immutable map: a shared base below a small layer of changes. A successor copies the layer only; a layer that has
 * grown past a fraction of the base is merged into a new base, so that the cost per change stays small however large
 * the map.
 */
export class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly #base: ReadonlyMap<K, V>
  readonly #layer: ReadonlyMap<K, Cell<V>>
  readonly size: number

  constructor(
    base: ReadonlyMap<K, V> = new Map(),
    layer: ReadonlyMap<K, Cell<V>> = new Map(),
    size: number = base.size
  ) {
    this.#base = base
    this.#layer = layer
    this.size = size
  }

  get(key: K): V | undefined {
    const cell = this.#layer.get(key)
    return cell === gone ? undefined : (cell ?? this.#base.get(key))
  }

  has(key: K): boolean {
    const cell = this.#layer.get(key)
    return cell === undefined ? this.#base.has(key) : cell !== gone
  }

  /** A place to make changes in; this map stays as it is. */
  edit(): MapEdit<K, V> {
    return new MapEdit(this.#base, new Map(this.#layer), this)
  }

  *entries(): Generator<[K, V], undefined, unknown> {
    for (const [key, value] of this.#base) {
      if (!this.#layer.has(key)) yield [key, value]
    }
    for (const [key, cell] of this.#layer) {
      if (cell !== gone) yield [key, cell]
    }
  }

  *keys(): Generator<K, undefined, unknown> {
    for (const [key] of this.entries()) yield key
  }

  *values(): Generator<V, undefined, unknown> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): Generator<[K, V], undefined, unknown> {
    return this.entries()
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this)
  }
}

/** Begins to change a map of the state: states hold layered maps only, and the read-only type is what callers see. */
export function edit<K, V>(map: ReadonlyMap<K, V>): MapEdit<K, V> {
  return (map as LayeredMap<K, V>).edit()
}

/** Changes in the making. `undefined` is not a value that it can hold. */
export class MapEdit<K, V> {
  readonly #base: ReadonlyMap<K, V>
  readonly #layer: Map<K, Cell<V>>
  readonly #origin: LayeredMap<K, V>
  #size: number
  #touched = false

  constructor(base: ReadonlyMap<K, V>, layer: Map<K, Cell<V>>, origin: LayeredMap<K, V>) {
    this.#base = base
    this.#layer = layer
    this.#origin = origin
    this.#size = origin.size
  }

  get(key: K): V | undefined {
    const cell = this.#layer.get(key)
    return cell === gone ? undefined : (cell ?? this.#base.get(key))
  }

  set(key: K, value: V): void {
    if (this.get(key) === undefined) this.#size++
    this.#layer.set(key, value)
    this.#touched = true
  }

  delete(key: K): void {
    if (this.get(key) === undefined) return
    this.#size--
    if (this.#base.has(key)) this.#layer.set(key, gone)
    else this.#layer.delete(key)
    this.#touched = true
  }

  *entries(): Generator<[K, V], undefined, unknown> {
    yield* new LayeredMap(this.#base, this.#layer, this.#size).entries()
  }

  /** The successor; the map that was edited itself when nothing was touched. */
  done(): LayeredMap<K, V> {
    if (!this.#touched) return this.#origin
    if (this.#layer.size <= Math.max(1024, this.#base.size / 64)) {
      return new LayeredMap(this.#base, this.#layer, this.#size)
    }
    const merged = new Map(this.#base)
    for (const [key, cell] of this.#layer) {
      if (cell === gone) merged.delete(key)
      else merged.set(key, cell)
    }
    return new LayeredMap(merged)
  }
}
