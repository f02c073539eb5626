import type * as v from 'valibot'
import type { ANSWERS, Problem, REQUESTS } from './openapi-schemas.ts'

/** A sentence for each field of a schema. A missing or an extra field does not compile. */
type FieldWords<S extends v.GenericSchema> = Readonly<
  Record<Extract<keyof v.InferOutput<S>, string>, string>
>

const server = 'Whose server it is.'
const spawnId =
  "The hub's name for this attempt to start: 1 to 128 letters, digits, `_`, `.`, `:` and `-`."
const serverName = "The server's name; the user's default server has none."
const prefix =
  'First part of the name of the service. Not needed if the hub uses `jupyter`. A server that was started under another prefix is found by its labels.'
const username =
  'The JupyterHub user name, unchanged: at most 255 characters, and no half of a surrogate pair.'
const pollFields = {
  cursor:
    'The `cursor` of the last answer. Together with `wait_s`, the answer comes at the next change.',
  wait_s:
    'With `cursor`: how many seconds to wait for a change. If nothing changes, the answer is the same as the last one.',
}

const start: FieldWords<typeof REQUESTS.StartRequest> = {
  server,
  spawn_id: `${spawnId} A call with the same one reports on the existing server and makes no second one. If it is left out, the service makes one.`,
  issued_at:
    "When the hub decided to start the server, in milliseconds since 1970. Of two starts of a server, the later one wins. At most 300 s ahead of the service's clock. Default: the time of the signature.",
  start_timeout:
    'How many seconds the server may take until it runs, with the download of its image. Default: `config.start_timeout`, else 60. Until then, gc does not count the server as a leftover.',
  wait_s:
    'How many seconds to wait until the server runs. If that is not enough, the answer is `starting`, and `/poll` has the later states. It has no effect with `Accept: text/event-stream`.',
  port: 'The port where the server listens. Default: `config.service_port`, else 8888.',
  env: 'The environment that JupyterHub makes for the server, with its API token. No setting and no option overwrites it. A text that looks like a template of the Engine stays plain text.',
  cmd: "The command, if `config.container_spec` has no `args`. Without both, the image's own command runs.",
  args: 'The arguments after the command.',
  config: 'The settings of `c.SwarmSpawner`, as the admin of the hub configures them.',
  profile:
    'The profile that the server is started with, and what its user chose in it. Its settings are laid over `config`: mounts by target, variables and labels by name, everything else by key; lists are replaced, and `null` takes away. They are the word of the admin, and `user_options` are laid over them.',
  user_options:
    'What the user asks for. It has an effect only with `use_user_options`, and only if the policy allows it. A dict with any of `container_spec`, `image`, `mounts`, `resource_spec`, `placement`, `networks` (or `network`).',
  groups:
    "The user's groups on the hub, for the rules of the policy. The service believes the hub here.",
}

