/** A variable of the service's environment, for people to read about; the code that reads it parses it. */
export type Variable = {
  name: string
  /** A sentence or more, in Markdown. */
  meaning: string
  /** What holds where it is not set: a value in backquotes, or a few words. */
  otherwise: string
  /** A page that says more, from the project's root. */
  see?: string
  /** The variable with `_FILE` at its end may name a file that holds the value instead. */
  isSecret?: true
  /** What it means on workerd, where that runs the service; absent where it means nothing there. */
  onWorkerd?: string
}

/** Variables that are about one thing, under one heading. */
export type VariableGroup = { title: string; variables: readonly Variable[] }

const SAME = 'the same'

/**
 * Every variable that the service reads: what its help and docs/reference/environment.md are made of. Not for the
 * code that reads them, which is on the edge, too, where each sentence would be carried along.
 */
export const ENVIRONMENT: readonly VariableGroup[] = [
  {
    title: 'Hubs and people',
    variables: [
      {
        name: 'SWARMSPAWNER_SECRET',
        meaning:
          'The secret of the only hub: `whsec_` and 24 to 64 bytes in base64. Two with a space between while it is rotated.',
        otherwise: 'none; this or `SWARMSPAWNER_HUBS` is needed',
        see: 'docs/security.md',
        isSecret: true,
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_HUB',
        meaning:
          "The name of that hub, 1 to 63 letters, digits, dots, `-` and `_`. It stands in the labels of its services, so that several hubs of a swarm do not see each other's; each needs its own `service_prefix` and names of volumes, too.",
        otherwise: '`default`',
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_HUBS',
        meaning:
          'Several hubs, each with a secret of its own: `physics=whsec_…,biology=whsec_…`. A name stands there twice while its secret is rotated. With more than one hub, volumes, secrets and configs of each begin with its name and a dot, so `physics` and `physics.2` are refused together, and so are names that differ in case alone.',
        otherwise: 'none',
        see: 'docs/policy.md',
        isSecret: true,
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_ADMIN_TOKEN',
        meaning:
          'Lets people call by hand, with `Authorization: Bearer <token>`, for the hub that `?hub=` names. 16 characters or more: `openssl rand -hex 16`.',
        otherwise: 'nobody may',
        isSecret: true,
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_POLICY',
        meaning:
          'What hubs may configure and their users may ask for: the path of a JSON or YAML file, or JSON itself.',
        otherwise: 'the built-in rules, which are safe',
        see: 'docs/policy.md',
        onWorkerd: 'JSON itself, for there are no files',
      },
    ],
  },
  {
    title: 'Where it listens',
    variables: [
      {
        name: 'HOST',
        meaning:
          'The address that the service listens on, `0.0.0.0` for all. One that is not the loopback needs a certificate, or `SWARMSPAWNER_PLAIN_HTTP`.',
        otherwise: '`127.0.0.1`',
      },
      {
        name: 'PORT',
        meaning: 'The port that it listens on, 0 for any that is free.',
        otherwise: '`8080`',
      },
      {
        name: 'SWARMSPAWNER_TLS_CERT',
        meaning:
          'A PEM file with the certificate of the service: with it and `SWARMSPAWNER_TLS_KEY`, the service speaks TLS, 1.2 or newer. Both are read again when they change.',
        otherwise: 'plain HTTP',
      },
      {
        name: 'SWARMSPAWNER_TLS_KEY',
        meaning: 'A PEM file with the key of that certificate.',
        otherwise: 'none',
      },
      {
        name: 'SWARMSPAWNER_TLS_CLIENT_CA',
        meaning:
          'A PEM file with an authority: whoever connects needs a certificate that it has signed.',
        otherwise: 'no certificate is asked for',
      },
      {
        name: 'SWARMSPAWNER_PLAIN_HTTP',
        meaning:
          "Where `HOST` is not the loopback and there is no certificate: the name of the Docker network, or several, whose members may read along. What hubs send holds users' tokens.",
        otherwise: 'such a service does not start',
        see: 'docs/security.md',
      },
      {
        name: 'SWARMSPAWNER_MAX_CONNECTIONS',
        meaning:
          "How many connections may be open on which no hub's call is being answered. One more closes the oldest of them, so that a hub always gets in.",
        otherwise: '`1024`',
      },
      {
        name: 'SWARMSPAWNER_MAX_PER_ADDRESS',
        meaning:
          'How many of those one address may have. Behind a proxy all callers have one address: set it to the number of all.',
        otherwise: '`512`',
      },
    ],
  },
  {
    title: 'The Engine',
    variables: [
      {
        name: 'DOCKER_HOST',
        meaning:
          'The Docker Engine of a Swarm manager: `unix:///path`, `tcp://host:2376` or `https://host:2376`. A list for several managers: the next is asked where one is gone, hangs or is no manager.',
        otherwise: "that of the docker CLI's context, else `unix:///var/run/docker.sock`",
        onWorkerd: 'has to be set; no `unix://…`',
      },
      {
        name: 'DOCKER_TLS_VERIFY',
        meaning:
          'Any text: TLS with the Engine at `DOCKER_HOST`, whose certificate is verified. As for the docker CLI.',
        otherwise: 'no TLS for `tcp://…`',
      },
      {
        name: 'DOCKER_TLS',
        meaning:
          'Any text: TLS with the Engine at `DOCKER_HOST`, whose certificate is not verified. As for the docker CLI.',
        otherwise: 'no TLS for `tcp://…`',
      },
      {
        name: 'DOCKER_CERT_PATH',
        meaning: 'The directory with `ca.pem`, `cert.pem` and `key.pem` for TLS with the Engine.',
        otherwise: '`DOCKER_CONFIG`',
      },
      {
        name: 'DOCKER_CONTEXT',
        meaning: "The docker CLI's context to take where `DOCKER_HOST` is not set.",
        otherwise: 'the current one of its `config.json`',
      },
      {
        name: 'DOCKER_CONFIG',
        meaning:
          "The docker CLI's directory: its `config.json` has the registry credentials, read anew at each start of a server, and the contexts.",
        otherwise: '`~/.docker`',
      },
      {
        name: 'SWARMSPAWNER_PULL_PATIENCE',
        meaning:
          'How long a node may fail to pull an image, with the same words, before the server is given up: from `0s` to `24h`. Since Engine 29, Swarm goes on for ever where a registry does not answer. What no later try can change, such as an unknown image, ends at once.',
        otherwise: '`1m`',
        onWorkerd: SAME,
      },
      {
        name: 'HOME',
        meaning: "Where `~` is, for the docker CLI's files.",
        otherwise: 'the home of the user that the service runs as',
      },
    ],
  },
  {
    title: 'What is left behind',
    variables: [
      {
        name: 'SWARMSPAWNER_GC_EVERY',
        meaning:
          'How often the service looks for what hubs have left behind: from `1s` to `596h`, such as `1h` or `1h30m`.',
        otherwise: 'never',
      },
      {
        name: 'SWARMSPAWNER_GC',
        meaning: 'What it does with what it finds: `list` or `remove`.',
        otherwise: '`list`',
        onWorkerd: 'has to be set, or nothing is looked for; `wrangler.toml` says when',
      },
      {
        name: 'SWARMSPAWNER_GC_OLDER_THAN',
        meaning:
          'Where no hub is asked: how long ago a server must have ended to be taken for left behind.',
        otherwise: '`1h`',
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_HUB_API',
        meaning:
          'The REST API of the hub, such as `http://hub:8081/hub/api`: it is asked which servers it has. Several as `physics=http://…,biology=http://…`.',
        otherwise: 'no hub is asked',
        see: 'docs/leftovers.md',
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_HUB_API_TOKEN',
        meaning:
          'A token of that hub with the scopes `list:users` and `read:servers`. Several as `physics=…,biology=…`.',
        otherwise: 'none; needed with `SWARMSPAWNER_HUB_API`',
        isSecret: true,
        onWorkerd: SAME,
      },
    ],
  },
  {
    title: 'The program',
    variables: [
      {
        name: 'NODE_COMPILE_CACHE',
        meaning:
          'The directory where Node.js keeps the program compiled, so that it starts sooner the next time. What others can write there runs with the rights of the service.',
        otherwise: '`swarmspawner` in `XDG_CACHE_HOME`',
      },
      {
        name: 'XDG_CACHE_HOME',
        meaning: 'Where programs keep what they can do without.',
        otherwise: '`~/.cache`',
      },
    ],
  },
]
