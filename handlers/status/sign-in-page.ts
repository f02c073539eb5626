import { frame } from './frame.ts'
import { html } from './html.ts'

/** The page for people who are not signed in. Programs that keep passwords want a user's name beside the token. It tells nothing about servers. */
export const signInPage = ({
  hasToken,
  isPlain,
  trouble,
}: {
  hasToken: boolean
  /** Whether others in the network can read what is sent, unless a proxy has TLS. */
  isPlain: boolean
  trouble?: string | undefined
}): string =>
  frame(
    'Sign in',
    html`<header><h1>SwarmSpawner</h1></header>
<main id="main" tabindex="-1">`,
    trouble === undefined ? undefined : html`<p class="trouble" role="alert">${trouble}</p>`,
    hasToken ? form(isPlain) : NO_TOKEN,
    html`</main>`,
  )

const form = (
  isPlain: boolean,
) => html`<p>Sign in to see nodes and servers, and why a server does not start.</p>
<form method="post">
<input name="username" value="admin" autocomplete="username" hidden>
<label for="token">Admin token<input id="token" name="token" type="password" autocomplete="current-password" required></label>
<button class="main">Sign in</button>
</form>
<p class="soft">The token is <code>SWARMSPAWNER_ADMIN_TOKEN</code> of the service. You stay signed in for one hour.</p>
${isPlain ? html`<p class="trouble">If the address of this page begins with <code>http:</code>, others in this network can read the token. Then set <code>SWARMSPAWNER_TLS_CERT</code> and <code>SWARMSPAWNER_TLS_KEY</code>, or open the page on the machine itself.</p>` : undefined}`

const NO_TOKEN = html`<p>The service has no admin token, so nobody can sign in. To set one:</p>
<pre>openssl rand -hex 16</pre>
<p>Give it to the service as <code>SWARMSPAWNER_ADMIN_TOKEN</code>, or put it into a file, such as a Docker secret, and name the file in <code>SWARMSPAWNER_ADMIN_TOKEN_FILE</code>. Then start the service again.</p>`