const config: FieldWords<typeof REQUESTS.HubConfig> = {
  service_prefix:
    'First part of the name of each service: letters, digits, `-` and `_`. Default: `jupyter`.',
  service_image: 'The image, if `container_spec` has none.',
  service_port: 'The port where the server listens, if `port` is not sent. Default: 8888.',
  container_spec:
    "A dict: `image`, `args` (the command), `command` (the entrypoint), `env`, `mounts`, `workdir`, `user`, … : every field of the Engine's ContainerSpec, in the spelling of docker-py or of the Engine.",
  mounts:
    'A list of mounts. Each is a dict in the spelling of docker-py (`{type, source, target, read_only}`) or of the Engine, or a text `source:target:ro` or `type=volume,source=a,target=/b`. `{username}`, `{server_name}`, `{raw_username}`, `{escaped_username}`, `{legacy_escaped_username}` and `{escaped_server_name}` are filled in. It replaces `container_spec.mounts`.',
  resource_spec:
    "A dict: `cpu_limit`, `cpu_reservation` (1000000000 is one CPU), `mem_limit`, `mem_reservation` (bytes or `16G`), `generic_resources` (a dict of kinds and counts, such as `{gpu: 1}`), and since Engine 29 `memory_swap` (bytes of swap in addition to the memory, -1 for no limit; as in `docker service create`, and not as in `docker run`) and `memory_swappiness` (0 to 100); or the Engine's `Limits`, `Reservations`, `SwapBytes` and `MemorySwappiness`.",
  networks:
    'Overlay networks of the server: a list of names, of ids, or of dicts `{target, aliases, driver_opts}`. The hub has to be in one of them.',
  placement:
    'Where the server may run: a list of constraints such as `node.labels.disk==ssd`, or a dict with `constraints`, `preferences`, `platforms`, `max_replicas`.',
  labels: 'A dict of labels for the service; placeholders are filled in as in mounts.',
  environment:
    'A dict, or a list of `NAME=value`: more variables of the server. Those that the hub itself makes (`env`) replace them.',
  pull_policy:
    'When the registry of the image is asked. `if-not-present`: for the digest of a tag, at most once in `SWARMSPAWNER_DIGEST_TTL`. `always`: at each start. `never`: by nobody. Default: `if-not-present`.',
  endpoint:
    'What the name of the service leads to: `dnsrr` to the container itself, `vip` to a virtual IP, which drops connections that are idle for 15 minutes. Default: `dnsrr`.',
  url_host:
    'The host in `url`: `start` is a host name that only this start has, `service` is the name of the service. Default: `start`.',
  restart_policy:
    'Whether Swarm starts a server again that has ended: `none`, `on-failure`, `any`, or a dict of `condition`, `delay`, `max_attempts`, `window`. Default: `none`.',
  init: 'Whether an init process is the first in the container. Default: true.',
  stop_grace_period:
    'How long a server may take to end before Swarm kills it: `10s`, or nanoseconds. Default: 10 seconds.',
  log_driver: 'The name of a log driver, or a dict of `name` and `options`.',
  healthcheck:
    'The command of the check, or a dict of `test`, `interval`, `timeout`, `retries`, `start_period`, durations as `30s` or nanoseconds. With a health check, a server is `running` only after the check passes.',
  notebook_dir: 'The server gets this as its variable `NOTEBOOK_DIR`.',
  use_user_options: 'Whether `user_options` replace these settings, key by key. Default: false.',
  use_user_option: 'The same, in the spelling of an old README.',
  cpu_limit:
    "JupyterHub's own: the most CPUs, such as 0.5, if `resource_spec` has no limit. 0 or null: no limit.",
  cpu_guarantee: "JupyterHub's own: CPUs that are reserved, if `resource_spec` reserves none.",
  mem_limit:
    "JupyterHub's own: the most memory, bytes or `1.5G`, if `resource_spec` has no limit. 0 or null: no limit. Units are K, M, G and T, powers of 1024, in any case and with or without `B` or `iB`.",
  mem_guarantee: "JupyterHub's own: memory that is reserved, if `resource_spec` reserves none.",
  start_timeout: 'How many seconds a start may take, if `start_timeout` is not sent. Default: 60.',
  jupyterhub_service_name:
    'Only the hub uses this. The service accepts it, so that a hub can send its whole configuration.',
}

