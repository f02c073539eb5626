import { BASE_STYLE } from '../../handlers/status/base-style.ts'

/** How docs/api/docs.html looks: light and dark, on a screen, a phone and paper. */
export const STYLE = `
${BASE_STYLE}pre {
  margin: .5rem 0 1.2rem; padding: .9rem 1.1rem; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); font-size: .8rem; line-height: 1.55; white-space: pre-wrap; overflow-wrap: anywhere;
}
pre i { font-style: normal } .k { color: var(--key) } .s { color: var(--text) } .n { color: var(--number) } .w { color: var(--word) }
.frame { max-width: 82rem; margin: 0 auto; padding: 0 1.5rem }
header { padding: 3.2rem 0 1rem }
h1 { margin: 0; font-size: 2.3rem; line-height: 1.15; letter-spacing: -.025em }
h1 small { font-size: .9rem; font-weight: 400; letter-spacing: 0; color: var(--soft); margin-left: .5rem }
.lead { margin: .5rem 0 0; font-size: 1.15rem; color: var(--soft) }
h2 { margin: 0 0 .6rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.015em }
h3 { margin: 1.8rem 0 .3rem; font-size: 1.02rem }
h4 { margin: 1rem 0 0; font-size: .86rem; font-weight: 600; color: var(--soft) }
p { margin: .5rem 0; max-width: 44rem }
section { padding: 2.4rem 0 1.6rem; border-top: 1px solid var(--line) }
.route { display: inline-flex; align-items: baseline; gap: .5rem; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: nowrap }
.method { font: 700 .68rem/1 system-ui, sans-serif; letter-spacing: .06em; padding: .32em .5em; border-radius: 4px }
.post { color: var(--post); background: var(--post-paper) } .get { color: var(--get); background: var(--get-paper) }
h2 .route { font-size: 1.25rem } h2 .method { font-size: .72rem; position: relative; top: -.18em }
.summary { margin: 0 0 .8rem; font-size: 1.08rem; color: var(--soft) }
nav { font-size: .9rem } nav ul { list-style: none; margin: 0; padding: 0 }
nav a { display: block; padding: .24rem 0; color: var(--ink); text-decoration: none } nav a:hover { color: var(--accent) }
nav b { display: block; margin: 1.1rem 0 .2rem; font-size: .72rem; letter-spacing: .08em; text-transform: uppercase; color: var(--soft) }
nav .method { display: inline-block; width: 3.1rem; text-align: center; margin-right: .5rem }
table { width: 100%; border-collapse: collapse; margin: .6rem 0 1.2rem; font-size: .93rem }
th { text-align: left; font-size: .74rem; letter-spacing: .05em; text-transform: uppercase; color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); padding: .4rem .9rem .4rem 0 }
td { vertical-align: top; padding: .55rem .9rem .55rem 0; border-bottom: 1px solid var(--line) }
td:last-child, th:last-child { padding-right: 0 }
tr:last-child td { border-bottom: 0 }
td:first-child code { background: none; padding: 0; font-size: .88em; font-weight: 600 } td .of { font-weight: 400; color: var(--soft) }
td.type { color: var(--soft); font-size: .86rem } td.need { color: var(--soft); font-size: .86rem }
.yes { color: var(--bad); font-weight: 600 }
.codes h3 { margin-top: 1.2rem }
.again { color: var(--get); font-size: .8rem; white-space: nowrap }
.status { font-variant-numeric: tabular-nums }
.pair { display: grid; gap: 0 2.4rem }
.pair > div { min-width: 0 }
.examples h4:first-child { margin-top: .2rem }
footer { padding: 2rem 0 4rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .88rem }
@media (min-width: 40.01rem) {
  .fields td:first-child { width: 1%; white-space: nowrap; padding-right: 1.6rem }
  .fields td.type { width: 22% } .fields td.need { width: 12% } .codes td:first-child { width: 17rem }
}
@media (min-width: 62rem) {
  .body { display: grid; grid-template-columns: 13.5rem minmax(0, 1fr); gap: 3.4rem }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 1.6rem 0 }
}
@media (min-width: 80rem) {
  .pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) }
  .pair table, .pair tbody, .pair tr, .pair td { display: block } .pair thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  .pair tr { padding: .65rem 0; border-bottom: 1px solid var(--line) } .pair tr:last-child { border-bottom: 0 }
  .pair td:nth-child(n) { width: auto; border: 0; padding: 0; white-space: normal }
  .pair td:first-child, .pair td.type, .pair td.need { display: inline-block; margin-right: .8rem }
}
@media (max-width: 61.99rem) {
  nav { padding: .4rem 0 1.6rem } nav ul { columns: 2; column-gap: 1.5rem } nav b { margin-top: .7rem }
}
@media (max-width: 40rem) {
  .frame { padding: 0 1.1rem } header { padding-top: 2rem } h1 { font-size: 1.8rem }
  nav ul { columns: 1 } h2 .route { white-space: normal; overflow-wrap: anywhere }
  main table, main tbody, main tr, main td { display: block } main thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  main tr { padding: .65rem 0; border-bottom: 1px solid var(--line) } main tr:last-child { border-bottom: 0 }
  main td:nth-child(n) { width: auto; border: 0; padding: 0; white-space: normal }
  main td:first-child, main td.type, main td.need { display: inline-block; margin-right: .8rem }
}
@media print { nav { display: none } section { break-inside: avoid-page } }
`
