import type * as v from 'valibot'
import type { ANSWERS, Problem, REQUESTS } from './openapi-schemas.ts'

/** A sentence for each field of a schema: one that is missing, or too much, does not compile. */
type FieldWords<S extends v.GenericSchema> = Readonly<
  Record<Extract<keyof v.InferOutput<S>, string>, string>
>

const server = 'Whose server it is.'
const spawnId =
  'What the hub calls this attempt to start: 1 to 128 letters, digits, `_`, `.`, `:` and `-`.'
const serverName = "The server's name; the user's default server has none."
const prefix =
  'First part of the name of the service, where the hub sets another than `jupyter`; a server that was started under a former one is found by its labels.'
const username =
  'The JupyterHub user name, as it is: at most 255 characters, none of them half a surrogate pair.'
const pollFields = {
  cursor:
    'The `cursor` of the answer before: together with `wait_s` the answer comes at the next change.',
  wait_s:
    'With `cursor`: how long to wait for a change, in seconds. An answer that says nothing new is no error.',
}

const start: FieldWords<typeof REQUESTS.StartRequest> = {
  server,
  spawn_id: `${spawnId} Sent again, it reports on the server that is there and makes no second one. Made up where it is left out.`,
  issued_at:
    "When the hub decided to start the server, in milliseconds since 1970. Of two starts of a server the later one holds. At most 300 s ahead of the service's clock. Where it is left out, the time of the signature.",
  start_timeout:
    'How long the server may take until it runs, the download of its image included, in seconds. Where it is left out, `config.start_timeout`, else 60. Until then it is not taken for left behind.',
  wait_s:
    'How long to wait for the server to run, in seconds. Where that is not enough, the answer is `starting`, and `/poll` tells the rest. With `Accept: text/event-stream` it means nothing.',
  port: 'Where the server listens. Where it is left out, `config.service_port`, else 8888.',
  env: "The environment that JupyterHub makes for the server, its API token included. Nobody's settings or options overwrite it, and what looks like a template of the Engine is plain text in it.",
  cmd: 'The command, where `config.container_spec` has no `args`. Without both, the image runs its own.',
  args: 'Words after the command.',
  config: 'The settings of `c.SwarmSpawner`: what the admin of the hub configures.',
  user_options:
    'What the user asks for. It holds only with `use_user_options`, and as far as the policy allows: a dict with any of `container_spec`, `image`, `mounts`, `resource_spec`, `placement`, `networks` (or `network`).',
  groups:
    "The user's groups on the hub, for the rules of the policy. The hub's word is taken for it.",
}

const config: FieldWords<typeof REQUESTS.HubConfig> = {
  service_prefix:
    'First part of the name of each service: letters, digits, `-` and `_`. Default: `jupyter`.',
  service_image: 'The image, where `container_spec` has none.',
  service_port: 'Where the server listens, if `port` is not sent. Default: 8888.',
  container_spec:
    "A dict: `image`, `args` (the command), `command` (the entrypoint), `env`, `mounts`, `workdir`, `user`, … : every field of the Engine's ContainerSpec, in docker-py's spelling or the Engine's.",
  mounts:
    "A list of mounts, each a dict in docker-py's spelling (`{type, source, target, read_only}`), in the Engine's, or a text `source:target:ro`. `{username}`, `{server_name}` and `{raw_username}` are filled in. Wins over `container_spec.mounts`.",
  resource_spec:
    "A dict: `cpu_limit`, `cpu_reservation` (1000000000 is one CPU), `mem_limit`, `mem_reservation` (bytes), `generic_resources`, and since Engine 29 `memory_swap` (bytes of swap beside the memory, -1 for no limit; as of `docker service create`, not `docker run`) and `memory_swappiness` (0 to 100); or the Engine's `Limits`, `Reservations`, `SwapBytes` and `MemorySwappiness`.",
  networks:
    'Overlay networks of the server: a list of names, of ids, or of dicts `{target, aliases, driver_opts}`. The hub has to be in one of them.',
  placement:
    'Where the server may run: a list of constraints such as `node.labels.disk==ssd`, or a dict of `constraints`, `preferences`, `platforms`, `max_replicas`.',
  labels: 'A dict of labels for the service; placeholders are filled in as in mounts.',
  environment:
    "A dict, or a list of `NAME=value`: more variables of the server. The hub's own (`env`) win.",
  endpoint:
    'How the name of the service resolves: `dnsrr` to the container itself, `vip` to a virtual IP, which drops connections that are idle for 15 minutes. Default: `dnsrr`.',
  url_host:
    'The host in `url`: `start` for a name that each start has for itself, `service` for the name of the service. Default: `start`.',
  restart_policy:
    'Whether Swarm starts a server again that has ended: `none`, `on-failure`, `any`, or a dict of `condition`, `delay`, `max_attempts`, `window`. Default: `none`.',
  init: 'Whether an init process is the first in the container. Default: true.',
  stop_grace_period:
    'How long a server has to end before it is killed: `10s`, or nanoseconds. Default: 10 seconds.',
  log_driver: 'The name of a log driver, or a dict of `name` and `options`.',
  healthcheck:
    'A dict of `test`, `interval`, `timeout`, `retries`, `start_period`, durations as `30s` or nanoseconds. With one, a server is `running` once it passes.',
  notebook_dir: "Set as the server's `NOTEBOOK_DIR`.",
  use_user_options: 'Whether `user_options` overwrite these settings, key by key. Default: false.',
  use_user_option: 'The same, as an old README spelled it.',
  cpu_limit:
    "JupyterHub's own: the most CPUs, such as 0.5, where `resource_spec` is silent. 0 or null is no limit.",
  cpu_guarantee: "JupyterHub's own: CPUs that are reserved, where `resource_spec` is silent.",
  mem_limit:
    "JupyterHub's own: the most memory, bytes or `1.5G`, where `resource_spec` is silent. 0 or null is no limit.",
  mem_guarantee: "JupyterHub's own: memory that is reserved, where `resource_spec` is silent.",
  start_timeout:
    'How long a start may take, in seconds, if `start_timeout` is not sent. Default: 60.',
  jupyterhub_service_name:
    "The hub's own business; accepted so that its whole configuration can be sent.",
}

