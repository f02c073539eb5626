/** A variable of the service's environment, in words for people. Other code reads and checks its value. */
export type Variable = {
  name: string
  /** A sentence or more, in Markdown. */
  meaning: string
  /** What applies when it is not set: a value in backquotes, or a few words. */
  otherwise: string
  /** A page with more about it, as a path from the project's root. */
  see?: string
  /** The variable with `_FILE` at its end may name a file with the value instead. */
  isSecret?: true
  /** What it means when the service runs on workerd. Absent when it means nothing there. */
  onWorkerd?: string
}

/** Variables about one topic, with a heading. */
export type VariableGroup = { title: string; variables: readonly Variable[] }

const SAME = 'the same'

/**
 * Every variable that the service reads. The help and docs/reference/environment.md are made from it. The code
 * that reads variables does not use it, so that these sentences are not in the bundles for the edge.
 */
export const ENVIRONMENT: readonly VariableGroup[] = [
  {
    title: 'Hubs and people',
    variables: [
      {
        name: 'SWARMSPAWNER_SECRET',
        meaning:
          'The secret of the only hub: `whsec_` and 24 to 64 bytes in base64. While you rotate it, give two secrets with a space between them.',
        otherwise: 'none; this or `SWARMSPAWNER_HUBS` is needed',
        see: 'docs/security.md',
        isSecret: true,
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_NEXT_SECRET',
        meaning:
          'Another secret of the only hub, which is accepted as well. With it, a hub gets a new secret without a refused call. It may be the same as the first one.',
        otherwise: 'none',
        see: 'docs/deploy.md#a-new-secret',
        isSecret: true,
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_HUB',
        meaning:
          "The name of that hub, 1 to 63 letters, digits, dots, `-` and `_`. The labels of its services contain this name, so several hubs in one swarm do not see each other's services. Each hub also needs its own `service_prefix` and its own names for volumes.",
        otherwise: '`default`',
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_HUBS',
        meaning:
          'Several hubs, each with a secret of its own: `physics=whsec_…,biology=whsec_…`. While you rotate a secret, give its name twice, once for each secret. With several hubs, the volumes, secrets and configs of each hub begin with its name and a dot. So `physics` and `physics.2` cannot be used together, and neither can names that differ only in case.',
        otherwise: 'none',
        see: 'docs/policy.md',
        isSecret: true,
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_ADMIN_TOKEN',
        meaning:
          'The token for the status page, and for calls by hand, with `Authorization: Bearer <token>`, for the hub that `?hub=` names. It needs 16 characters or more: `openssl rand -hex 16`.',
        otherwise: 'none: calls by hand are refused, and nobody can sign in',
        isSecret: true,
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_METRICS_TOKEN',
        meaning:
          'A token that opens `GET /metrics` and nothing else, for Prometheus. It needs 16 characters or more, and must not be the admin token.',
        otherwise: 'none: only the admin token opens `/metrics`',
        see: 'docs/operate.md',
        isSecret: true,
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_POLICY',
        meaning:
          'What hubs may configure and their users may ask for: the path of a JSON or YAML file, or JSON itself.',
        otherwise: 'the built-in rules, which are safe',
        see: 'docs/policy.md',
        onWorkerd: 'only JSON itself, because there are no files',
      },
    ],
  },
  {
    title: 'Where it listens',
    variables: [
      {
        name: 'HOST',
        meaning:
          'The address that the service listens on, `0.0.0.0` for all. An address other than the loopback needs a certificate, or `SWARMSPAWNER_PLAIN_HTTP`.',
        otherwise: '`127.0.0.1`',
      },
      {
        name: 'PORT',
        meaning: 'The port that it listens on; 0 takes any free port.',
        otherwise: '`8080`',
      },
      {
        name: 'SWARMSPAWNER_TLS_CERT',
        meaning:
          'A PEM file with the certificate of the service. With it and `SWARMSPAWNER_TLS_KEY`, the service uses TLS 1.2 or newer. It reads both files again when they change.',
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
          'A PEM file with a certificate authority. Every client then needs a certificate that this authority has signed.',
        otherwise: 'no certificate is asked for',
      },
      {
        name: 'SWARMSPAWNER_PLAIN_HTTP',
        meaning:
          "Allows plain HTTP when `HOST` is not the loopback: the name of the Docker network, or several names. Everybody in that network can read what hubs send, also users' tokens.",
        otherwise: 'without a certificate, the service does not start',
        see: 'docs/security.md',
      },
      {
        name: 'SWARMSPAWNER_MAX_CONNECTIONS',
        meaning:
          "The most open connections that have no hub's call. One more closes the oldest of them, so that a hub always gets in.",
        otherwise: '`1024`',
      },
      {
        name: 'SWARMSPAWNER_MAX_PER_ADDRESS',
        meaning:
          'The most such connections from one address. Behind a proxy all callers have the same address: set it to the same number as `SWARMSPAWNER_MAX_CONNECTIONS`.',
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
          'The Docker Engine of a Swarm manager: `unix:///path`, `tcp://host:2376` or `https://host:2376`. For several managers, give a list: if one is gone, hangs or is not a manager, the service asks the next.',
        otherwise: "the address in the docker CLI's context, or else `unix:///var/run/docker.sock`",
        onWorkerd: 'must be set; `unix://…` is not possible',
      },
      {
        name: 'DOCKER_TLS_VERIFY',
        meaning:
          'With any text, the service uses TLS with the Engine at `DOCKER_HOST` and verifies its certificate. The same as for the docker CLI.',
        otherwise: 'no TLS for `tcp://…`',
      },
      {
        name: 'DOCKER_TLS',
        meaning:
          'With any text, the service uses TLS with the Engine at `DOCKER_HOST` and does not verify its certificate. The same as for the docker CLI.',
        otherwise: 'no TLS for `tcp://…`',
      },
      {
        name: 'DOCKER_CERT_PATH',
        meaning: 'The directory with `ca.pem`, `cert.pem` and `key.pem` for TLS with the Engine.',
        otherwise: '`DOCKER_CONFIG`',
      },
      {
        name: 'DOCKER_CONTEXT',
        meaning: "The docker CLI's context to use if `DOCKER_HOST` is not set.",
        otherwise: 'the current context in its `config.json`',
      },
      {
        name: 'DOCKER_CONFIG',
        meaning:
          "The docker CLI's directory. Its `config.json` has the registry credentials and the contexts. The service reads the credentials again at each start of a server.",
        otherwise: '`~/.docker`',
      },
      {
        name: 'SWARMSPAWNER_REGISTRY_AUTH',
        meaning:
          'Credentials for private registries, in the form of the docker CLI\'s `config.json`: `{"auths": {"ghcr.io": {"username": "…", "password": "…"}}}`. For the registries that it names, it wins over `DOCKER_CONFIG`. The service reads a file again at each start of a server.',
        otherwise: "none but the docker CLI's",
        see: 'docs/images.md',
        isSecret: true,
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_PULL_PATIENCE',
        meaning:
          'How long a node may fail to pull an image, with the same words, before the server is given up: from `0s` to `24h`. Since Engine 29, Swarm tries for ever when a registry does not answer. A cause that no later try can change, such as an unknown image, ends the start at once.',
        otherwise: '`1m`',
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_DIGEST_TTL',
        meaning:
          'How long the digest of a tag is good: from `0s` to `168h`. The registry is asked once in this time, and not by each start. Who pushes an image under the same tag sees it in new servers after at most this time. With `0s` each start asks.',
        otherwise: '`5m`',
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_PULL_EVERY',
        meaning:
          'How often the service looks whether nodes lack images that are due on them (pulled ahead): from `1s` to `596h`, or `never`. Tags are resolved anew, and nodes where a download failed or that have joined are told to download.',
        otherwise: '`10m`',
        see: 'docs/images.md',
        onWorkerd:
          '`never`, or anything else: `wrangler.toml` says when it looks, if `crons` are set',
      },
      {
        name: 'HOME',
        meaning: "The directory that `~` means, for the docker CLI's files.",
        otherwise: 'the home of the user that the service runs as',
      },
    ],
  },
  {
    title: 'Registry webhooks',
    variables: [
      {
        name: 'SWARMSPAWNER_PUSH_TOKENS',
        meaning:
          'Who may announce pushed images, with `POST /image-pushed/<token>`: `name=token`, with the name of a hub. A token has 32 characters or more: `openssl rand -hex 16`. While you rotate it, give the name twice, once for each token.',
        otherwise: 'none: nobody may',
        see: 'docs/images.md',
        isSecret: true,
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_PUSH_HOSTS',
        meaning:
          'For registries that call themselves differently in their events than in the names of their images: `registry:5000=registry.example.org`, or several.',
        otherwise: 'the host in an event is the host in the name of the image',
        see: 'docs/images.md',
        onWorkerd: SAME,
      },
    ],
  },
  {
    title: 'What is left behind',
    variables: [
      {
        name: 'SWARMSPAWNER_GC_EVERY',
        meaning:
          'How often the service looks for services that hubs have left behind: from `1s` to `596h`, such as `1h` or `1h30m`.',
        otherwise: 'never',
      },
      {
        name: 'SWARMSPAWNER_GC',
        meaning: 'What it does with the services that it finds: `list` or `remove`.',
        otherwise: '`list`',
        onWorkerd: 'must be set, or the worker does not look; `wrangler.toml` says when it looks',
      },
      {
        name: 'SWARMSPAWNER_GC_OLDER_THAN',
        meaning:
          'If no hub is asked: how long ago a server must have ended before its service counts as left behind.',
        otherwise: '`1h`',
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_HUB_API',
        meaning:
          'The REST API of the hub, such as `http://hub:8081/hub/api`. The service asks it which servers the hub has. For several hubs: `physics=http://…,biology=http://…`.',
        otherwise: 'no hub is asked',
        see: 'docs/leftovers.md',
        onWorkerd: SAME,
      },
      {
        name: 'SWARMSPAWNER_HUB_API_TOKEN',
        meaning:
          'A token of that hub with the scopes `list:users` and `read:servers`. For several hubs: `physics=…,biology=…`.',
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
        name: 'SWARMSPAWNER_AUDIT',
        meaning:
          'Where the audit log goes, with a line of JSON for each thing that is done to the swarm: `stderr`, `stdout`, `off`, or the whole path of a file. The commands that change the swarm, such as `swarmspawner stop`, write there, too.',
        otherwise: '`stderr`, which has nothing else; a command writes nothing',
        see: 'docs/audit.md',
        onWorkerd: "`stderr` and `stdout` are the platform's log, and a file is not possible",
      },
      {
        name: 'SUDO_USER',
        meaning:
          'Who ran a command with `sudo`, which sets it. The audit log has it. The service itself does not read it.',
        otherwise: 'none',
        see: 'docs/audit.md',
      },
      {
        name: 'SWARMSPAWNER_PROFILES',
        meaning:
          'For `swarmspawner explain`: a file with the settings and profiles of a hub, which `python3 -m swarmspawner profiles` writes. The service itself does not read it.',
        otherwise: 'none; `--profiles` names it as well',
        see: 'docs/profiles.md',
      },
      {
        name: 'NODE_COMPILE_CACHE',
        meaning:
          'The directory where Node.js keeps the compiled program, so that it starts faster the next time. Nobody else must be able to write there, because that code runs with the rights of the service.',
        otherwise: '`swarmspawner` in `XDG_CACHE_HOME`',
      },
      {
        name: 'XDG_CACHE_HOME',
        meaning: 'The directory where programs keep caches.',
        otherwise: '`~/.cache`',
      },
    ],
  },
]