const quota = {
  servers: 'The most servers at once.',
  cpus: 'The most CPUs. Of each server, the larger of limit and reservation; it needs one of the two.',
  memory:
    'The most memory: bytes, or a text such as `64G`. Of each server, the larger of limit and reservation; it needs one of the two.',
  generic: 'The most generic resources, such as GPUs, by kind.',
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
      'The settings of `c.SwarmSpawner`, under the same names. null means: not set. An unknown setting is refused, and the answer names it. docs/reference/settings.md of the project lists all keys of each.',
    fields: config,
  },
  Variables: {
    about:
      'Variables by name. Numbers and booleans become texts. `null` means: do not set this variable.',
  },
  VariableList: { about: 'Variables as the Engine has them: `NAME=value`.' },
  Environment: { about: 'The variables of a server.' },
  Profile: {
    about:
      'The profile that a server is started with. The hub has checked that the user may take it, so the policy judges its settings as those of the admin. `/explain` names them after it, such as `profile gpu.mounts`.',
    fields: {
      slug: 'Its slug: 1 to 63 letters, digits, `_`, `.` and `-`.',
      override:
        'Its settings: those of `HubConfig` that say what a server is, and `image`, `env`, `cmd`, `generic_resources`. `mounts` may be a dict, with the targets as keys.',
      choices:
        'What the user chose in it: at most 50. Later ones are laid over earlier ones, and all over `override`.',
      max_runtime: 'How long its servers may run, such as `8h`. The policy may allow less.',
      quota:
        'What its servers may have together. A start that exceeds it is answered with `quota_exceeded`.',
    },
  },
  ProfileQuota: {
    about: 'What the servers of a profile may have together. What is left out has no bound.',
    fields: {
      ...quota,
      user: 'For those of each user.',
      groups: "For those of all users in a hub's group together, by the group's name.",
    },
  },
  Quota: {
    about: 'What some servers may have together. What is left out has no bound.',
    fields: quota,
  },
  ProfileChoice: {
    about: 'What a user chose for one option of a profile.',
    fields: {
      option: 'The name of the option.',
      choice: 'The slug of the choice.',
      value:
        'In place of `choice`: what the user typed, at most 255 printable characters without braces. It takes the place of `{value}` in the texts of `override`. The service has credentials for an image that a user typed only if the policy lists the image.',
      override: 'The settings of the choice, as those of a profile.',
    },
  },
  StartRequest: {
    about: 'The data of a start. `/explain` takes the same.',
    fields: start,
  },
  PolledServer: {
    about: 'A server whose state the caller wants.',
    fields: {
      username,
      server_name: serverName,
      service_prefix: prefix,
      spawn_id: `${spawnId} With it, the answer can say whether a server is gone or never existed.`,
    },
  },
  PollOne: {
    about: 'One server. The answer is its state.',
    fields: { server: 'The server.', ...pollFields },
  },
  PollMany: {
    about: 'Many servers. The answer has their states in the same order.',
    fields: {
      servers: 'At most 1000 servers. A thousand cost the Engine one call, as one does.',
      ...pollFields,
      cursor:
        'The `cursor` of the last answer, from beside `servers`. Together with `wait_s`, the answer comes at the next change of any of the servers.',
    },
  },
  PollRequest: { about: '`server` for one server, or `servers` for many. Not both.' },
  StopRequest: {
    about: 'Which server to stop.',
    fields: {
      server,
      spawn_id: 'The attempt to stop. A newer one is not touched.',
      now: 'Whether to answer before the container is gone. The next start then waits for its end.',
    },
  },
  ForgottenServer: {
    about: 'A server that the hub has deleted, or all servers of a user.',
    fields: {
      username,
      server_name:
        "The server's name; empty for the default server. If it is left out: all servers of the user.",
      service_prefix:
        'Accepted, but not needed: the service finds servers by their labels, whatever their prefix.',
    },
  },
  ForgetRequest: {
    about: 'What to forget.',
    fields: { server: 'A server; without `server_name`, all servers of the user.' },
  },
  ExplainOne: { about: 'One start: the same data as for `/start`.', fields: start },
  ExplainMany: {
    about:
      'Many starts: what they share, and what each has of its own. Written out, with all that they share in each, they may not be longer than a call may be.',
    fields: {
      ...start,
      requests:
        'At most 50 requests. Each is a dict of the same fields, laid over those beside `requests`: `config` key by key (null takes a key away), every other field whole. Each is read and judged on its own.',
    },
  },
  ExplainRequest: { about: 'The data of one start, or with `requests` of many.' },
  PulledImage: {
    about: 'An image by its name.',
    fields: {
      image: 'The name, with a tag or a digest.',
      placement: 'Which nodes shall have it, as in `config`. Default: all nodes that take servers.',
      why: 'What needs it. People read it in `swarmspawner images`.',
    },
  },
  PulledProfile: {
    about: 'A profile that the hub offers. Of its settings, the image and the placement count.',
    fields: {
      slug: 'Its name.',
      override: 'Its settings, laid over `config`.',
      choices:
        'Choices of its options. To have the images of several choices, send the profile once for each.',
    },
  },
  PullRequest: {
    about: 'Which images to pull.',
    fields: {
      images: 'Images by their names, at most 200.',
      config:
        'The settings of `c.SwarmSpawner`, of which the image and the placement count. Without `profiles`, its image is pulled; with them, it is what they are laid over.',
      profiles: 'Profiles that the hub offers, at most 200.',
      is_all:
        'Whether these are all images of the hub. What it has asked for before and does not name now is no longer due. What people have asked for with `swarmspawner pull` stays.',
      wait_s:
        'How many seconds to wait until all nodes have the images or have failed. Default: 0.',
    },
  },
}

