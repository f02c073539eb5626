/** A setting of JupyterHub's own that this spawner heeds, or gives another default. */
export type HubSetting = { name: string; meaning: string; otherwise: string; since?: string }

/** JupyterHub's settings of every spawner, and what they do here. */
export const JUPYTERHUB_SETTINGS: readonly HubSetting[] = [
  {
    name: 'cpu_limit',
    meaning:
      'The CPUs that a server may use, such as `1.5`, where resource_spec has no `cpu_limit`.',
    otherwise: 'none',
  },
  {
    name: 'cpu_guarantee',
    meaning: 'The CPUs that are kept free for it, where resource_spec has no `cpu_reservation`.',
    otherwise: 'none',
  },
  {
    name: 'mem_limit',
    meaning:
      "The memory that it may use, in bytes or as `'1.5G'`, where resource_spec has no `mem_limit`.",
    otherwise: 'none',
  },
  {
    name: 'mem_guarantee',
    meaning: 'The memory that is kept free for it, where resource_spec has no `mem_reservation`.',
    otherwise: 'none',
  },
  {
    name: 'environment',
    meaning:
      'Variables for the servers. They win over what JupyterHub itself sets, and over `env` of container_spec.',
    otherwise: '`{}`',
  },
  {
    name: 'env_keep',
    meaning:
      "Variables of the hub's own environment that servers get, too. None here: the hub's `PATH` would hide the image's.",
    otherwise: '`[]`',
  },
  {
    name: 'cmd',
    meaning:
      'The command. Not set here, so that the image runs its own, or `args` of container_spec.',
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
      'The directory that a server shows, also as its variable `NOTEBOOK_DIR`. JupyterHub fills in its own `{username}` here, which is the name itself.',
    otherwise: 'none',
  },
  {
    name: 'default_url',
    meaning: 'The page that a server opens with, such as `/lab`.',
    otherwise: 'none',
  },
  {
    name: 'ip',
    meaning: 'The address that servers listen on: all those of their container.',
    otherwise: '`0.0.0.0`',
  },
  { name: 'port', meaning: 'The port that servers listen on.', otherwise: 'service_port' },
  {
    name: 'hub_connect_url',
    meaning: 'Where servers reach the hub.',
    otherwise: 'made of jupyterhub_service_name, where that is set',
  },
  {
    name: 'start_timeout',
    meaning:
      'For how many seconds a start may take, from the request to a server that answers: the download of the image counts.',
    otherwise: '`60`',
  },
  {
    name: 'http_timeout',
    meaning: 'For how many of them a server that runs may take until its port answers.',
    otherwise: '`30`',
  },
  {
    name: 'poll_interval',
    meaning:
      'How often, in seconds, the hub asks whether a server still runs. All servers are asked for in one request.',
    otherwise: '`30`',
  },
  {
    name: 'consecutive_failure_limit',
    meaning:
      'After how many failed starts in a row the hub ends itself. With several nodes, leave it at 0, which is never.',
    otherwise: '`0`',
  },
  {
    name: 'options_form',
    meaning: 'The form with which users choose: see [options of users](#options-of-users).',
    otherwise: 'none',
  },
  {
    name: 'options_from_form',
    meaning: 'What makes options of a form: see [options of users](#options-of-users).',
    otherwise: 'dots nest, JSON is read',
  },
  {
    name: 'apply_user_options',
    meaning:
      'From JupyterHub 5.3 on: what a choice does to the settings. Not needed with `use_user_options`.',
    otherwise: 'nothing; the service takes the options',
  },
  {
    name: 'pre_spawn_hook',
    meaning:
      'A function that gets the spawner before each start, and may set each of these settings for it.',
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
