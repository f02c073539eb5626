import { BASE_STYLE } from './base-style.ts'

/** How the status page looks: light and dark, on a screen, a phone and paper. */
export const STYLE = `
${BASE_STYLE}.frame { max-width: 90rem; margin: 0 auto; padding: 0 1.5rem }
header { padding: 2.2rem 0 1rem; display: flex; flex-wrap: wrap; gap: .6rem 2rem; align-items: baseline; justify-content: space-between }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.02em }
h2 { margin: 0 0 .4rem; font-size: 1.3rem; line-height: 1.25; letter-spacing: -.01em }
p { margin: .4rem 0; max-width: 46rem }
section { padding: 1.6rem 0 1.2rem; border-top: 1px solid var(--line) }
.lead { font-size: 1.08rem; color: var(--soft) }
.soft, time { color: var(--soft) }
.skip { position: absolute; left: -100rem } .skip:focus { left: 1rem; top: 1rem; padding: .4rem .8rem; background: var(--paper); z-index: 1 }
.unseen { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap }
form { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: end; margin: .6rem 0 }
label { display: grid; gap: .15rem; font-size: .82rem; color: var(--soft) }
input, select, button {
  font: inherit; min-height: 2.4rem; padding: .25rem .7rem; color: var(--ink); background: var(--card);
  border: 1px solid var(--soft); border-radius: 6px; max-width: 100%;
}
button { cursor: pointer } .main { color: var(--paper); background: var(--accent); border-color: var(--accent); font-weight: 600 }
.trouble { padding: .7rem 1rem; border: 1px solid var(--bad); border-left-width: 5px; border-radius: 6px; max-width: 52rem }
table { width: 100%; border-collapse: collapse; margin: .6rem 0; font-size: .92rem }
th { text-align: left; font-size: .76rem; letter-spacing: .03em; color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); padding: .4rem .9rem .4rem 0 }
td { vertical-align: top; padding: .5rem .9rem .5rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
td p { margin: 0 } .advice::before { content: "→ " }
.state { font-weight: 600; white-space: nowrap } .failed, .down { color: var(--bad) } .running, .ready { color: var(--get) } .starting, .stopping { color: var(--post) }
footer { padding: 1.6rem 0 3rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .88rem }
@media (max-width: 48rem) {
  .frame { padding: 0 1.1rem }
  table, tbody, tr, td { display: block } thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  tr { padding: .6rem 0; border-bottom: 1px solid var(--line) }
  td { border: 0; padding: .1rem 0 } td:empty { display: none }
  td::before { content: attr(data-label) ": "; color: var(--soft); font-size: .82rem }
}
@media print { form, .skip { display: none } section { break-inside: avoid-page } }
`
