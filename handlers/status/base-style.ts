/** How every page of the service looks: light and dark, in the fonts that the reader has. */
export const BASE_STYLE = `:root {
  color-scheme: light dark;
  --paper: #fdfcfa; --ink: #23262d; --soft: #5d6470; --line: #e4e1da; --card: #f5f3ee;
  --accent: #0a6a72; --post: #8a4b08; --post-paper: #fbeedb; --get: #17603a; --get-paper: #e0f2e6;
  --bad: #9d2c2c; --key: #0a6a72; --text: #6b4a00; --number: #7a2d8f; --word: #9d2c2c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #dfe3e8; --soft: #98a1ad; --line: #2a3038; --card: #1b1f25;
    --accent: #6cc7cf; --post: #f0b775; --post-paper: #3a2a16; --get: #84d3a2; --get-paper: #163424;
    --bad: #f09a9a; --key: #7fd0d7; --text: #e2c389; --number: #d5a6e6; --word: #f09a9a;
  }
}
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100% }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 3px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
code { font-size: .86em; padding: .1em .32em; border-radius: 4px; background: var(--card); overflow-wrap: anywhere }
`