const requests: {
  [Name in keyof typeof REQUESTS]: {
    about: string
    fields?: FieldWords<(typeof REQUESTS)[Name]>
  }
} = {
  ServerKey: {
    about: 'Which server of which JupyterHub user.',
    fields: { username, server_name: serverName, service_prefix: prefix },
  },
  HubConfig: {
    about:
      'The settings of `c.SwarmSpawner`, by the names that a hub has for them; null is the same as left out. What is not known is refused by its name. docs/reference/settings.md of the project has all that may be in each.',
    fields: config,
  },
  Variables: {
    about:
      'Variables by name. Numbers and booleans become texts; where a value is null, the variable is not set.',
  },
  VariableList: { about: 'Variables as the Engine has them: `NAME=value`.' },
  Environment: { about: 'The variables of a server.' },
  StartRequest: {
    about: 'What a server is made of. `/start` and `/explain` take the same.',
    fields: start,
  },
  PolledServer: {
    about: 'A server that is asked for.',
    fields: {
      username,
      server_name: serverName,
      service_prefix: prefix,
      spawn_id: `${spawnId} With it, a server that is gone is told from one that never was.`,
    },
  },
  PollOne: {
    about: 'One server, whose state is the answer.',
    fields: { server: 'The server.', ...pollFields },
  },
  PollMany: {
    about: 'Many servers, whose states are answered in the same order.',
    fields: {
      servers: 'At most 1000. A thousand cost the Engine as much as one.',
      ...pollFields,
      cursor:
        'The `cursor` of the answer before, the one beside `servers`: together with `wait_s` the answer comes at the next change of any of them.',
    },
  },
  PollRequest: { about: '`server` for one, `servers` for many; not both.' },
  StopRequest: {
    about: 'Which server to stop.',
    fields: {
      server,
      spawn_id: 'The attempt that is meant: it alone is stopped, and a newer one left alone.',
      now: 'Whether to answer before the container is gone. The next start waits for its end.',
    },
  },
  ForgottenServer: {
    about: "A server that the hub has deleted, or all of a user's.",
    fields: {
      username,
      server_name:
        "The server's name, empty for the default one. Where it is left out: all of the user's servers.",
      service_prefix:
        'Taken, and not needed: servers are found by their labels, whatever their prefix.',
    },
  },
  ForgetRequest: {
    about: 'What to forget.',
    fields: { server: "A server, or without `server_name` all of the user's." },
  },
}

const problem: FieldWords<typeof Problem> = {
  type: 'A URN with the code in it, as RFC 9457 wants a type.',
  title: 'The code in a few words.',
  status: 'The HTTP status, once more.',
  detail:
    'What is wrong with this call, for the log. Values of environments, and tokens, are never in it.',
  code: 'What programs should look at. One that is new to a caller is to be judged by `status` and `retryable`.',
  user_message: 'A sentence that a student may read.',
  retryable: 'Whether the same call may succeed later, unchanged.',
  reason: "The Engine's own words, if it was the Engine that refused.",
  advice: 'What an admin can do about it, where that is known.',
  issues: "The fields that can't be used, all at once; of a refusal by the policy at most 50.",
}

