/** A setting of JupyterHub that this spawner uses, or for which it has another default. */
export type HubSetting = { name: string; meaning: string; otherwise: string; since?: string }

/** JupyterHub's settings for every spawner, and what they do here. */
export const JUPYTERHUB_SETTINGS: readonly HubSetting[] = [
  {
    name: 'cpu_limit',
    meaning: 'The CPUs that a server may use, such as `1.5`, if resource_spec has no `cpu_limit`.',
    otherwise: 'none',
  },
  {
    name: 'cpu_guarantee',
    meaning: 'The CPUs that are reserved for a server, if resource_spec has no `cpu_reservation`.',
    otherwise: 'none',
  },
  {
    name: 'mem_limit',
    meaning:
      "The memory that a server may use, in bytes or as `'1.5G'`, if resource_spec has no `mem_limit`.",
    otherwise: 'none',
  },
  {
    name: 'mem_guarantee',
    meaning: 'The memory that is reserved for a server, if resource_spec has no `mem_reservation`.',
    otherwise: 'none',
  },
  {
    name: 'environment',
    meaning:
      'Variables for the servers. They replace variables that JupyterHub itself sets, and those in `env` of container_spec.',
    otherwise: '`{}`',
  },
  {
    name: 'env_keep',
    meaning:
      "Variables of the hub's own environment that servers get as well. Here there are none, because the hub's `PATH` would replace the image's.",
    otherwise: '`[]`',
  },
  {
    name: 'cmd',
    meaning:
      "The command. It is not set here: `args` of container_spec runs, or the image's own command.",
    otherwise: 'none',
  },
  {
    name: 'args',
    meaning: 'Arguments after the command; without one, `jupyterhub-singleuser` takes them.',
    otherwise: '`[]`',
  },
  {
    name: 'notebook_dir',
    meaning:
      'The directory that a server shows, also as its variable `NOTEBOOK_DIR`. JupyterHub fills in its own `{username}` here, which stands for the name itself and not for the hash.',
    otherwise: 'none',
  },
  {
    name: 'default_url',
    meaning: 'The page that a server opens with, such as `/lab`.',
    otherwise: 'none',
  },
  {
    name: 'ip',
    meaning: 'The address that servers listen on: all addresses of their container.',
    otherwise: '`0.0.0.0`',
  },
  { name: 'port', meaning: 'The port that servers listen on.', otherwise: 'service_port' },
  {
    name: 'hub_connect_url',
    meaning: 'Where servers reach the hub.',
    otherwise: 'made of jupyterhub_service_name, if that is set',
  },
  {
    name: 'start_timeout',
    meaning:
      'How many seconds a start may take, from the request until the server answers. The download of the image counts.',
    otherwise: '`60`',
  },
  {
    name: 'http_timeout',
    meaning: 'How many of these seconds a running server may take until its port answers.',
    otherwise: '`30`',
  },
  {
    name: 'poll_interval',
    meaning:
      'How often, in seconds, the hub asks whether a server still runs. One request asks for all servers.',
    otherwise: '`30`',
  },
  {
    name: 'consecutive_failure_limit',
    meaning:
      'After how many failed starts in a row the hub ends itself. 0 means never. With several nodes, leave it at 0.',
    otherwise: '`0`',
  },
  {
    name: 'options_form',
    meaning: 'The form in which users choose: see [options of users](#options-of-users).',
    otherwise: 'none',
  },
  {
    name: 'options_from_form',
    meaning:
      'The function that makes options from a form: see [options of users](#options-of-users).',
    otherwise: 'dots nest, JSON is parsed',
  },
  {
    name: 'apply_user_options',
    meaning:
      "From JupyterHub 5.3 on: how a user's choice changes the settings. Not needed with `use_user_options`.",
    otherwise: 'nothing; the service takes the options',
  },
  {
    name: 'pre_spawn_hook',
    meaning:
      'A function that gets the spawner before each start. It may change each of these settings for this start.',
    otherwise: 'none',
  },
  {
    name: 'auth_state_hook',
    meaning: 'The same, with what the authenticator knows of the user.',
    otherwise: 'none',
  },
  {
    name: 'post_stop_hook',
    meaning: 'A function that gets the spawner after each stop.',
    otherwise: 'none',
  },
  {
    name: 'group_overrides',
    meaning: 'Other values of all these settings for the members of a group.',
    otherwise: 'none',
    since: '5.1',
  },
]