const problem: FieldWords<typeof Problem> = {
  type: 'A URN that contains the code, because RFC 9457 wants a URI.',
  title: 'The code in a few words.',
  status: 'The HTTP status again.',
  detail:
    'What is wrong with this call, for the log. It never contains tokens or values of the environment.',
  code: 'The code, for programs. If a caller does not know a code, it should use `status` and `retryable`.',
  user_message: 'A sentence for a student, in plain words: what happened, and whose turn it is.',
  retryable: 'Whether the same call may succeed later, unchanged.',
  reason: "The Engine's own words, if the Engine refused.",
  advice: 'What an admin can do about it, if that is known.',
  issues: 'The fields that cannot be used, at most the first 20.',
}

const state: FieldWords<typeof ANSWERS.ServerState> = {
  state:
    '`absent`: there is no service. `starting`: there is one, and its container does not run yet. `running`: its process was started, and has passed its health check if it has one. `exited`: it has ended by itself, without an error. `failed`: it has ended with an error, or could not be started. `stopping`: Swarm stops it.',
  status:
    "What JupyterHub's `poll` returns: null while there is something to stop, else an exit code; 1 if there never was a process.",
  service_name: "The name of the server's Swarm service, for `docker service ps`.",
  service_id: 'The id of that service; null if there is none.',
  url: 'Where the hub and its proxy reach the server when it runs.',
  spawn_id: 'The attempt that made the service.',
  reason:
    "Why the state is so, in the Engine's own words, as plain text. A server that runs again after a failure has a reason, too.",
  advice: 'What an admin can do about the reason, if that is known.',
  user_message:
    'A sentence for a student, in plain words: what happened, and whose turn it is. A state has none if the server was stopped, or starts or runs without trouble.',
  timeout_message:
    'The sentence for a student if the caller gives the start up now. Only a server that is `starting` has it.',
  ends_at:
    'When the time of the server is over, by `max_runtime` of the policy or of its profile. Then a poll says that it has ended. Only a server with such a time has it. RFC 3339.',
  maintenance:
    'The node of the server is about to be stopped (`swarmspawner drain`). Only a server that runs there has it. The service learns of it within a minute, and without a call to the Engine.',
  update_available:
    'The tag of its image has a newer digest than the one that the server runs. Only a server whose tag the service resolved has it, and only while the service remembers a newer digest: no registry is asked for it. Nothing is restarted.',
  task: 'The task of Swarm that decides the state; null if there is none yet.',
  events: 'What happened so far, for a progress bar.',
  cursor: 'Changes with the state; send it back to `/poll` to wait for the next change.',
  log: 'The last lines that a failed server wrote, at most 20. If the name of a variable says that it is a secret, such as `API_TOKEN`, its value is replaced by `[redacted]`.',
}

const fits =
  '`now`: a start finds a node at once. `later`: a start waits until another server stops. `never`: no node can run it, and a start fails. null: the Engine did not tell within half a second; `room.reason` says why.'

