// Beneath page.ts: its one style sheet, light and dark by what the reader's system prefers.

/** Named by its hash in the page's policy: the bytes between the style tags are exactly these. */
export const styles = `
:root { color-scheme: light dark; --ink: #1c2024; --quiet: #60646c; --ground: #fcfcfd; --card: #fff; --line: #e0e1e6;
  --well: #218358; --warn: #ab6400; --bad: #ce2c31 }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --quiet: #b0b4ba; --ground: #111113; --card: #18191b;
  --line: #363a3f; --well: #3dd68c; --warn: #ffca16; --bad: #ff9592 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2 }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.15rem }
h3 { margin: 0 0 .75rem; font-size: 1rem }
p { margin: .25rem 0 }
a { color: inherit }
header { padding-left: 1rem; border-left: .4rem solid var(--well) }
header.warn { border-color: var(--warn) }
header.bad { border-color: var(--bad) }
footer { margin-top: 2.5rem }
.quiet { color: var(--quiet); font-size: .875rem; font-weight: 400 }
.attention { list-style: none; margin: 1.5rem 0 0; padding: 0 }
.attention li { margin: .5rem 0; padding: .75rem 1rem; background: var(--card); border: 1px solid var(--line);
  border-left: .4rem solid var(--warn); border-radius: .4rem }
.attention li.bad { border-left-color: var(--bad); font-weight: 600 }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0 }
.tiles div, section { padding: .9rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .4rem }
.tiles dt { color: var(--quiet); font-size: .875rem }
.tiles dd { margin: 0 }
.tiles dd:not(.quiet) { font-size: 1.6rem; font-weight: 600; line-height: 1.3 }
.tiles div.bad { border-color: var(--bad) }
.tiles div.bad dd:not(.quiet), td.bad { color: var(--bad); font-weight: 600 }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .4rem }
table { width: 100%; border-collapse: collapse }
th, td { padding: .6rem 1rem; text-align: left; vertical-align: top }
td.short { white-space: nowrap }
thead th { color: var(--quiet); font-size: .875rem; font-weight: 400; border-bottom: 1px solid var(--line) }
tbody tr + tr > * { border-top: 1px solid var(--line) }
section + section { margin-top: .75rem }
section.warn { border-color: var(--warn) }
.meters { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .5rem 1.5rem; margin: 0 0 .5rem }
.meters dt { color: var(--quiet); font-size: .875rem }
.meters dd { margin: 0 }
meter { width: 8rem; height: 1rem; margin-right: .5rem; vertical-align: -.1rem }
`