const state: FieldWords<typeof ANSWERS.ServerState> = {
  state:
    '`absent`: there is no service. `starting`: there is one, and its container does not run yet. `running`: its process was started, and has passed its health check where it has one. `exited`: it has ended by itself, without an error. `failed`: it has ended with an error, or could not be started. `stopping`: Swarm takes it down.',
  status:
    "What JupyterHub's `poll` returns: null while there is something to stop, else an exit code. 1 where there never was a process.",
  service_name: 'The name of its Swarm service, for `docker service ps`.',
  service_id: 'The id of that service; null where there is none.',
  url: 'Where the hub and its proxy reach the server, once it runs.',
  spawn_id: 'The attempt that made the service.',
  reason:
    "Why it is so, in the Engine's own words, plain text. Also of a server that runs again after a failure.",
  advice: 'What an admin can do about the reason, where that is known.',
  user_message:
    'A sentence that a student may read about the reason, where that is known: so far, of images that could not be pulled.',
  task: 'The task of Swarm that it is judged by; null where there is none yet.',
  events: 'What happened so far, for a progress bar.',
  cursor: 'Changes with the state; send it back to `/poll` to wait for the next change.',
  log: 'The last lines that a server wrote which has failed, at most 20. Values of variables whose names speak of secrets are blotted out.',
}

const answers: {
  [Name in keyof typeof ANSWERS]: {
    about: string
    fields: FieldWords<(typeof ANSWERS)[Name] & v.GenericSchema<object, object>>
  }
} = {
  ServerState: {
    about:
      'What became of a server. One that has ended is removed when that is told: the next poll says `absent`.',
    fields: state,
  },
  ServerEvent: {
    about: "One line of a server's progress.",
    fields: {
      seq: 'Names the event, so that it is shown once.',
      time: "When it happened, by the Engine's clock: RFC 3339.",
      progress: 'How far the start is, 0 to 100.',
      message: 'A sentence for people.',
    },
  },
  TaskState: {
    about: 'A task of Swarm.',
    fields: {
      id: 'For `docker inspect`.',
      state: 'The word of Swarm: `new`, `pending`, `preparing`, `running`, `failed`, `rejected`, …',
      node: 'The host name of its node, else the id; null before Swarm has chosen one.',
    },
  },
  PolledStates: {
    about: 'The states of many servers.',
    fields: {
      servers: 'In the order in which they were asked for.',
      cursor: 'Changes when any of them does.',
    },
  },
  ForgetResult: {
    about: 'What was forgotten; nothing, where there was nothing. Volumes stay.',
    fields: {
      removed: 'The names of the services that were removed.',
      failed: 'Those that could not be removed; send the call again.',
    },
  },
  NotRemoved: {
    about: 'A service that is still there.',
    fields: {
      service_name: 'Its name.',
      reason: "Why, in the Engine's words.",
    },
  },
  Explanation: {
    about: 'What a start would create, and why.',
    fields: {
      service_name: 'The name of the service.',
      url: 'Where the hub and its proxy would reach the server. Each `spawn_id` has a host of its own.',
      spec: 'What the Engine would be sent. Values of the environment are left out.',
      sources: 'By dotted path of the spec: the setting that its value came from.',
      warnings: 'What looks wrong, or would be dropped by this Engine.',
      policy: 'What the policy says of every value that the hub or its user set.',
      would_start:
        'False where the policy refuses a value: a start with this is answered 422 `not_allowed`.',
    },
  },
  Verdict: {
    about: 'What the policy says of one value.',
    fields: {
      path: 'Where it would go in the spec.',
      from: 'The setting, or option of the user, that it comes from.',
      verdict: 'Whether it may be.',
      rule: 'The rule that says so, by its place in the policy.',
    },
  },
  Health: { about: 'This process is alive.', fields: { status: 'Always `ok`.' } },
  Ready: {
    about: 'The Engine answers and manages a swarm.',
    fields: {
      status: 'Always `ready`.',
      api_version: 'The version of the Engine API that is spoken.',
    },
  },
  Problem: { about: 'Why a call was not carried out: problem details, RFC 9457.', fields: problem },
  Issue: {
    about: "A field that can't be used.",
    fields: {
      path: 'Which: from `data` on, or a setting by its own name, such as `mounts.0`.',
      message: 'What is wrong with it.',
    },
  },
}

const engineOwn = (name: string) => ({
  about: `The Engine's ${name}, as its API has it: docs.docker.com/reference/api/engine.`,
})

/** What each component is, and what its fields mean. */
export const WORDS = {
  ...requests,
  ...answers,
  ServiceSpec: engineOwn('ServiceSpec'),
  ContainerSpec: engineOwn('ContainerSpec'),
  Mount: engineOwn('Mount'),
  Driver: engineOwn('Driver of volumes or logs'),
  Healthcheck: engineOwn('HealthConfig'),
  SecretReference: engineOwn('reference to a secret'),
  ConfigReference: engineOwn('reference to a config'),
  Privileges: engineOwn('Privileges'),
  GenericResource: engineOwn('GenericResource'),
  Resources: engineOwn('Resources of a task'),
  RestartPolicy: engineOwn('RestartPolicy of a task'),
  Placement: engineOwn('Placement'),
  NetworkAttachment: engineOwn('NetworkAttachmentConfig'),
}