const answers: {
  [Name in keyof typeof ANSWERS]: {
    about: string
    fields: FieldWords<(typeof ANSWERS)[Name] & v.GenericSchema<object, object>>
  }
} = {
  ServerState: {
    about:
      'The state of a server. When an answer reports that a server has ended, the service removes it: the next poll says `absent`.',
    fields: state,
  },
  ServerEvent: {
    about: "One line of a server's progress.",
    fields: {
      seq: 'The number of the event, so that it is shown only once.',
      time: "When it happened, by the Engine's clock: RFC 3339.",
      progress: 'How far the start is, 0 to 100.',
      message: 'A sentence for people.',
    },
  },
  TaskState: {
    about: 'A task of Swarm.',
    fields: {
      id: 'For `docker inspect`.',
      state: "Swarm's own word: `new`, `pending`, `preparing`, `running`, `failed`, `rejected`, …",
      node: 'The host name of its node, else the id of the node; null before Swarm has chosen a node.',
    },
  },
  PolledStates: {
    about: 'The states of many servers.',
    fields: {
      servers: 'In the order of the request.',
      cursor: 'Changes when any of the states changes.',
    },
  },
  ForgetResult: {
    about: 'What was removed. Both lists are empty if there was nothing. Volumes stay.',
    fields: {
      removed: 'The names of the services that were removed.',
      failed: 'The services that could not be removed. Send the call again.',
    },
  },
  NotRemoved: {
    about: 'A service that is still there.',
    fields: {
      service_name: 'Its name.',
      reason: "Why, in the Engine's words.",
    },
  },
  PullResult: {
    about: 'What came of a pull.',
    fields: {
      images: 'Each image that was asked for; one that several profiles need is in it once.',
      removed: 'With `is_all`: the images that are no longer due.',
    },
  },
  PullAnswer: {
    about: 'An image that was asked for: a report, or the problem why there is none.',
    fields: {
      asked: 'The image, or the profile whose image could not be read.',
      report: 'What the Swarm says of it.',
      problem: 'Why it is not pulled.',
    },
  },
  PullReport: {
    about: 'An image that is due on some nodes.',
    fields: {
      hub: 'The hub that needs it.',
      image: 'Its name.',
      digest:
        'The digest that nodes download; null if no registry told one. Nodes then ask for the tag.',
      source:
        'Who asked for it: `command` (a person), `hub`, or `push` (a registry told of a new image).',
      why: 'What needs it.',
      constraints: 'The constraints that a node must meet to have it.',
      platforms: 'The platforms that a node must be of, such as `linux/amd64`. Empty: any.',
      since: 'Since when it is due: RFC 3339.',
      job: 'The name of its Swarm service.',
      service_id: 'The id of that service.',
      nodes: 'What each node says that would run it, and nodes that have left.',
      warning: 'What to know about it, such as a registry that did not answer.',
    },
  },
  NodePull: {
    about: 'An image on a node.',
    fields: {
      node_id: "The node's id.",
      node: "The node's host name.",
      state:
        '`there`: the node has it. `waiting`: Swarm has not begun there. `downloading`. `failed`: the next run tries again. `gone`: the node is down, or has left the swarm.',
      since: "Since when, by the node's clock: RFC 3339.",
      reason: "Why, in the Engine's words or in ours.",
    },
  },
  Explanation: {
    about: 'What a start would create, and why.',
    fields: {
      service_name: 'The name of the service.',
      url: 'Where the hub and its proxy would reach the server. Each `spawn_id` has its own host name.',
      spec: 'What the service would send to the Engine, without the values of the environment.',
      image:
        'How the image is named, and what a service is created with. Null if the Engine was not asked, or the policy refuses the spec.',
      sources: 'For each path of the spec, with dots: the setting that its value came from.',
      warnings: 'What looks wrong, or what this Engine would ignore.',
      policy: 'What the policy says of every value that the hub or its user set.',
      would_start:
        'False if the policy refuses a value (then a start with this data is answered with 422 `not_allowed`), or if there is an obstacle.',
      obstacles:
        'What keeps the Engine or the swarm from running it today: fields that this Engine does not know, networks that do not exist, constraints that no node meets, more reserved than any node has; and a quota that has too little left. What other servers use of the nodes does not count: a start waits for that. Empty if the Engine was not asked; a warning says so.',
      fits,
      room: 'Why it fits or does not, with the numbers.',
      volumes:
        'The named volumes of the spec, as the node of the Engine knows them that the service asks. Empty if the Engine was not asked, or the policy refuses the spec.',
    },
  },
  Maintenance: {
    about: 'When a node is stopped, and why.',
    fields: {
      at: 'From when on its servers are stopped. RFC 3339.',
      message: 'What an administrator tells the users of the node, as plain text. May be empty.',
    },
  },
  UpdateAvailable: {
    about: 'A newer image than the one that a server runs.',
    fields: {
      image: 'The image as it was asked for.',
      running: 'The digest that the server runs.',
      digest: 'The digest that the tag has now.',
    },
  },
  ImageOfServer: {
    about: 'The image of a server.',
    fields: {
      name: 'As it is configured, or as the user chose it.',
      image:
        'What the service is created with: `name:tag@sha256:…`, the id of an image, or the name as it is.',
      digest: 'The digest in it; null if it has none, or is not known.',
      from: 'Who said so. `name`: the image has a digest in its name, or is an id. `registry`: the registry, at most `SWARMSPAWNER_DIGEST_TTL` ago. `announced`: a push, or a pull ahead. `known`: one of these, longer ago, because the registry does not answer. `engine`: the images of the manager. `nobody`: the tag is left as it is, and the node asks the registry.',
      pull_policy: 'When the registry is asked.',
    },
  },
  SeenVolume: {
    about: 'A named volume of a spec. An Engine knows only the volumes of its own node.',
    fields: {
      name: 'Its name.',
      node: 'The host name of the node. Null if the Engine does not tell.',
      exists: 'Whether the node has it.',
      others:
        'If it does not exist: volumes that do, whose names the same setting gives with other placeholders. Another spawner may have made them for this user. Only those that the policy allows the hub to mount.',
    },
  },
  OtherVolume: {
    about: 'A volume in another spelling of the names of user and server.',
    fields: { name: 'Its name.', placeholders: 'The placeholders that name it in `mounts`.' },
  },
  Explanations: {
    about: 'The answer for many starts.',
    fields: { explanations: 'In the order of `requests`.' },
  },
  BrieflyExplained: {
    about:
      'Whether one of many starts would succeed. Secrets, configs, volumes and networks that are missing are not looked up here; the answer for one start says more.',
    fields: {
      would_start:
        'False if there is a problem or an obstacle. A server that fits later would start, after a while.',
      fits: `${fits} Also null if the settings cannot be read.`,
      room: 'Why it fits or does not, with the numbers. Null if the settings cannot be read.',
      obstacles:
        'What keeps the Engine or every node from running it, at most the first 20: fields that this Engine does not know, constraints that no node meets, more reserved than any node has; and a quota that has too little left.',
      warnings: 'What looks wrong, and whether the Engine was not asked.',
      problem:
        'What a start with this data would be answered before the Engine is asked to create anything: settings that cannot be read, or a policy that does not allow them. Else null.',
    },
  },
  Room: {
    about:
      "What the nodes have left, from one look at nodes and tasks that all callers within a second share. A server's own older service does not count, because a start removes it first.",
    fields: {
      reason:
        'For admins: why it does not fit now, or why `fits` is null. Null if it fits now. It may name nodes.',
      user_message:
        'For students: a sentence if it fits later or never, with whose turn it is. Else null.',
      since:
        'If it fits later: since when there is no room, as far as the tasks tell; it may be longer. RFC 3339.',
      nodes:
        'How many nodes there are, and how many of them pass. Null if the Engine did not tell.',
      resources:
        'What the server reserves, each counted over the nodes that are `suitable`. Empty if it reserves nothing, or if there is no such node.',
    },
  },
  CountedNodes: {
    about: 'How many nodes pass.',
    fields: {
      all: 'All nodes of the swarm.',
      taking_tasks: 'Those that take tasks: neither down, nor drained, nor paused.',
      suitable: 'Those that could run the server if they had nothing else to do.',
      with_room: 'Those that can run it now.',
    },
  },
  ResourceRoom: {
    about: 'How much of one resource is left.',
    fields: {
      field: "The Engine's field. The amounts of `NanoCPUs` are billionths of a CPU.",
      kind: '`cpu`, `memory`, or the kind of the generic resource, such as `gpu`.',
      reserved: 'How much the server reserves. It needs that on one node.',
      free_on_one: 'The most that one node has free.',
      free: 'How much is free on all suitable nodes together.',
      total: 'How much these nodes have.',
      text: 'The numbers for people, such as `gpu: 1 of 4 free`.',
    },
  },
  Obstacle: {
    about: 'What keeps the Engine or the swarm from running a spec.',
    fields: {
      from: 'The setting that asks for it, or the field of the spec.',
      reason: 'What is missing.',
    },
  },
  Verdict: {
    about: 'What the policy says of one value.',
    fields: {
      path: 'The path of the value in the spec.',
      from: 'The setting, or the option of the user, that the value comes from.',
      verdict: 'Whether the policy allows the value.',
      rule: 'The rule that decides, by its place in the policy.',
    },
  },
  ServersPage: {
    about: 'One page of servers.',
    fields: {
      servers: 'The servers, in the order of their service names.',
      next: 'Send it as `after` to get the next page. Null if there are no more servers.',
      unread: 'A sentence for each part of the list that could not be read. Most often empty.',
    },
  },
  ListedServer: {
    about: 'A server, with what its service was made of.',
    fields: {
      ...state,
      hub: 'The hub that started it.',
      username,
      server_name: serverName,
      created_at: 'When its service was created: RFC 3339.',
      image:
        "The image of its service, as the Engine has it, with the image's digest if the Engine knows that.",
      limits: 'What the server may use.',
    },
  },
  ServerLimits: {
    about: 'The most that a server may use. Null means that there is no limit.',
    fields: { cpus: 'CPUs.', memory_bytes: 'Bytes of memory.' },
  },
  ServerLogs: {
    about: 'The last lines of a server.',
    fields: {
      service_name: "The name of the server's Swarm service.",
      lines: 'The lines, the oldest first.',
      complete: 'Whether all nodes have sent their lines in time.',
    },
  },
  ServerLogLine: {
    about: 'One line of a log.',
    fields: {
      stream: '`stdout` or `stderr` of the server, or `system` for a sentence of the Engine.',
      text: 'The line, at most 4096 characters.',
    },
  },
  ImagesPushed: {
    about: 'What became of the events of a registry.',
    fields: {
      accepted: 'How many events are of images that are pulled ahead now.',
      ignored: 'How many are not: pulls and deletes, images that nothing names, and so on.',
      message: 'Why, where there is something to do about it. It names no image.',
    },
  },
  Health: { about: 'This process is alive.', fields: { status: 'Always `ok`.' } },
  Ready: {
    about: 'The Engine answers and manages a swarm.',
    fields: {
      status: 'Always `ready`.',
      api_version: 'The version of the Engine API that the service uses.',
    },
  },
  Problem: { about: 'Why a call was not carried out: problem details, RFC 9457.', fields: problem },
  Issue: {
    about: 'A field that cannot be used.',
    fields: {
      path: 'Which field: a path that begins with `data`, or the name of a setting, such as `mounts.0`.',
      message: 'What is wrong with it.',
    },
  },
}

const engineOwn = (name: string) => ({
  about: `The Engine's ${name}, as its API has it: docs.docker.com/reference/api/engine.`,
})

/** The meaning of each component and its fields. */
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
