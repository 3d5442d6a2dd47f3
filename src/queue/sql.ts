// Beneath queue-store.ts: its SQL, on pg-boss's table of jobs and on ours of wake-ups.

/**
 * One pg-boss queue holds both lanes, told apart by priority, so that a key is never active twice in any of them.
 * Its policy is `exclusive`, at most one job per key, waiting or active. Not `stately`, which would let a second one
 * wait: claiming that one while the first runs violates its index, pg-boss takes that for an empty queue, and one slow
 * key would hold up every other. What is asked of a busy key waits in `addendum.wake` instead.
 */
export const QUEUE = 'look'
/** Where "there is work" is said, to every process that listens. */
export const CHANNEL = 'addendum_look'
/** Our table. `later` is false for what is asked again once its key is free. The lock: two may start at once. */
export const SCHEMA = `
  begin;
  select pg_advisory_xact_lock(7305792);
  create schema if not exists addendum;
  create table if not exists addendum.wake (
    key text not null,
    later boolean not null,
    priority integer not null,
    data jsonb,
    at timestamptz not null,
    primary key (key, later)
  );
  create index if not exists wake_at on addendum.wake (at);
  commit;`

/** The only job of a key: the index of pg-boss's exclusive policy serves this condition. */
const OF_KEY = `j.name = '${QUEUE}' and j.policy = 'exclusive' and coalesce(j.singleton_key, '') =`

/**
 * After the insert: whoever has no waiting job is busy (or was just finished) and is asked again when free. A waiting
 * one is enough, since its run is yet to start, but is hurried when it waits for a retry or in the slower lane.
 */
export const FOLLOW = `
  with look as (select * from jsonb_to_recordset($1::jsonb) as l(key text, priority integer, data jsonb)),
  waiting as (
    select j.id, l.key, l.priority, j.priority < l.priority or j.start_after > now() as late
    from look l join pgboss.job j on ${OF_KEY} l.key and j.state < 'active'
  ),
  hurried as (
    update pgboss.job j set priority = greatest(j.priority, w.priority), start_after = least(j.start_after, now())
    from waiting w where w.late and j.name = '${QUEUE}' and j.id = w.id and j.state < 'active'
  ),
  again as (
    insert into addendum.wake as old (key, later, priority, data, at)
    select l.key, false, l.priority, l.data, '-infinity' from look l
    where not exists (select from waiting w where w.key = l.key)
    on conflict (key, later) do update
    set priority = greatest(old.priority, excluded.priority), data = coalesce(excluded.data, old.data)
  )
  select pg_notify('${CHANNEL}', '')`

/** Adds wake-ups ($1: rows of key, priority, data, at); of several for one key the earliest stays. */
export const WAKE = `
  insert into addendum.wake as old (key, later, priority, data, at)
  select key, true, priority, data, at from jsonb_to_recordset($1::jsonb)
    as w(key text, priority integer, data jsonb, at timestamptz)
  order by key
  on conflict (key, later) do update set
    at = least(old.at, excluded.at),
    priority = greatest(old.priority, excluded.priority),
    data = coalesce(excluded.data, old.data)`

/** Takes up to $2 that are due at $1 and whose key is free; with $3, only what was asked while those were busy. */
export const TAKE_DUE = `
  with due as (
    select w.key, w.later from addendum.wake w
    where w.at <= $1 and ($3::text[] is null or (w.key = any($3) and not w.later))
      and not exists (select from pgboss.job j where ${OF_KEY} w.key and j.state = 'active')
    order by w.priority desc, w.at limit $2
    for update of w skip locked
  )
  delete from addendum.wake w using due where w.key = due.key and w.later = due.later
  returning w.key, w.priority, w.data`

/** One row of QueueCounts at $1. */
export const COUNTS = `
  select
    (select count(*)::int from pgboss.job where name = '${QUEUE}' and state < 'active' and start_after <= now())
      + (select count(*)::int from addendum.wake where at <= $1) as due,
    (select count(*)::int from pgboss.job where name = '${QUEUE}' and state = 'active') as active,
    (select count(*)::int from addendum.wake where at > $1) as later,
    (select count(*)::int from pgboss.job
      where name = '${QUEUE}' and state <= 'active' and output is not null) as failing,
    least(
      (select min(start_after) from pgboss.job where name = '${QUEUE}' and state < 'active' and start_after <= now()),
      (select min(at) from addendum.wake where at <= $1 and at > '-infinity')
    ) as "oldestDueAt"`

/** Puts job $1, which waits for a retry, off for at least $2 milliseconds. */
export const POSTPONE = `
  update pgboss.job set start_after = greatest(start_after, now() + $2 * interval '1 millisecond')
  where name = '${QUEUE}' and id = $1 and state < 'active'`

/** Gives back the jobs $1, or all. `started_on` stays: the next claim is a new attempt and fences the old one off. */
export const RELEASE = `
  update pgboss.job set state = 'retry', start_after = now(), heartbeat_on = null
  where name = '${QUEUE}' and state = 'active' and ($1::uuid[] is null or id = any($1))`
