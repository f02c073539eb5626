import { type Html, html } from '../../handlers/status/html.ts'
import {
  type Call,
  callSection,
  callsOf,
  exampleBlocks,
  examplesOf,
  route,
} from './api-page-call.ts'
import { answerFields, requestFields, SECTIONS } from './api-page-fields.ts'
import { STYLE } from './api-page-style.ts'
import { curlWithToken, SIGN_IN_PYTHON } from './api-signing.ts'
import { paragraphs, prose } from './html.ts'
import type { ApiDocument } from './openapi.ts'
import { type DocumentedCode, documentedCodes } from './openapi-problems.ts'

/** docs/api/docs.html: the OpenAPI document as a page, without scripts and without files from elsewhere. */
export const apiPage = (document: ApiDocument): string => {
  const calls = callsOf(document)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${document.info.title} ${document.info.version}: calls</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<div class="frame">
<header>
<h1>${document.info.title}<small>${document.info.version}</small></h1>
<p class="lead">${document.info.summary}</p>
</header>
<div class="body">
${navigation(document, calls)}
<main>
<section id="about"><h2>About</h2>
${paragraphs(document.info.description)}
<p><a href="openapi.json">openapi.json</a> has the same for programs.</p>
</section>
${signing(document)}
${calls.map((call) => callSection(document, call))}
${stateSection(document)}
${settingsSection(document)}
${problemsSection(document)}
</main>
</div>
<footer>Made from the schemas with which the service checks calls. License: ${document.info.license.name}.</footer>
</div>
</body>
</html>
`.html
}

const navigation = ({ tags }: ApiDocument, calls: readonly Call[]): Html => html`
<nav aria-label="Calls">
<b>Begin</b><ul><li><a href="#about">About</a></li><li><a href="#signing">Who may call</a></li></ul>
${tags.map(
  ({ name }) => html`<b>${name}</b><ul>
${calls
  .filter(({ operation }) => operation.tags.includes(name))
  .map((call) => html`<li><a href="#${call.operation.operationId}">${route(call)}</a></li>\n`)}</ul>
`,
)}
<b>Data</b><ul>
<li><a href="${SECTIONS['ServerState']}">The state of a server</a></li>
<li><a href="${SECTIONS['HubConfig']}">Settings</a></li>
<li><a href="${SECTIONS['Problem']}">Problems</a></li>
</ul>
</nav>
`

const signing = ({ paths, components }: ApiDocument): Html => {
  const smallest = Object.values(examplesOf(paths['/start']?.post?.requestBody?.content))[0]
  return html`
<section id="signing"><h2>Who may call</h2>
<div class="pair"><div>
<p>A hub signs its calls as <strong>Standard Webhooks</strong> says. All three headers are required:</p>
<table class="codes"><thead><tr><th>header</th><th>meaning</th></tr></thead><tbody>
${Object.values(components.securitySchemes).map((scheme) =>
  'name' in scheme
    ? html`<tr><td><code>${scheme.name}</code></td><td>${prose(scheme.description)}</td></tr>\n`
    : undefined,
)}</tbody></table>
<p>A person uses the admin token instead: <code>Authorization: Bearer …</code>. If the service has several hubs, add <code>?hub=</code> with the name of one.</p>
<p>The pages <code>/</code>, <code>/metrics</code> and those under <code>/servers</code> take the token as well, and no signature. Anybody who can reach the service may read its other pages (<code>GET</code>).</p>
</div><div class="examples">
<h4>By hand</h4><pre>${curlWithToken('/start', smallest)}</pre>
<h4>Signed, in Python</h4><pre>${SIGN_IN_PYTHON}</pre>
</div></div>
</section>
`
}

const stateSection = ({ components: { schemas } }: ApiDocument): Html => html`
<section id="state"><h2>The state of a server</h2>
${paragraphs(schemas['ServerState']?.description ?? '')}
${answerFields(schemas['ServerState'] ?? {}, schemas)}
</section>
`

const settingsSection = ({ components: { schemas } }: ApiDocument): Html => html`
<section id="settings"><h2>Settings</h2>
${paragraphs(schemas['HubConfig']?.description ?? '')}
${requestFields(schemas['HubConfig'] ?? {}, schemas)}
</section>
`

const problemsSection = ({ components: { schemas, responses } }: ApiDocument): Html => html`
<section id="problems"><h2>Problems</h2>
<div class="pair"><div>
${paragraphs(schemas['Problem']?.description ?? '')}
${answerFields(schemas['Problem'] ?? {}, schemas)}
</div><div class="examples">
${[422, 503].map((status) => exampleBlocks(`Answered, ${status}`, responses[`Problem${status}`]?.content))}
</div></div>
<h3>Codes</h3>
<div class="codes">
${[...Map.groupBy(documentedCodes(), ({ status }) => status)]
  .sort(([a], [b]) => a - b)
  .map(([status, codes]) => codesOfStatus(status, codes))}
</div>
</section>
`

const codesOfStatus = (status: number, codes: readonly DocumentedCode[]): Html => html`
<h3 id="status-${status}" class="status">${status}</h3>
<table class="codes"><thead><tr><th>code</th><th>when</th></tr></thead><tbody>
${codes.map(
  ({ code, meaning, retryable }) =>
    html`<tr><td><code>${code}</code></td><td>${prose(meaning)}${retryable ? html` <span class="again">may succeed later</span>` : undefined}</td></tr>\n`,
)}</tbody></table>
`
