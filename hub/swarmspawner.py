"""JupyterHub's half of SwarmSpawner: it asks a service, by signed calls, to run each user's server in a Docker Swarm.

One file without dependencies of its own: install the package, or copy this file to a directory of PYTHONPATH. Profiles
(`profile_list`, `allowed_images`) need the file swarmspawner_profiles.py beside it.
docs/calls.md of the project describes the calls. This module knows nothing of Docker.

The file has these parts, in this order. A new line goes to the part that it belongs to:

- numbers, each with its reason
- SwarmSpawner: its settings, what JupyterHub calls, and what these calls need
- Attempt: one start of a server, from its request until the server's port answers
- the errors by which a start fails, as JupyterHub shows them
- the looks at a server's port
- reading settings and options, for a start
- OTHER_SPAWNERS: the settings of other spawners, and what takes their place here; and the states that they leave
- finding what is wrong with settings and attributes, and what nothing here reads
- the signed call to the service
- reading what the service answers
- what the hub's log says when the hub starts
- texts for the log and for people
"""

import asyncio
import base64
import contextlib
import copy
import difflib
import hashlib
import hmac
import html
import importlib
import importlib.metadata
import inspect
import json
import logging
import os
import posixpath
import re
import socket
import sys
import time
import unicodedata
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import NamedTuple
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

if __name__ == '__main__':
    # `python3 -m swarmspawner check …`. It stands before the class, because the commands import this module under its
    # own name, and a second SwarmSpawner would be another class than that of the configuration.
    try:
        from swarmspawner_tools.command import main
    except ModuleNotFoundError:
        sys.stderr.write(
            'The commands are in the directory swarmspawner_tools: install swarmspawner-hub with pip, '
            'or copy that directory of hub/ beside swarmspawner.py\n'
        )
        sys.exit(2)
    sys.exit(main())

import jupyterhub.spawner
from jupyterhub.spawner import Spawner
from tornado import web
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from traitlets import Bool, Callable, Dict, Enum, Float, Integer, List, TraitError, Unicode, Union, default
from traitlets.config import Config, Configurable, LazyConfigValue

try:
    # Hubs from 6 on make their requests with it. It has a resolver of its own, which remembers the answers of DNS.
    from jupyterhub.httpclient import fetch as hub_fetch
except ImportError:
    hub_fetch = None

__version__ = '0.1.0'
__all__ = ['SpawnFailed', 'SpawnRefused', 'SwarmSpawner']

# Seconds to wait for the answer to a call. A start has more: before the service creates anything, it waits up to 30 s
# for an earlier container of the same server to end.
START_REQUEST_TIMEOUT = 60
# Seconds for the call that names all images: the service asks their registries, a few at a time.
PULL_TIMEOUT = 300
# Seconds until that call is sent again if the service cannot be reached, such as when a whole stack starts: twice as
# long each time, up to the second number.
PULL_PAUSE, PULL_PAUSE_MAX = 5, 300
# A poll costs the service one call to the Engine, which takes milliseconds. After 15 s, something hangs.
POLL_TIMEOUT = 15
# A stop does not wait for the container. 30 s are enough even for a busy Engine that has to remove a service.
STOP_REQUEST_TIMEOUT = 30
# Seconds to wait for a connection, as part of the time above. A service that does not accept within 5 s is not there;
# one that has accepted may be busy and gets the whole time.
CONNECT_TIMEOUT = 5

# Characters to read of a secret's file. A secret has 94 at most (`whsec_`, and 64 bytes in base64), so a longer file
# holds none and need not be read to its end.
SECRET_MAX_CHARS = 1000

# Bytes to read of an answer. One server's state is far below 1 MiB; the answer to a poll has up to 1000 states.
ANSWER_MAX_BYTES = 1024 * 1024
POLL_ANSWER_MAX_BYTES = 16 * 1024 * 1024

# What to keep of a state, so that no answer fills the hub's memory: characters of one text, events, last lines of the
# server. The service itself sends less, such as 20 lines.
TEXT_MAX_CHARS = 16 * 1024
EVENTS_MAX = 200
LINES_MAX = 50
# Characters that one line of the log has for the names of user and server, and that a sentence has for what a user
# sent: enough to recognize them, and the line stays readable.
NAME_MAX_CHARS = 500
SHOWN_MAX_CHARS = 200

# A directory for c.JupyterHub.template_paths: pages that say why a start failed, and when a server will be stopped.
template_path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'swarmspawner_templates')

# What a user reads if a setting is wrong, before what an admin needs.
MISCONFIGURED = 'The hub is not set up correctly, so servers cannot start. Please tell your administrator.'
# What a user reads if the answer is not one of our service.
NO_ANSWER = 'The notebook service is not set up correctly. Please tell your administrator.'
# What a user reads where the service has no sentence of its own. Reasons are in the log.
TRY_AGAIN = 'Please try again. If it fails again, tell your administrator.'
NOT_STARTED = f'Your server did not start. {TRY_AGAIN}'
NOT_IN_TIME = f'Your server was not ready in time. {TRY_AGAIN}'
NOT_REACHED = f'Your server was started, but did not answer in time. {TRY_AGAIN}'
NO_SERVICE = (
    'The notebook service could not be reached. Please try again in a few minutes. If it still fails, tell your '
    'administrator.'
)
# Wrong settings that an admin's failure page shows. The log has all.
PROBLEMS_SHOWN = 10

STATES = 'absent', 'starting', 'running', 'exited', 'failed', 'stopping'

# Polls that come within these seconds go in one request, because a hub that starts polls all of its servers at once.
# 20 ms are enough to begin a thousand polls, and nobody notices them.
POLL_WINDOW = 0.02
# Servers in one request: the service takes no more.
POLL_MAX_SERVERS = 1000
# Seconds until a poll gives up. A refused request is halved up to ten times (2^10 > 1000), and each half may take
# POLL_TIMEOUT: without this limit, a poll could take minutes.
POLL_PATIENCE = 60

# Seconds before each of the first looks at a server that starts, then before each further look. Most servers run
# after 0.7 s. A user hardly notices 1.5 s in a start that takes longer.
FIRST_LOOKS = (0.7, 0.5, 0.8)
# Seconds before the end of a server's time when the log is warned: users can be told to save their work.
END_WARNING = 600
LOOK_INTERVAL = 1.5
# After this many looks, the start itself is sent again, since only a start finds out that a server fits on no node.
# A look is cheaper, and every 7 s are soon enough for that.
LOOKS_PER_START = 5
# Among this many first looks, about 15 s, each look that sees trouble also sends the start again, so that a user soon
# reads why a start fails. Trouble that lasts longer is more likely a wait, such as for a free node.
TROUBLED_LOOKS = 10
# Seconds that the service may wait for news when the start is sent again: enough for one more look at the Swarm.
START_AGAIN_WAIT = 0.25
# Seconds of preparing from which on its length is told: a node that has the image needs one or two.
LONG_PREPARING = 3
TOOK = 'preparing took'
# Seconds between looks while a running server's port is tried. A server that ends early has ended before its port is
# tried, so these looks need not be frequent.
PORT_LOOK_INTERVAL = 3

# Seconds between two tries of a port. The pause grows with the time that has passed.
PROBE_INTERVAL = 0.05
# Seconds for one try. Within a cluster a connection takes milliseconds, also on a busy node far below a second.
PROBE_TIMEOUT = 1
# Seconds for an answer to the hub's own client, once the port is open. A server that has just started may be busy.
HUB_LOOK_TIMEOUT = 10
# Look-ups of names at the same time. They have threads of their own, because a slow DNS would occupy all of the hub's.
# 16 are enough: a DNS that works answers within milliseconds.
LOOKUP_THREADS = 16

# Seconds until a call that failed is tried again, at first and at most; the pause doubles each time. A service that
# restarts is back within a second or two, and during a long outage many waiting servers must not call all the time.
RETRY_PAUSE = 0.5
RETRY_PAUSE_MAX = 5

# Seconds between two warnings that polls are not answered. Without this pause, each server would bring a line.
WARNING_INTERVAL = 60


# --- settings, and what JupyterHub calls

def _setting(trait):
    """Marks a setting whose value each start sends to the service as it is."""
    return trait.tag(config=True, sent=True)


class _AnyJson(Dict):
    """A dict, or any other JSON that the hub has taken as the body of a start.

    The hub remembers the body first. A trait that takes dicts only raises after that: then the hub shows a server that
    does not run, and cannot make the spawner when it starts again.
    """

    def validate(self, obj, value):
        return value


class SwarmSpawner(Spawner):
    """Runs each server as a Docker Swarm service. It asks the SwarmSpawner service, which alone talks to Docker."""

    service_url = Unicode(
        help='The address of the SwarmSpawner service. Default: `SWARMSPAWNER_URL`, else `http://swarmspawner:8080`.'
    ).tag(config=True)

    service_secret = Unicode(
        help='The secret that signs the calls. The service has the same: `whsec_` and 24 to 64 bytes in '
        'base64. Default: `SWARMSPAWNER_SECRET`, else the content of service_secret_file.'
    ).tag(config=True)
    service_secret_file = Unicode(
        help='A file that holds the secret, if service_secret is not set. The hub reads it with each call, so you may '
        'replace it while the hub runs. Default: `SWARMSPAWNER_SECRET_FILE`, else none.'
    ).tag(config=True)

    service_ca = Unicode(
        help="For a service_url of https: a PEM file with the authority that signed the service's certificate. "
        "Default: `SWARMSPAWNER_CA`, else the system's authorities."
    ).tag(config=True)
    service_cert = Unicode(
        help='A PEM file with the certificate that the hub shows if the service asks for one. '
        'Default: `SWARMSPAWNER_CERT`, else none.'
    ).tag(config=True)
    service_key = Unicode(
        help='A PEM file with the key of service_cert. Default: `SWARMSPAWNER_KEY`, else none.'
    ).tag(config=True)

    jupyterhub_service_name = Unicode(
        help="The name of the hub's own Swarm service. It is the host in each hub URL that a server is given. "
        'Default: what JupyterHub makes of `hub_connect_url`, `hub_connect_ip` or its host name.'
    ).tag(config=True)

    service_prefix = _setting(
        Unicode(
            'jupyter',
            help='The first part of service names: `{service_prefix}-{md5 of the user name}-{server name}`. '
            'Each hub of a swarm needs its own.',
        )
    )
    service_port = Integer(8888, help='The port that servers listen on.').tag(config=True)
    service_image = _setting(Unicode(help='The image of the servers, if container_spec has none.'))
    pull_policy = _setting(
        Enum(
            ['if-not-present', 'always', 'never'],
            default_value=None,
            allow_none=True,
            help='When the registry of the image is asked. `if-not-present`: once in a while, for the digest of the tag; '
            'nodes download only what they do not have. `always`: at each start. `never`: by nobody; the servers run '
            'what the nodes have. Default: `if-not-present`.',
        )
    )
    container_spec = _setting(
        Dict(
            help='What runs in the container, and how: `image`, `args` (the command), `command` (the entrypoint), '
            "`env`, `user`, `workdir` and all other fields of a ContainerSpec, in docker-py's spelling or the Engine's."
        )
    )
    mounts = _setting(
        List(
            help="Mounts: dicts in docker-py's spelling or the Engine's, or texts such as `source:target:ro`. "
            'They replace the mounts of container_spec.'
        )
    )
    resource_spec = _setting(
        Dict(
            help='Limits and reservations: `cpu_limit`, `cpu_reservation` (1000000000 is one CPU), `mem_limit`, '
            "`mem_reservation` (bytes), `generic_resources`. Each replaces JupyterHub's own limit or guarantee."
        )
    )
    networks = _setting(
        List(
            help='The overlay networks of the servers: names, ids, or dicts with `target`, `aliases`, `driver_opts`. '
            'The hub and its proxy must be in one of them.'
        )
    )
    placement = _setting(
        Union(
            [List(), Dict()],
            help='Which nodes may run servers: a list of constraints such as `node.labels.gpu == yes`, or a dict with '
            '`constraints`, `preferences`, `platforms`, `max_replicas`. Default: every node.',
        )
    )
    labels = _setting(Dict(help='Labels of the services.'))
    endpoint = _setting(
        Enum(
            ['dnsrr', 'vip'],
            default_value=None,
            allow_none=True,
            help='What the name of a service leads to. `dnsrr`: its container. `vip`: a virtual IP, which drops '
            'websockets that are idle for 15 minutes. Default: `dnsrr`.',
        )
    )
    url_host = _setting(
        Enum(
            ['start', 'service'],
            default_value=None,
            allow_none=True,
            help='The host in the URL of a server. `start`: a new name for each start, so that no resolver can '
            'remember an older address. `service`: the name of the service. Default: `start`.',
        )
    )
    restart_policy = _setting(
        Union(
            [Unicode(), Dict()],
            default_value=None,
            allow_none=True,
            help='Whether Swarm starts a server again after it has ended: `none`, `on-failure`, `any`, or a dict with '
            '`condition`, `delay`, `max_attempts`, `window`. Default: `none`.',
        )
    )
    init = _setting(
        Bool(None, allow_none=True, help='Whether an init process runs in the container. Default: `True`.')
    )
    stop_grace_period = _setting(
        Union(
            [Unicode(), Integer(), Float()],
            default_value=None,
            allow_none=True,
            help='How long a server may take to end before Docker kills it: a text such as `10s`, or nanoseconds. '
            'Default: `10s`.',
        )
    )
    log_driver = _setting(
        Union(
            [Unicode(), Dict()],
            default_value=None,
            allow_none=True,
            help="The driver of the servers' logs: its name, or a dict with `name` and `options`. "
            "Default: the Engine's own.",
        )
    )
    healthcheck = _setting(
        Dict(
            help="A health check in docker-py's spelling or the Engine's: `test`, `interval`, `timeout`, `retries`, "
            "`start_period`. The server counts as running once the check passes. Default: the image's own."
        )
    )

    profile_list = Union(
        [List(), Callable()],
        help='The profiles that users choose from: a list of dicts with `display_name`, `description`, `slug`, '
        '`default`, `groups`, `users`, `override` and `profile_options`; or a function, async too, that is given the '
        'spawner and returns such a list.',
    ).tag(config=True)
    allowed_images = Union(
        [List(), Dict(), Callable()],
        help='The images that users choose from, in place of profile_list: a list of images, a dict of names and '
        'images, or a function, async too, that is given the spawner and returns either. The first is the default.',
    ).tag(config=True)
    pull_images_ahead = Bool(
        False,
        help='Whether the hub tells the service, when the hub starts, which images its settings and profiles name. '
        'Every node that would run them then downloads them before a user waits for it, and nodes that join later do, '
        'too. It is off by default, because the images fill the disks of all nodes. If profile_list or allowed_images '
        'is a function, it is not asked, because it needs a user.',
    ).tag(config=True)
    profile_form_template = Unicode(
        help='A template of Jinja2 for the form of the profiles, in place of the own one. It gets `profile_list`. '
        'All texts are escaped.'
    ).tag(config=True)

    use_user_options = Bool(
        False,
        help='Whether the options that a user chooses (in a form, or through the REST API) replace these settings, key '
        'by key. The policy of the SwarmSpawner service limits what users may choose.',
    ).tag(config=True)
    use_user_option = Bool(False, help='The same as use_user_options. An older README spelled it like this.').tag(
        config=True
    )

    tls_config = Dict(
        help='Not used any more, because the hub does not talk to Docker. Set `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and '
        '`DOCKER_CERT_PATH` of the SwarmSpawner service.'
    ).tag(config=True)

    stop_timeout = Integer(
        60,
        help='Seconds. A stop is tried again for this long if the service cannot be reached. With wait_for_end, it '
        'then waits for this long until the server has ended.',
    ).tag(config=True)

    wait_for_end = Bool(
        None,
        allow_none=True,
        help='Whether a stop waits until the server has ended, which takes Swarm three seconds or more. Otherwise a '
        'stop is over when the service is removed, and the next start waits. Default: a stop waits only if there is '
        'a `post_stop_hook`, because the hook may rely on the end.',
    ).tag(config=True)

    user_options = _AnyJson()

    _attempt = None
    # The settings before any hook has changed them, and the names of the attributes that the class itself has set.
    _before_hooks = None
    _born_with = None
    # Whether a form was read for the next start. Its reader may have changed settings for that start.
    _is_form_read = False
    # What the user has chosen of the profiles, for the start that is going on; and sentences about what was left out.
    _choice = None
    _told_of_choice = ()
    # Whether the options of this start were sent for it. Else the hub has remembered them from an earlier start.
    _is_choice_new = False
    # The options of the last start that was not refused.
    _good_options = None
    # Whether the hub goes through the hooks of a start.
    _is_in_hooks = False
    # When the server will be stopped for maintenance, and what its administrator says: `at`, `at_words` and `message`.
    # For the home page.
    maintenance = None
    # Why the last server ended by itself, or was ended by somebody else than the hub, in the words for its user. For the
    # home page and the page of a server that does not run, until the next start.
    ended_message = None
    # Whether the last stop failed: the hub has forgotten the server, but the Swarm may still have its service.
    _is_left = False
    # Whether our stop has removed the server: polls say 0 then, without a call.
    _is_stopped = False
    _service_id = None
    _service_name = None
    _spawn_id = None
    # The reason in the last state that was logged, so that each reason is logged once.
    _told = None
    # The end of the server's time that the log was warned of.
    _warned_of = None
    # The newer digest of its image that the log was told of.
    _told_of_update = None
    _url = None

    # --- defaults that differ from the base class

    @default('service_url')
    def _default_service_url(self):
        return os.environ.get('SWARMSPAWNER_URL') or 'http://swarmspawner:8080'

    @default('service_secret')
    def _default_service_secret(self):
        return os.environ.get('SWARMSPAWNER_SECRET', '').strip()

    @default('service_secret_file')
    def _default_service_secret_file(self):
        return os.environ.get('SWARMSPAWNER_SECRET_FILE', '')

    @default('service_ca')
    def _default_service_ca(self):
        return os.environ.get('SWARMSPAWNER_CA', '')

    @default('service_cert')
    def _default_service_cert(self):
        return os.environ.get('SWARMSPAWNER_CERT', '')

    @default('service_key')
    def _default_service_key(self):
        return os.environ.get('SWARMSPAWNER_KEY', '')

    @default('ip')
    def _default_ip(self):
        return '0.0.0.0'

    @default('port')
    def _default_port(self):
        return self.service_port

    @default('env_keep')
    def _default_env_keep(self):
        # JupyterHub's default would send the hub's own PATH and the like, which would replace those of the image.
        return []

    @default('cmd')
    def _default_cmd(self):
        # None: the image's own command runs, unless the admin sets one.
        return None

    @default('hub_connect_url')
    def _default_hub_connect_url(self):
        if not self.jupyterhub_service_name or self.hub is None:
            return None
        hub = urlsplit(self.hub.api_url)
        port = hub.port or (443 if hub.scheme == 'https' else 80)
        return f'{hub.scheme}://{self.jupyterhub_service_name}:{port}'

    @default('options_from_form')
    def _default_form_reader(self):
        return read_form

    @default('apply_user_options')
    def _default_apply_user_options(self):
        # Hubs from 5.3 on warn at each start if no function applies the user's options.
        return leave_options_to_start

    # --- what the hub calls

    async def start(self):
        """Starts the server and returns its URL once its port answers. Raises SpawnFailed."""
        self._is_in_hooks = False
        attempt = self._attempt = Attempt(self)
        self._spawn_id, self._url = attempt.spawn_id, None
        self._is_stopped = False
        return await attempt.run()

    async def stop(self, now=False):
        """Removes the server's service. Tries again for stop_timeout seconds, then raises the last error."""
        attempt, self._attempt = self._attempt, None
        if attempt and not attempt.call:
            return
        is_on_its_way = attempt and not attempt.call.done()
        # A service that refused the start will most likely refuse the stop as well. Meanwhile the user waits to read
        # why the start failed, so the stop is tried only once.
        await self._remove(self._spawn_id, 0 if attempt and attempt.is_refused else self.stop_timeout)
        if is_on_its_way:
            # The start may have reached the Engine after our stop did.
            await attempt.discard()
        elif self._waits_for_end and not now and (attempt is None or attempt.is_ready):
            await self._wait_for_end()
        self._is_stopped = True

    async def poll(self):
        """Returns None while there is, or may be, something to stop, else 0 or the exit code. Never raises."""
        # If a poll raises, the hub takes the server for dead and forgets it, although it runs on.
        with contextlib.suppress(Exception):
            try:
                return await self._status()
            except Exception as error:
                self._warn_unknown(error)
        return None

    async def _status(self):
        if self._is_stopped:
            return 0
        if self.pending == 'stop' or (self._attempt and not self._attempt.has_ended):
            return None
        if self._spawn_id is None and self._service_id is None and self.server is None:
            return 0
        state = await self._service.poll(self._polled, self._ports)
        if state['status'] is None:
            self._remember(state)
            self._log_change(state)
        else:
            self._log_end(state)
            # A program that ended without an error did what its user told it. The first poll knows most.
            if state['status'] or state['state'] == 'absent':
                self.ended_message = self.ended_message or state['user_message']
        return state['status']

    async def progress(self):
        """Yields the events of the start. Each browser tab gets all of them, from the first on."""
        while self._attempt is None and self.pending == 'spawn':
            # The hub calls `start` a moment after it calls us; a tenth of a second more is not seen in a browser.
            await asyncio.sleep(0.1)
        if self._attempt:
            async for event in self._attempt.watch():
                yield event

    async def get_url(self):
        """Returns the server's URL. If the hub was restarted during the start, waits until the server runs."""
        deadline = time.monotonic() + self.start_timeout
        while self._url is None and await self.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(LOOK_INTERVAL)
        if self._url is None:
            # The URL is unknown, and the hub's own one leads nowhere. http_timeout 0 lets the hub try it once and
            # not wait for an answer.
            self.http_timeout = 0
            return await super().get_url()
        # The hub logs a warning if we return another text than its own URL, which also has the server's path.
        is_known = self.server.url.startswith(f'{self._url}/'.lower())
        return self.server.url if is_known else self._url + self.server.base_url

    async def delete_forever(self):
        """Asks the service to remove what a deleted server may have left. The hub does not wait for that."""
        if self._is_left or self._spawn_id or self._service_id:
            self._service.run(self._forget())

    def get_state(self):
        state = super().get_state()
        known = {
            'service_id': self._service_id,
            'service_name': self._service_name,
            'spawn_id': self._spawn_id,
            'url': self._url,
            'is_left': self._is_left,
            'ended_message': self.ended_message,
        }
        return {**state, **{name: value for name, value in known.items() if value}}

    async def get_options_form(self):
        if self.options_form or not self._has_profiles:
            return await super().get_options_form()
        return await self._ask_profiles('form', self._fits_of)

    def run_options_from_form(self, form_data):
        self._undo_hooks()
        self._is_form_read = True
        fields = without_hub_names(form_data)
        # The hub awaits what we return, in all versions.
        return self._options_of_fields(fields) if self._has_profiles else super().run_options_from_form(fields)

    def options_from_query(self, query_data):
        self._undo_hooks()
        self._is_form_read = True
        options = without_hub_names(query_data)
        # None: the hub takes the user's last options, as for a URL without a query.
        if options and self._has_profiles:
            return self._options_of_fields(options)
        return super().options_from_query(options) if options else None

    async def run_pre_spawn_hook(self):
        done = super().run_pre_spawn_hook()
        if inspect.isawaitable(done):
            await done
        # After the hook, which may change settings or options; and before the hub reads start_timeout. If it fails,
        # the start says so.
        with contextlib.suppress(SpawnFailed):
            await self._take_choice()

    async def run_auth_state_hook(self, auth_state):
        # The hub runs this hook for the page with the form as well, and then again for the start.
        if not self._is_in_hooks:
            self._undo_hooks()
        await super().run_auth_state_hook(auth_state)

    def load_state(self, state):
        # Another spawner may have written it, and it may be any JSON: an exception here would keep a hub from starting.
        state = state if isinstance(state, dict) else {}
        super().load_state(state)
        if self._born_with is None:
            # The hub calls us right after it has made the spawner, before any hook runs.
            self._born_with = frozenset(vars(self))
        self._service_id, self._service_name, self._spawn_id = (
            known_text(state, name) for name in ('service_id', 'service_name', 'spawn_id')
        )
        self._url = known_url(state)
        self._is_left = bool(state.get('is_left'))
        self.ended_message = text_of(state, 'ended_message')
        self._good_options = own_copy(self.user_options)
        if self.server:
            self._log_other_spawner(state)

    def clear_state(self):
        super().clear_state()
        # The hub calls this before each start, before all hooks but the reader of a form; and after each stop.
        if not self._is_form_read:
            self._undo_hooks()
        self._choice, self._told_of_choice = None, []
        self._is_choice_new = self._is_form_read
        self._is_form_read = False
        self._is_in_hooks = self.pending != 'stop'
        self._attempt = None
        self.maintenance = None
        if self.pending != 'stop':
            self.ended_message = None
        self._is_stopped = False
        self._service_id = self._service_name = self._spawn_id = self._url = None

    # --- what these calls need

    @property
    def _service(self):
        """The Service of these settings. All spawners of an event loop that have the same settings share it."""
        services = _services.setdefault(asyncio.get_running_loop(), {})
        key = self._service_key
        if key not in services:
            services[key] = Service(*key)
        return services[key]

    @property
    def _service_key(self):
        files = self.service_ca, self.service_cert, self.service_key, self.service_secret_file
        return self.service_url, self.service_secret, *files

    @property
    def _name_in_log(self):
        return printable(f'{self.user.name}:{self.name}' if self.name else self.user.name, NAME_MAX_CHARS)

    @property
    def _server_key(self):
        return {
            'username': self.user.name,
            'server_name': self.name or '',
            'service_prefix': self.service_prefix,
        }

    @property
    def _polled(self):
        # A poll that names its spawn also learns why that spawn is gone, such as: another start took its place.
        return {**self._server_key, **({'spawn_id': self._spawn_id} if self._spawn_id else {})}

    @property
    def _ports(self):
        """The ports at which the server may listen: the port of the settings, or an earlier one if that was changed."""
        known = urlsplit(self._url).port if self._url else None
        return {self.port, known, self.server.port if self.server else None}

    @property
    def _waits_for_end(self):
        return bool(self.post_stop_hook) if self.wait_for_end is None else self.wait_for_end

    @property
    def _uses_options(self):
        return self.use_user_options or self.use_user_option

    @property
    def _has_profiles(self):
        return bool(self.profile_list or self.allowed_images)

    async def _ask_profiles(self, function, *args):
        """Calls a function of swarmspawner_profiles. Raises SpawnFailed or SpawnRefused."""
        profiles = profiles_module()
        if profiles is None:
            raise Attempt(self)._misconfigured([NO_PROFILES])
        try:
            return await getattr(profiles, function)(self, *args)
        except profiles.Misconfigured as error:
            raise Attempt(self)._misconfigured(error.problems) from error
        except profiles.NotAllowed as error:
            self.log.warning('%s: its choice is refused: %s', self._name_in_log, error)
            raise SpawnRefused(str(error), code='not_allowed') from error

    async def _options_of_fields(self, fields):
        """Returns the options that a form or a query means. Raises SpawnRefused before the hub remembers them."""
        if self.options_from_form is read_form:
            options = await self._ask_profiles('read_fields', fields, read_form)
        else:
            options = super().run_options_from_form(fields)
            options = await options if inspect.isawaitable(options) else options
        return (await self._ask_profiles('choose', options)).options

    async def _take_choice(self):
        """Picks the profile of the start that is going on, and sets what JupyterHub itself reads of it."""
        if not self._has_profiles or self._choice:
            return
        told = []
        is_new = self._is_choice_new or self.user_options != self._good_options or is_sent(self.handler)
        try:
            choice = await self._ask_profiles('choose', options_of(self), *([] if is_new else [told]))
        except SpawnRefused:
            # The hub has remembered the options already. A later start takes the last good ones.
            self.orm_spawner.user_options = self._good_options
            self.db.commit()
            raise
        await self._ask_profiles('apply', choice)
        self._choice, self._told_of_choice = choice, told
        self._good_options = own_copy(self.user_options)

    async def _fits_of(self, profiles):
        """Returns what the service says of starts with these profiles, in their order."""
        data = {
            'server': self._server_key,
            'groups': sorted(group.name for group in self.user.groups),
            'config': sent_settings(self),
            'requests': [{'profile': profile} for profile in profiles],
        }
        try:
            return (await self._service.call('explain', data, FITS_TIMEOUT))['explanations']
        except Refused as error:
            # The form comes without it, so only the log can say why.
            self.log.warning(
                '%s: the form cannot say what is free: %s', self._name_in_log, too_old_for(error) or error.detail
            )
            raise

    def _undo_hooks(self):
        """Gives each setting the value that it had before hooks changed it, as a copy that hooks may change."""
        valued = [name for name in self.trait_names(config=True) if self.trait_has_value(name)]
        if self._before_hooks is None:
            self._before_hooks = {name: own_copy(getattr(self, name)) for name in valued}
        before = self._before_hooks
        for name in valued:
            if name in before:
                setattr(self, name, own_copy(before[name]))
        # Afterwards the others, because a default may depend on other settings.
        for name in set(valued) - set(before) - DEPENDENT_DEFAULTS:
            setattr(self, name, own_copy(self.trait_defaults(name)))

    async def _remove(self, spawn_id, patience):
        """Removes a spawn's service. Tries again for `patience` seconds unless the error is final, then raises it."""
        data = {'server': self._server_key, 'now': True, **({'spawn_id': spawn_id} if spawn_id else {})}
        give_up = time.monotonic() + patience
        pause = RETRY_PAUSE
        self._is_left = True
        while True:
            try:
                await self._service.call('stop', data, STOP_REQUEST_TIMEOUT)
                self._is_left = False
                return
            except Exception as error:
                # Any exception, because a hub forgets a server whose stop raises: first we try again.
                if time.monotonic() + pause > give_up or getattr(error, 'is_final', False):
                    self.log.error('%s: its service may be left in the swarm: %s', self._name_in_log, error)
                    raise
                self.log.warning('%s: could not be stopped yet: %s', self._name_in_log, error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, RETRY_PAUSE_MAX)

    async def _wait_for_end(self):
        """Waits until the container is gone, for stop_timeout seconds at most."""
        give_up = time.monotonic() + self.stop_timeout
        while time.monotonic() + LOOK_INTERVAL < give_up:
            await asyncio.sleep(LOOK_INTERVAL)
            with contextlib.suppress(Unreachable, Refused):
                if (await self._service.poll(self._polled, self._ports))['status'] is not None:
                    return
        self.log.warning('%s: its service is removed, but its container has not ended yet', self._name_in_log)

    async def _forget(self):
        try:
            await self._service.call('forget', {'server': self._server_key}, STOP_REQUEST_TIMEOUT)
        except Exception as error:
            self.log.error('%s: is deleted, and its service may be left in the swarm: %s', self._name_in_log, error)

    def _log_other_spawner(self, state):
        """Logs which service goes on, if another spawner started the server before this class took over."""
        spawner, service = written_by(state) or (None, None)
        if spawner:
            self.log.warning(
                '%s: was started by %s, so it counts as stopped here. Its service %s may run on, with the same volumes: '
                'stop it before the user starts a new server. "swarmspawner gc --foreign" shows and removes such services',
                self._name_in_log,
                spawner,
                service,
            )

    def _log_end(self, state):
        reason = state['reason'] or state['state']
        self.log.warning('%s: has ended: %s%s', self._name_in_log, advised(reason, state['advice']), log_lines(state))

    def _log_change(self, state):
        """Logs once why a server that goes on was changed: Swarm restarted it, or an operator updated it."""
        reason = state['reason']
        if reason and reason != self._told:
            self.log.warning('%s: is %s: %s', self._name_in_log, state['state'], advised(reason, state['advice']))
        self._told = reason
        self._warn_of_end(state['ends_at'])
        self._tell_of_update(state['update_available'])
        self._tell_of_maintenance(state['maintenance'])

    def _tell_of_update(self, update):
        """Logs once for each digest that a server runs an older image than its tag has now."""
        if update and update['digest'] != self._told_of_update:
            self._told_of_update = update['digest']
            self.log.info(
                '%s: runs an older image: %s is now %s, and the server runs %s. A restart of the server updates it',
                self._name_in_log,
                update['image'],
                update['digest'],
                update['running'],
            )

    def _tell_of_maintenance(self, maintenance):
        """Logs once that the node of a server will be stopped, and keeps it for the home page until it is taken back."""
        if maintenance and maintenance != self.maintenance:
            self.log.warning(
                '%s: its node is stopped for maintenance at %s: %s',
                self._name_in_log,
                maintenance['at'],
                maintenance['message'] or '(no message)',
            )
        self.maintenance = maintenance

    def _warn_of_end(self, ends_at):
        """Logs once that the time of a server will soon be over, by max_runtime."""
        if ends_at and ends_at != self._warned_of and seconds_until(ends_at) <= END_WARNING:
            self._warned_of = ends_at
            self.log.warning('%s: its time is over at %s; it is ended then', self._name_in_log, ends_at)

    def _remember(self, state):
        self._service_id = state['service_id']
        self._service_name = state['service_name']
        self._spawn_id = state['spawn_id']
        self._url = state['url'] or self._url
        self._is_left = False

    def _warn_unknown(self, error):
        service = self._service
        service.unanswered += 1
        if time.monotonic() < service.quiet_until:
            return
        service.quiet_until = time.monotonic() + WARNING_INTERVAL
        self.log.warning(
            '%s: the SwarmSpawner service does not say whether it runs; the hub keeps it (%d unanswered polls): %s',
            self._name_in_log,
            service.unanswered,
            error,
        )


# --- an attempt: one start of a server

class Attempt:
    """One start of a server: from its request until the server's port answers, with the events that people watch.

    `run` goes through all of it. The private methods stand in the order in which `run` needs them.
    """

    def __init__(self, spawner):
        self.spawner = spawner
        self.spawn_id = uuid.uuid4().hex
        self.issued_at = int(time.time() * 1000)
        self.events = []
        self.has_ended = False
        # The call that carries the start: a future. None: nothing was sent yet.
        self.call = None
        self.is_refused = False
        self.is_ready = False
        self._start_timeout = spawner.start_timeout
        # We give up 2 s before the hub does, or a tenth of a short limit. After the hub has given up, it would show its
        # own sentence in place of our reason.
        self.deadline = time.monotonic() + self._start_timeout - min(2, self._start_timeout / 10)
        self._seen = set()
        # Since when a task is prepared, by its id.
        self._preparing = {}
        self._changed = asyncio.Event()
        # What the start waits for, and what an admin can do about it if the service knows that.
        self._latest = 'the service has not answered'
        self._advice = None
        # What its user reads if the time is over now.
        self._told_when_late = NO_SERVICE

    async def run(self):
        """Starts the server and returns its URL once its port answers. Raises SpawnFailed."""
        try:
            url = await self._bring_up()
            self.is_ready = True
            return url
        except asyncio.CancelledError:
            # After a cancelled start, the hub may not call stop, and it does not wait. So we remove it on our own.
            self.spawner._service.run(self.discard())
            raise
        finally:
            self._end()

    async def discard(self):
        """Removes what the start has made, once its call has been answered. Never raises."""
        if self.call:
            await asyncio.wait([self.call])
        try:
            await self.spawner._remove(self.spawn_id, self.spawner.stop_timeout)
        except Exception:
            pass  # _remove has logged it, and nobody waits for us.

    async def watch(self):
        """Yields all events from the first on, until the start has ended."""
        shown = 0
        while True:
            changed = self._changed
            for event in self.events[shown:]:
                # A copy for each watcher, because the hub changes the events that it gets.
                yield dict(event)
            shown = len(self.events)
            if self.has_ended:
                return
            await changed.wait()

    async def _bring_up(self):
        await self.spawner._take_choice()
        request = self.start_request()
        for sentence in self.spawner._told_of_choice:
            self._tell(f'Your last choice is not there any more. {sentence}')
        self._tell_of_dropped_options()
        # 1 is in percent: the service's first event has 5, and 95 (in _wait_for_port) comes after its last one.
        self._tell('Asking the swarm for a server', 1)
        state = await self._ask(self._send_start, request)
        looks = 0
        while state['state'] == 'starting':
            await self._pause(FIRST_LOOKS[looks] if looks < len(FIRST_LOOKS) else LOOK_INTERVAL)
            looks += 1
            state = await self._ask(self._look)
            # The service belongs to another start, or is gone: if we send the start again, it says what that means.
            is_ours = state['spawn_id'] == self.spawn_id
            is_troubled = bool(state['reason']) and looks <= TROUBLED_LOOKS
            is_due = state['state'] == 'starting' and (is_troubled or looks % LOOKS_PER_START == 0)
            # Not in the last second: our time would be over before the answer.
            if not is_ours or (is_due and self._remaining > 1):
                state = await self._ask(self._send_start, {**request, 'wait_s': START_AGAIN_WAIT})
        if state['state'] != 'running':
            raise self._failure(state)
        self.spawner._remember(state)
        if state['ends_at']:
            self._tell(f'The server ends at {state["ends_at"]}')
        return await self._wait_for_port(state['url'])

    def start_request(self):
        """Returns the data of the call that starts the server. Raises SpawnFailed if a setting is wrong."""
        spawner = self.spawner
        problems = []
        request = self.request()
        for found in [*findings(spawner), *unsendable(request)]:
            if found.is_refused:
                problems.append(found.sentence)
            else:
                spawner.log.warning('%s: %s', spawner._name_in_log, printable(found.sentence))
        if problems:
            raise self._misconfigured(problems)
        return request

    def request(self):
        """Returns the data of the call that starts the server, whether or not its settings are right."""
        spawner = self.spawner
        env = {name: value for name, value in spawner.get_env().items() if value is not None}
        return {
            'server': spawner._server_key,
            'spawn_id': self.spawn_id,
            'issued_at': self.issued_at,
            'start_timeout': spawner.start_timeout,
            'wait_s': 0,
            'port': spawner.port,
            'env': {name: value if is_plain(value) else str(value) for name, value in env.items()},
            'cmd': command_of(spawner),
            'args': spawner.get_args(),
            'config': {**sent_settings(spawner), 'use_user_options': spawner._uses_options},
            **({'profile': spawner._choice.request} if spawner._choice else {}),
            **(sent_options(spawner) if spawner._uses_options else {}),
        }

    def _tell_of_dropped_options(self):
        names = dropped_options(self.spawner)
        if names:
            self._tell(f'Your options have no effect here: {names}')
            self.spawner.log.warning('%s: %s', self.spawner._name_in_log, DROPPED_OPTIONS % names)

    async def _ask(self, ask, *args):
        """Asks until the service answers, or until the start's time is over."""
        pause = RETRY_PAUSE
        while True:
            if self.spawner._attempt is not self or self.spawner.pending == 'stop':
                raise SpawnFailed('The server was stopped while it started', code='stopped')
            try:
                state = await ask(*args)
            except Unreachable as error:
                self.spawner.log.warning('%s: the SwarmSpawner service: %s', self.spawner._name_in_log, error)
                # A call that the end of our own time has cut says nothing about the service.
                if self._remaining > 0:
                    self._tell('Waiting for the notebook service, which cannot be reached at the moment')
                    self._told_when_late = NO_SERVICE
                await self._pause(pause)
                pause = min(pause * 2, RETRY_PAUSE_MAX)
            except Refused as error:
                self.is_refused = True
                raise self._refusal(error) from error
            else:
                self._tell_state(state)
                return state

    async def _send_start(self, request):
        timeout = max(1, min(START_REQUEST_TIMEOUT, self._remaining))
        # `shield`: the call goes on if this start is cancelled, since `stop` and `discard` must know when it is over.
        self.call = asyncio.ensure_future(self.spawner._service.call('start', request, timeout))
        return readable(await asyncio.shield(self.call), self.spawner._server_key, self.spawner._ports)

    async def _look(self):
        try:
            look = self.spawner._service.poll(self.spawner._polled, self.spawner._ports)
            return await asyncio.wait_for(look, max(0.1, self._remaining))
        except asyncio.TimeoutError as error:
            raise Unreachable('no answer in time') from error

    async def _wait_for_port(self, url):
        """Returns the URL once something listens there. The hub looks for that as well, but with pauses of seconds."""
        self._tell('Waiting for the notebook server to answer', 95)
        # A task beside the tries: on a busy cluster, a look may take longer than the server needs to open its port.
        watch = asyncio.ensure_future(self._watch_for_end())
        watch.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        try:
            return await self._try_port(url, watch)
        finally:
            watch.cancel()

    async def _try_port(self, url, watch):
        begun = time.monotonic()
        base_url = self.spawner.server.base_url if self.spawner.server else '/'
        while True:
            # The system's resolver is asked first. The hub's own may be c-ares, which also remembers that a name does
            # not exist, for as long as the zone's SOA record says.
            problem = await connect_problem(url) or await hub_problem(f'{url}{base_url}api')
            if problem is None:
                return url
            if watch.done():
                raise watch.exception()
            waited, patience = time.monotonic() - begun, self.spawner.http_timeout
            if waited > patience:
                said = f'does not answer at {url} within {patience} seconds ({printable(problem)})'
                self._log_failure(
                    f'runs, but {said}. It must listen at this port on all of its addresses, and share a network with '
                    'the hub; http_timeout is the limit'
                )
                raise SpawnFailed(NOT_REACHED, status_code=504, code='port')
            # A fortieth of the time so far: a port that opens late is found at most 2.5 % later.
            await self._pause(max(PROBE_INTERVAL, waited / 40))

    async def _watch_for_end(self):
        """Looks at a running server now and then. Raises SpawnFailed once it does not run any more."""
        state = {'state': 'running'}
        while state['state'] == 'running':
            await self._pause(PORT_LOOK_INTERVAL)
            state = await self._ask(self._look)
        raise self._failure(state)

    @property
    def _remaining(self):
        return self.deadline - time.monotonic()

    async def _pause(self, seconds):
        """Sleeps. Raises SpawnFailed if the start's time is over."""
        if self._remaining <= 0:
            said = f'did not start within {self._start_timeout} seconds (start_timeout)'
            self._log_failure(f'{said}: {advised(self._latest, self._advice)}')
            raise SpawnFailed(self._told_when_late, status_code=504, code='timeout')
        await asyncio.sleep(min(seconds, max(0, self._remaining)))

    def _misconfigured(self, problems):
        for problem in problems:
            self.spawner.log.error('%s: %s', self.spawner._name_in_log, printable(problem))
        shown = '; '.join(problems[:PROBLEMS_SHOWN])
        more = len(problems) - PROBLEMS_SHOWN
        rest = f"; and {more} more in the hub's log" if more > 0 else ''
        return SpawnFailed(self._with_details(MISCONFIGURED, f'{shown}{rest}'), status_code=500, code='config')

    def _refusal(self, error):
        spawner = self.spawner
        too_old = too_old_for(error)
        if too_old:
            return self._misconfigured([f'{spawner.service_url}: {too_old}'])
        reason = advised(error.detail, error.advice)
        spawner.log.error('%s: the start is refused (%s): %s', spawner._name_in_log, error.code, reason)
        # What other programs answer has no sentence for the user.
        told = error.user_message or self._with_details(NO_ANSWER, error.reason)
        # The hub's page shows a 4xx as the user's own mistake. If the user chose nothing, it is the admin's.
        options = chosen_options(spawner) if spawner._uses_options else {}
        is_a_choice = (options or spawner._choice and spawner._choice.is_typed) and 400 <= error.status < 500
        kind = SpawnRefused if is_a_choice else SpawnFailed
        return kind(told, code=error.code)

    def _failure(self, state):
        reason = state['reason'] or f'it is {state["state"]}'
        self._log_failure(f'did not start: {advised(reason, state["advice"])}{log_lines(state)}')
        self.spawner._spawn_id = None if state['state'] == 'absent' else self.spawn_id
        # Older services have no sentence for the user, or for some reasons only.
        return SpawnFailed(state['user_message'] or NOT_STARTED, last_lines=state['log'])

    def _with_details(self, told, details):
        """Returns a sentence for users, and for admins what is wrong as well."""
        return f'{told} ({details})' if self.spawner.user.admin else told

    def _log_failure(self, said):
        self.spawner.log.error('%s: %s', self.spawner._name_in_log, said)

    def _tell(self, message, progress=None):
        """Adds an event, unless it says the same as the last one."""
        message = printable(message)
        self._latest = message
        if self.events and self.events[-1]['message'] == message:
            return
        self.events.append({'message': message, **({} if progress is None else {'progress': progress})})
        self._notify()

    def _tell_state(self, state):
        """Adds the events of a state that are new."""
        for event in state['events']:
            if event['seq'] not in self._seen and len(self.events) < EVENTS_MAX:
                self._seen.add(event['seq'])
                self._tell(self._with_length(event), event['progress'])
        self._advice = state['advice']
        # The Engine's words are in the reason. An event may be for users alone.
        self._latest = state['reason'] or self._latest
        is_running = state['state'] == 'running'
        # A start that is sent again may answer before it has seen a task, and then knows less than the last look.
        if is_running or state['events'] or self._told_when_late == NO_SERVICE:
            self._told_when_late = NOT_REACHED if is_running else state['timeout_message'] or NOT_IN_TIME

    def _with_length(self, event):
        """Returns the message of an event. The first one after a long time of preparing says how long that took.

        Swarm keeps only the present state of a task, so the service does not know it once the server runs.
        """
        # The service makes `seq` of the task, its state, and the state's time in milliseconds.
        found = re.match(r'(\w+):(preparing|ready|starting|running):(\d{1,15})', event['seq'])
        if not found:
            return event['message']
        task, state, moment = found.groups()
        if state == 'preparing':
            self._preparing[task] = int(moment)
            return event['message']
        took = (int(moment) - self._preparing.pop(task, int(moment))) / 1000
        if took < LONG_PREPARING or TOOK in event['message']:
            return event['message']
        count, unit = (took, 'seconds') if took < 120 else (took / 60, 'minutes')
        return f'{event["message"]} ({TOOK} {count:.0f} {unit})'

    def _end(self):
        self.has_ended = True
        self._notify()

    def _notify(self):
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


# --- how a start fails

# Hubs from 6 on have this class for what a policy refuses. They do not count it as a failure of the hub.
_SpawnException = getattr(jupyterhub.spawner, 'SpawnException', None)


class SpawnFailed(web.HTTPError):
    """A start that failed. Every version of JupyterHub shows its sentence to the user."""

    def __init__(self, message, *, status_code=500, code='failed', last_lines=()):
        message = printable(message)
        web.HTTPError.__init__(self, status_code, message)
        self.code = code
        # Of the program. Only the pages of swarmspawner_templates show them: no answer of the hub's API has them.
        self.last_lines = last_lines
        self.jupyterhub_message = message
        self.jupyterhub_html_message = html.escape(message)

    @property
    def reason(self):
        """The label of the failure in the metrics of hubs from 6 on."""
        # Hubs before 6 would show the label instead of the sentence.
        return self.code if _SpawnException else None

    @reason.setter
    def reason(self, value):
        """Does nothing, because every hub sets `error` or `timeout` here and we keep our own label."""

    def __str__(self):
        return self.jupyterhub_message


class SpawnRefused(SpawnFailed, *([_SpawnException] if _SpawnException else [])):
    """A start that was refused because of what the user chose."""

    log_message = ''

    def __init__(self, message, *, status_code=400, code):
        super().__init__(message, status_code=status_code, code=code)
        self.message = self.log_message = self.jupyterhub_message


# --- a server's port

# The look-ups that are under way: by event loop, then by name and port.
_lookups = WeakKeyDictionary()
_lookup_threads = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix='swarmspawner-lookup')
# Python waits until a thread that it starts runs, up to a tenth of a second on a busy node. So one thread starts the
# others, and a hub with a class of students that start at once goes on.
_lookup_starter = ThreadPoolExecutor(1, thread_name_prefix='swarmspawner-lookups')


async def look_up(host, port):
    """Returns the addresses of a name, as socket.getaddrinfo does. Calls at the same time share one look-up."""
    loop = asyncio.get_running_loop()
    lookups = _lookups.setdefault(loop, {})
    key = host, port
    if key not in lookups:
        lookups[key] = loop.create_task(_look_up_beside(host, port))

        def forget(lookup):
            del lookups[key]
            # If all callers have given up, nobody takes the exception. asyncio would log that, unless we look at it.
            lookup.cancelled() or lookup.exception()

        lookups[key].add_done_callback(forget)
    return await asyncio.shield(lookups[key])


async def _look_up_beside(host, port):
    begin, ask = _lookup_threads.submit, (socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    return await asyncio.wrap_future(await asyncio.get_running_loop().run_in_executor(_lookup_starter, begin, *ask))


async def connect(host, port):
    """Connects to one of the addresses of a name, and closes the connection. Raises OSError."""
    problem = OSError(f'{host} has no address')
    for *_, address in await look_up(host, port):
        try:
            _, writer = await asyncio.open_connection(*address[:2])
        except OSError as error:
            problem = error
        else:
            writer.close()
            return
    raise problem


async def connect_problem(url):
    """Returns why nothing listens at a URL, or None if something does."""
    try:
        address = urlsplit(url)
        await asyncio.wait_for(connect(address.hostname, address.port), PROBE_TIMEOUT)
    except (OSError, ValueError, asyncio.TimeoutError) as error:
        return str(error) or 'no answer'
    return None


async def hub_problem(url):
    """Returns why the hub itself cannot reach a URL at which something listens, or None if it can."""
    try:
        await asyncio.wait_for(ask_as_hub(url), HUB_LOOK_TIMEOUT)
    except Exception as error:
        # Any exception, because each version of the hub has another client with other exceptions.
        return f'the hub itself does not reach it: {str(error) or type(error).__name__}'
    return None


async def ask_as_hub(url):
    """Asks a URL with the hub's own client, unless that uses the system's resolver. Any HTTP answer is good."""
    if hub_fetch:
        response = await hub_fetch(url, raise_for_status=False, allow_redirects=False)
        response.release()
    elif AsyncHTTPClient.configured_class() is not SimpleAsyncHTTPClient:
        # libcurl, which remembers addresses for a minute.
        request = HTTPRequest(url, follow_redirects=False, request_timeout=HUB_LOOK_TIMEOUT)
        await AsyncHTTPClient().fetch(request, raise_error=False)


# --- reading settings and options

# What an admin reads if profiles are set and cannot be used.
NO_PROFILES = (
    'c.SwarmSpawner.profile_list and allowed_images need swarmspawner_profiles.py: copy it from the directory hub of '
    'the project to the place of swarmspawner.py, or install the package (pip install ./hub)'
)
# What an admin reads if the service does not know what this class sends.
OLD_SERVICE = 'the SwarmSpawner service is older than this class and knows no %s; update the service first'
# Seconds for the call by which a form learns what the nodes have room for. The form itself waits no longer.
FITS_TIMEOUT = 0.5


def too_old_for(error):
    """Returns a sentence if a refusal names something that this class sends by itself, as an older service does."""
    issues = error.issues or re.findall(r'(?:^|; )([\w.-]+): (is not known)(?=;|$)', error.detail)
    unknown = [path for path, message in issues if message == 'is not known' and is_sent_by_us(path)]
    return OLD_SERVICE % ', '.join('profiles' if path == 'profile' else path for path in unknown) if unknown else None


def is_sent_by_us(path):
    """Tells whether the names in a path are those of this class, so that nobody else can have misspelt them."""
    section, _, name = path.partition('.')
    if section == 'config':
        return name in SwarmSpawner.class_traits(sent=True)
    # Of profiles, the class checks all keys. What stands in an override, the service checks by other names.
    return not name or (section == 'profile' and not re.match(r'(override|choices\.\d+\.override)\.', name))


def profiles_module():
    """Returns the module with the profiles, or None if the file is not there. Most hubs do not need it."""
    try:
        return importlib.import_module('swarmspawner_profiles')
    except ModuleNotFoundError as error:
        if error.name != 'swarmspawner_profiles':
            raise
        return None


# What hubs from 4.1 on add to the URL of their form, against forged requests.
XSRF = '_xsrf'
# Fields of the hub itself in forms and queries. `next` is the page to show after the start.
HUB_NAMES = XSRF, 'next'


def sent_settings(spawner):
    """Returns the settings that a start sends to the service, by name: those that are set."""
    sent = {name: getattr(spawner, name) for name in spawner.traits(sent=True)}
    limits = ('cpu_limit', 'cpu_guarantee', 'mem_limit', 'mem_guarantee')
    sent.update({name: getattr(spawner, name) or None for name in limits})
    sent['notebook_dir'] = spawner.format_string(spawner.notebook_dir) if spawner.notebook_dir else None
    # An empty value means that the setting is not set. False and 0 are values.
    return {name: value for name, value in sent.items() if value not in (None, '', [], {})}


def is_outside_of_mounts(spawner):
    """Tells whether notebook_dir certainly lies outside of every mount. The service does not say so in a start."""
    directory = spawner.notebook_dir or ''
    if re.search('[{}]', directory):
        directory = spawner.format_string(directory)
    options = chosen_options(spawner) if spawner._uses_options else {}
    for settings in spawner._choice.overrides if spawner._choice else ():
        options = {**options, **settings}
    # What `~` and a relative path mean, only the image knows. And only the service knows the mounts that users choose.
    if not directory.startswith('/') or 'mounts' in options or 'container_spec' in options:
        return False
    spec = spawner.container_spec
    targets = list(map(target_of, spawner.mounts or spec.get('mounts') or spec.get('Mounts') or []))
    return all(isinstance(target, str) and not lies_within(directory, target) for target in targets)


def target_of(mount):
    """Returns the target of a mount, or None if that is not plain text: it may have placeholders."""
    if isinstance(mount, str):
        # `target`, `source:target` or `source:target:ro`.
        target = mount.split(':')[1] if ':' in mount else mount
    else:
        names = 'target', 'Target', 'destination', 'dst'
        target = next((mount[name] for name in names if name in mount), None) if isinstance(mount, dict) else None
    return target if isinstance(target, str) and '{' not in target else None


def lies_within(path, directory):
    """Tells whether an absolute path is a directory, or something in it."""
    path, directory = posixpath.normpath(path), posixpath.normpath(directory)
    return directory.startswith('/') and posixpath.commonpath([path, directory]) == directory


def command_of(spawner):
    """Returns the command that the settings name. Empty: the image's own command."""
    # Without a command, the arguments would replace the image's own command.
    needs_command = spawner.args and not spawner.cmd and not spawner.container_spec.get('args')
    return ['jupyterhub-singleuser'] if needs_command else list(spawner.cmd or [])


def is_plain(value):
    """Tells whether a value may stay as it is in the environment that we send."""
    return isinstance(value, (str, int, float))


# Settings whose defaults depend on settings that a hook may change. They get no value before the hooks have run.
DEPENDENT_DEFAULTS = frozenset(['hub_connect_url', 'port'])
CONTAINERS = dict, list, set, tuple


def own_copy(value):
    """Returns a copy of a setting's value if the value can be changed in place, else the value itself."""
    if not isinstance(value, CONTAINERS):
        return value
    try:
        return copy.deepcopy(value)
    except Exception:
        # Any exception: an admin's own object, such as one with a lock, need not be one that can be copied.
        return value


def sent_options(spawner):
    """Returns the user's options, and the user's groups, for which the policy may have rules."""
    groups = sorted(group.name for group in spawner.user.groups)
    return {'user_options': chosen_options(spawner), **({'groups': groups} if groups else {})}


def options_of(spawner):
    """Returns the user's options. Until 0.1.0 the hub's database may have got the hub's `_xsrf` among them."""
    options = spawner.user_options or {}
    if not isinstance(options, dict):
        # The hub takes any JSON as the body of a start.
        raise SpawnRefused('The options of a server must be a JSON object', code='not_allowed')
    return {name: value for name, value in options.items() if name != XSRF}


def chosen_options(spawner):
    """Returns the user's options that the service judges: all but those that mean a profile and its choices."""
    return spawner._choice.others if spawner._choice else options_of(spawner)


def is_sent(handler):
    """Tells whether a call of the hub's REST API has options in its body. `handler` is the hub's."""
    read = getattr(handler, 'get_json_body', None)
    body = read() if read else None
    return bool(body.get('user_options', body)) if isinstance(body, dict) else False


def without_hub_names(fields):
    """Returns the fields of a form or query without those that belong to the hub and are no options."""
    return {name: value for name, value in fields.items() if name not in HUB_NAMES}


def drops_options(spawner):
    """Tells whether nothing reads the user's options: not the service, and no hook or class of the admin."""
    applies = getattr(spawner, 'apply_user_options', None) not in (None, leave_options_to_start)
    may_read = applies or spawner.pre_spawn_hook or spawner.auth_state_hook or type(spawner) is not SwarmSpawner
    return not (spawner._uses_options or spawner._has_profiles or may_read)


# What an admin reads if a user's options have no effect.
DROPPED_OPTIONS = 'its options have no effect, since c.SwarmSpawner.use_user_options is False: %s'


def dropped_options(spawner):
    """Returns the names of the user's options if they have no effect, else nothing."""
    options = options_of(spawner)
    return printable(', '.join(sorted(map(str, options))), SHOWN_MAX_CHARS) if drops_options(spawner) else ''


def leave_options_to_start(spawner, user_options):
    """Does nothing. The default of `apply_user_options`, because a start sends the options itself."""


def read_form(form_data):
    """Returns user_options of a form. `resource_spec.mem_limit` nests; values that look like JSON are read as JSON."""
    options = {}
    for name, values in without_hub_names(form_data).items():
        words = [value for value in map(read_form_value, values) if value != '']
        if not words:
            continue
        *path, last = name.split('.')
        place = options
        for part in path:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                break
        if not isinstance(place, dict) or last in place:
            raise web.HTTPError(400, f'The field {printable(name, SHOWN_MAX_CHARS)} is in conflict with another field')
        place[last] = words[0] if len(words) == 1 else words
    return options


def read_form_value(value):
    """Returns the value of a form's field: JSON objects, lists and whole numbers are read, all else stays text."""
    if not isinstance(value, str):
        raise web.HTTPError(400, 'Files cannot be options of a server')
    text = value.strip()
    if not re.match(r'[\[{]|-?\d+$', text):
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise web.HTTPError(400, f'A field of the form is not valid JSON: {printable(text, SHOWN_MAX_CHARS)}') from None


# --- the settings of other spawners

# By spawner, then by setting. `classes` are the sections of a configuration that the spawner reads. A setting in
# `instead` is refused: it has the settings that take its place here (with commas; empty: none), and a remark. A
# setting in `no_effect` needs no replacement, so the log only warns of it. `rewritten` are those that `migrate` writes
# anew; all others become a comment. docs/reference/other-spawners.md is made of this table.
OTHER_SPAWNERS = {
    'dockerspawner': {
        'classes': ['DockerSpawner', 'SystemUserSpawner', 'SwarmSpawner'],
        'rewritten': [
            'container_image',
            'container_name_template',
            'container_port',
            'container_prefix',
            'extra_container_spec',
            'extra_create_kwargs',
            'extra_endpoint_spec',
            'extra_host_config',
            'extra_placement_spec',
            'extra_resources_spec',
            'extra_task_spec',
            'host_homedir_format_string',
            'image',
            'image_whitelist',
            'name_template',
            'network_name',
            'prefix',
            'read_only_volumes',
            'run_as_root',
            'user_id',
            'volumes',
        ],
        'instead': {
            'certs_volume_name': ('', 'c.JupyterHub.internal_ssl is not supported; use an encrypted overlay network'),
            'container_image': ("container_spec['image']", ''),
            'container_name_template': ('service_prefix', 'a hash of the user name and the server name follow it'),
            'container_port': ('service_port', ''),
            'container_prefix': ('service_prefix', 'a hash of the user name and the server name follow it'),
            'escape': (
                'mounts',
                'service names have a hash of the user name; in mounts, `{escaped_username}` is the user name in '
                "dockerspawner's own escaping",
            ),
            'extra_container_spec': ('container_spec', ''),
            'extra_create_kwargs': (
                'container_spec, labels, endpoint',
                'each key has its own place, such as `user` in container_spec',
            ),
            'extra_endpoint_spec': ('endpoint', "`'dnsrr'` or `'vip'`; ports of servers are not published"),
            'extra_host_config': (
                'container_spec, resource_spec, networks',
                'each key has its own place, such as `cap_add` in container_spec and `network_mode` in networks',
            ),
            'extra_placement_spec': ('placement', ''),
            'extra_resources_spec': ('resource_spec', ''),
            'extra_task_spec': ('restart_policy, log_driver, networks', 'each key has a setting of its own'),
            'format_volume_name': ('mounts', "write placeholders such as `{escaped_username}` into the mounts' texts"),
            'group_id': ("container_spec['user']", "such as `'1000:100'`"),
            'homedir_bind_propagation': ('mounts', '`propagation` of the mount'),
            'host_homedir_format_string': ('mounts', "such as `['/home/{raw_username}:/home/{raw_username}']`"),
            'image': ("container_spec['image']", ''),
            'image_homedir_format_string': ('mounts, notebook_dir', 'the target of the mount'),
            'image_whitelist': ('allowed_images', ''),
            'links': ('networks', 'services of one network find each other by their names'),
            'name_template': ('service_prefix', 'a hash of the user name and the server name follow it'),
            'network_name': ('networks', "a list, such as `['jupyterhub']`"),
            'post_start_cmd': ("container_spec['args']", 'Swarm runs no further command in a container'),
            'prefix': ('service_prefix', 'a hash of the user name and the server name follow it'),
            'read_only_volumes': ('mounts', "such as `['datasets:/data:ro']`"),
            'run_as_root': ("container_spec['user']", "such as `'0:0'`"),
            'user_id': ("container_spec['user']", "such as `'1000:100'`"),
            'volume_driver': ('mounts', '`driver_config` of each mount: `name`'),
            'volume_driver_options': ('mounts', '`driver_config` of each mount: `options`'),
            'volumes': ('mounts', "such as `['jupyterhub-user-{escaped_username}:/home/jovyan/work']`"),
        },
        'no_effect': {
            'client_kwargs': 'the hub does not talk to Docker; the service reads `DOCKER_HOST`',
            'container_ip': 'servers are reached by their names in the network, and publish no port',
            'debug': "JupyterHub's own `c.Spawner.debug` makes servers log more",
            'host_ip': 'servers are reached by their names in the network, and publish no port',
            'hub_ip_connect': 'set jupyterhub_service_name',
            'move_certs_image': 'c.JupyterHub.internal_ssl is not supported',
            'remove': 'a stop always removes the service of the server',
            'remove_containers': 'a stop always removes the service of the server',
            'tls': 'the hub does not talk to Docker; the service reads `DOCKER_TLS_VERIFY`',
            'tls_assert_hostname': 'the hub does not talk to Docker',
            'tls_ca': 'the hub does not talk to Docker; the service reads `DOCKER_CERT_PATH`',
            'tls_cert': 'the hub does not talk to Docker; the service reads `DOCKER_CERT_PATH`',
            'tls_client': 'the hub does not talk to Docker; the service reads `DOCKER_CERT_PATH`',
            'tls_config': 'the hub does not talk to Docker; the service reads `DOCKER_CERT_PATH`',
            'tls_key': 'the hub does not talk to Docker; the service reads `DOCKER_CERT_PATH`',
            'tls_verify': 'the hub does not talk to Docker; the service reads `DOCKER_TLS_VERIFY`',
            'use_docker_client_env': 'the hub does not talk to Docker; the service reads `DOCKER_HOST`',
            'use_internal_hostname': 'servers are always reached by their names in the network',
            'use_internal_ip': 'servers are always reached by their names in the network',
        },
    },
    'jhub-swarmspawner': {
        'classes': ['SwarmSpawner'],
        'rewritten': [
            'configs',
            'dockerimages',
            'images',
            'secrets',
        ],
        'instead': {
            'accelerators': ("resource_spec['generic_resources']", "such as `{'gpu': 1}`"),
            'configs': ("container_spec['configs']", ''),
            'dockerimages': (
                "container_spec['image'], profile_list",
                'for a choice, each image is a profile',
            ),
            'enable_user_upload_install_files': ('', 'a form cannot upload files; put packages into the image'),
            'form_template': ('options_form', ''),
            'images': (
                "container_spec['image'], profile_list",
                'for a choice, each image is a profile',
            ),
            'option_template': ('options_form', ''),
            'secrets': ("container_spec['secrets']", ''),
            'user_format_attributes': (
                'mounts',
                'write placeholders such as `{username}` into mounts and labels; they need no other setting',
            ),
            'user_upload_form': ('options_form', 'a form cannot upload files; put packages into the image'),
        },
        'no_effect': {
            'allowed_user_upload_extensions': 'a form cannot upload files',
            'user_upload_destination_directory': 'a form cannot upload files',
        },
    },
    'kubespawner': {
        'classes': ['KubeSpawner'],
        'rewritten': [],
        'instead': {
            'additional_profile_form_template_paths': ('options_form', ''),
            'after_pod_created_hook': ('pre_spawn_hook', 'it may change every setting of the server'),
            'allow_privilege_escalation': ("container_spec['privileges']", ''),
            'common_labels': ('labels', ''),
            'container_security_context': ("container_spec['user'], container_spec['cap_add']", ''),
            'delete_pvc': ('', 'volumes stay; remove them with `docker volume rm`'),
            'enable_user_namespaces': ('service_prefix', 'Swarm has no namespaces'),
            'extra_annotations': ('labels', ''),
            'extra_container_config': ('container_spec', ''),
            'extra_containers': ('', 'a server has one container; run others as services of their own'),
            'extra_labels': ('labels', ''),
            'extra_pod_config': ('container_spec, placement', ''),
            'extra_resource_guarantees': ("resource_spec['generic_resources']", "such as `{'gpu': 1}`"),
            'extra_resource_limits': ("resource_spec['generic_resources']", "such as `{'gpu': 1}`"),
            'fs_gid': ("container_spec['user']", "such as `'1000:100'`"),
            'gid': ("container_spec['user']", "such as `'1000:100'`"),
            'image': ("container_spec['image']", ''),
            'image_pull_policy': ('pull_policy', "`'if-not-present'`, `'always'` or `'never'`"),
            'image_pull_secrets': ('', 'give the service credentials: `SWARMSPAWNER_REGISTRY_AUTH`, docs/images.md'),
            'init_containers': ('', "a server has one container; put the work into the image's own command"),
            'lifecycle_hooks': ("container_spec['args']", 'Swarm runs no further command in a container'),
            'modify_pod_hook': ('pre_spawn_hook', 'it may change every setting of the server'),
            'namespace': ('service_prefix', 'Swarm has no namespaces'),
            'node_affinity_preferred': ('placement', '`preferences`'),
            'node_affinity_required': ('placement', "such as `['node.labels.gpu == yes']`"),
            'node_selector': ('placement', "such as `['node.labels.gpu == yes']`"),
            'pod_affinity_preferred': ('placement', ''),
            'pod_affinity_required': ('placement', ''),
            'pod_anti_affinity_preferred': ('placement', '`preferences`'),
            'pod_anti_affinity_required': ('placement', '`max_replicas`'),
            'pod_name_template': ('service_prefix', 'a hash of the user name and the server name follow it'),
            'pod_security_context': ("container_spec['user'], container_spec['sysctls']", ''),
            'privileged': ("container_spec['cap_add']", 'Swarm has no privileged services'),
            'pvc_name_template': ('mounts', "such as `['claim-{escaped_username}:/home/jovyan']`"),
            'scheduler_name': ('placement', ''),
            'secret_mount_path': ("container_spec['secrets']", ''),
            'service_account': ('', 'Swarm has no such accounts'),
            'storage_access_modes': ('mounts', '`read_only` of a mount'),
            'storage_capacity': ('mounts', '`driver_config` of a mount: an option of the driver'),
            'storage_class': ('mounts', '`driver_config` of a mount: `name` of the driver'),
            'storage_extra_annotations': ('mounts', '`labels` of a mount'),
            'storage_extra_labels': ('mounts', '`labels` of a mount'),
            'storage_pvc_ensure': ('mounts', 'a named volume is created if it does not exist'),
            'storage_selector': ('mounts', '`source` of a mount'),
            'supplemental_gids': ("container_spec['groups']", ''),
            'tolerations': ('placement', ''),
            'uid': ("container_spec['user']", "such as `'1000:100'`"),
            'user_namespace_annotations': ('labels', ''),
            'user_namespace_labels': ('labels', ''),
            'user_namespace_template': ('service_prefix', 'Swarm has no namespaces'),
            'volume_mounts': ('mounts', ''),
            'volumes': ('mounts', "such as `['home-{username}:/home/jovyan']`"),
            'working_dir': ("container_spec['workdir']", ''),
        },
        'no_effect': {
            'automount_service_account_token': 'Swarm has no such accounts',
            'component_label': 'services have labels of SwarmSpawner',
            'delete_grace_period': 'stop_grace_period is how long a server may take to end',
            'delete_stopped_pods': 'a service whose server has ended is always removed',
            'dns_name_template': 'servers are reached by their names in the network',
            'events_enabled': 'the events of a start are always shown',
            'get_pod_url': 'servers are reached by their names in the network',
            'handle_legacy_names': 'Swarm has no pods',
            'hub_connect_ip': 'set jupyterhub_service_name',
            'hub_connect_port': 'set jupyterhub_service_name',
            'k8s_api_host': 'the hub does not talk to Kubernetes',
            'k8s_api_request_retry_timeout': 'the hub does not talk to Kubernetes',
            'k8s_api_request_timeout': 'the hub does not talk to Kubernetes',
            'k8s_api_ssl_ca_cert': 'the hub does not talk to Kubernetes',
            'k8s_api_threadpool_workers': 'the hub does not talk to Kubernetes',
            'k8s_api_verify_ssl': 'the hub does not talk to Kubernetes',
            'pod_connect_ip': 'servers are reached by their names in the network',
            'priority_class_name': 'Swarm has no priorities',
            'remember_pvc_name': 'the name of a volume is what mounts says',
            'secret_name_template': 'c.JupyterHub.internal_ssl is not supported',
            'services_enabled': 'each server is a Swarm service',
            'slow_spawn_message': 'the events of a start say what it waits for',
            'slow_spawn_message_frequency': 'the events of a start say what it waits for',
            'slow_spawn_message_threshold': 'the events of a start say what it waits for',
            'slug_scheme': 'service names have a hash of the user name',
        },
    },
}


# What other spawners keep of a running server in the hub's database: by spawner, the fields that name its container,
# service or pod. Each spawner's `get_state` writes them. Ours always has a `spawn_id` as well.
OTHER_STATES = {
    'dockerspawner': ('object_name', 'object_id', 'container_id'),
    'kubespawner': ('pod_name',),
    'jhub-swarmspawner or cassinyspawner': ('service_id',),
}
# Docker's ids have 64 characters, Swarm's 25, and names of services at most 63.
MAX_ID_CHARS = 128


def written_by(state):
    """Returns which other spawner wrote a state, and what of it may still run; None if none did."""
    if known_text(state, 'spawn_id'):
        return None
    for spawner, fields in OTHER_STATES.items():
        found = [printable(text, MAX_ID_CHARS) for text in (known_text(state, field) for field in fields) if text]
        if found:
            name, *ids = found
            return spawner, f'{name} ({", ".join(ids)})' if ids else name
    return None


def known_text(state, name):
    """Returns a text of a state in the hub's database, or None."""
    value = state.get(name)
    return value if isinstance(value, str) and value else None


def known_url(state):
    """Returns the URL of a state in the hub's database, or None if it has none that can be read."""
    url = known_text(state, 'url')
    try:
        # `port` raises ValueError, too.
        return url if url and urlsplit(url).port is not None else None
    except ValueError:
        return None


# --- finding what is wrong with settings, and what nothing here reads

class Finding(NamedTuple):
    """What is wrong with a setting. The hub's log, a start and `python3 -m swarmspawner check` say the same."""

    # Whether a start is refused. Otherwise the log only warns.
    is_refused: bool
    # As an admin writes it: `c.SwarmSpawner.mounts`, or `spawner.image` in a hook.
    setting: str
    sentence: str
    # What no server can be, if it is refused.
    prevents: str = 'started'


# Attributes that JupyterHub's documentation tells hooks to set: its example of `auth_state_hook` has `userdata`.
HOOK_ATTRIBUTES = frozenset(['userdata'])


def findings(spawner):
    """Yields each Finding on a start whose hooks have run."""
    yield from unread_settings(spawner, spawner.user.settings.get('spawner_class'))
    yield from unread_attributes(spawner)
    yield from doubtful(spawner)
    if spawner.internal_ssl:
        yield NO_INTERNAL_SSL


def settings_findings(kind, config, hub_class):
    """Yields each Finding on a configuration, for all users. `kind` is the class of ours that reads it.

    `hub_class` is the hub's own spawner class. Raises what the class raises that cannot be made without a user.
    """
    wrong = list(wrong_values(kind, config))
    yield from wrong
    spawner = kind(config=without(config, {found.setting for found in wrong}))
    yield from unread_settings(spawner, hub_class)
    yield from profile_findings(spawner)
    yield from service_findings(spawner)
    yield from unsendable({'config': {name: getattr(spawner, name) for name in spawner.traits(sent=True)}})
    if spawner.options_form and drops_options(spawner):
        yield Finding(
            False,
            'c.SwarmSpawner.options_form',
            'c.SwarmSpawner.options_form has no effect: nothing reads what users choose. '
            'Set c.SwarmSpawner.use_user_options = True, or remove the form',
        )
    # A hook may yet change the mounts, and only a user's name fills placeholders.
    if not changes_settings(spawner) and not re.search('[{}]', spawner.notebook_dir or ''):
        yield from doubtful(spawner)
    if config.get('JupyterHub', {}).get('internal_ssl') is True:
        yield NO_INTERNAL_SSL


def wrong_values(kind, config):
    """Yields a Finding on each setting whose value the class does not take. It does not contain the value."""
    try:
        kind(config=config)
        return
    except TraitError:
        pass  # The error is about one setting only, and quotes its value.
    traits = kind.class_traits(config=True)
    for section in sections_of(kind):
        for name, value in config.get(section, {}).items():
            if name not in traits or not is_set(value):
                continue
            try:
                kind(config=Config({section: {name: value}}))
            except TraitError as error:
                label = f'c.{section}.{name}'
                yield Finding(True, label, f'{label} {value_problem(traits[name], value, str(error))}')


def value_problem(trait, value, said):
    """Returns what is wrong with a value, without the value, from what traitlets says of it."""
    item = re.search(' contains .*? which expected (.*?), not ', said, re.DOTALL)
    if item:
        return f'has an item that is not {item[1]}; correct it'
    if ' instance expected ' in said:
        return f'is {a(type(value).__name__)}, and must be {trait.info()}'
    if isinstance(value, CONTAINERS):
        # What traitlets says of it quotes an item.
        return 'has an item of a wrong type; correct it'
    shown = said.replace(str(value), 'its value') if str(value).strip() else said
    return f'cannot be used: {printable(shown, SHOWN_MAX_CHARS)}'


def without(config, labels):
    """Returns a copy of a configuration without some settings."""
    rest = copy.deepcopy(config)
    for label in labels:
        _, section, name = label.split('.', 2)
        rest[section].pop(name)
    return rest


def sections_of(kind):
    """Returns the sections of a configuration that a spawner class reads."""
    return [cls.__name__ for cls in kind.__mro__ if issubclass(cls, Spawner)]


NO_INTERNAL_SSL = Finding(
    True,
    'c.JupyterHub.internal_ssl',
    'c.JupyterHub.internal_ssl is not supported; use an encrypted overlay network',
)


def doubtful(spawner):
    """Yields a Finding on each setting that works, but not as an admin may think."""
    if spawner.tls_config:
        yield Finding(
            False,
            'c.SwarmSpawner.tls_config',
            'c.SwarmSpawner.tls_config is not used any more; set DOCKER_HOST, DOCKER_TLS_VERIFY and '
            'DOCKER_CERT_PATH of the SwarmSpawner service',
        )
    if is_outside_of_mounts(spawner):
        yield Finding(
            False,
            'c.SwarmSpawner.notebook_dir',
            'c.SwarmSpawner.notebook_dir lies outside of every mount, so what users save there is gone when the '
            'server ends; mount a volume there, or set notebook_dir to a directory in a mount',
        )


def profile_findings(spawner):
    """Yields a Finding on each mistake in the profiles. What a function returns is known only at a start."""
    if spawner._has_profiles:
        profiles = profiles_module()
        label = f'c.SwarmSpawner.{"allowed_images" if spawner.allowed_images else "profile_list"}'
        for problem in profiles.read(spawner)[1] if profiles else [NO_PROFILES]:
            yield Finding(True, label, problem)


def service_findings(spawner):
    """Yields a Finding on each reason for which the service cannot be called. Makes no call."""
    for problem in Service(*spawner._service_key).problems():
        [setting] = re.findall(r'c\.SwarmSpawner\.\w+', problem)[:1]
        yield Finding(True, setting, problem, 'started, stopped or looked at')


def unsendable(request):
    """Yields a Finding on each setting or option of a request that cannot be written as JSON."""
    values = {f'c.SwarmSpawner.{name}': value for name, value in request['config'].items()}
    rest = {name: request.get(name) for name in ('profile', 'user_options')}
    for name, value in {**values, **rest}.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError, RecursionError) as error:
            yield Finding(True, name, f'{name} cannot be sent as JSON: {error}')


def changes_settings(spawner):
    """Tells whether code of the admin may change settings before a start."""
    applies = getattr(spawner, 'apply_user_options', None) not in (None, leave_options_to_start)
    return bool(
        applies
        or spawner.pre_spawn_hook
        or spawner.auth_state_hook
        or getattr(spawner, 'group_overrides', None)
        or type(spawner) is not SwarmSpawner
    )


def unread_settings(spawner, hub_class=None):
    """Yields a Finding on each setting of the configuration that has no effect.

    `hub_class` is the hub's own spawner class. If that is another class, which wraps ours, it may read other sections.
    """
    own = sections_of(type(spawner))
    is_wrapped = hub_class is not None and not issubclass(hub_class, SwarmSpawner)
    known = spawner.trait_names(config=True)
    for section, settings in sorted(spawner.config.items()):
        is_own = section in own
        meant = None if is_own or section.endswith('Spawner') else meant_section(section, own)
        if meant:
            yield Finding(True, f'c.{section}', f'Nothing reads c.{section} (is it c.{meant}?); correct its name')
        if not isinstance(settings, Config) or not (is_own or (section.endswith('Spawner') and not is_wrapped)):
            continue
        for name, value in settings.items():
            if is_set(value) and not (is_own and name in known):
                yield finding(f'c.{section}.{name}', name, known, section)


def meant_section(section, own):
    """Returns the section that an admin meant by a name that differs by a typing error, or None."""
    names = {name.lower(): name for name in (*own, 'JupyterHub')}
    [close] = difflib.get_close_matches(section.lower(), names, 1, 0.85) or [None]
    # `JupyterHubApp` is what JupyterHub itself once called its section.
    is_known = close is None or section in ('JupyterHub', 'JupyterHubApp') or section in class_names(Configurable)
    return None if is_known else names[close]


def class_names(cls):
    """Returns the names of a class and of all classes that are derived from it."""
    return {cls.__name__}.union(*map(class_names, type.__subclasses__(cls)))


def is_set(value):
    """Tells whether an item of a section is a setting with a value. To read a setting leaves an empty item behind."""
    return not isinstance(value, Config) and not (isinstance(value, LazyConfigValue) and not value.to_dict())


def unread_attributes(spawner):
    """Yields a Finding on each attribute that a hook or a class has set although nothing reads it."""
    known = spawner.trait_names(config=True)
    for name in sorted(vars(spawner)):
        is_born_with = name in (spawner._born_with or ()) and not entry_of(name)
        if not (name.startswith('_') or hasattr(type(spawner), name) or name in HOOK_ATTRIBUTES or is_born_with):
            yield finding(f'spawner.{name}', name, known)


def entry_of(name, section=None):
    """Returns the spawner that has a setting of a name, and whether it is in `instead` or `no_effect`; else None."""
    for spawner, table in sorted(OTHER_SPAWNERS.items(), key=lambda item: section not in item[1]['classes']):
        for kind in ('no_effect', 'instead'):
            if name in table[kind]:
                return spawner, kind
    return None


def finding(label, name, known, section=None):
    """Returns the Finding on something that nothing reads. It says what takes its place."""
    prefix = 'c.SwarmSpawner.' if section else 'spawner.'
    spawner, kind = entry_of(name, section) or (None, None)
    if kind == 'no_effect':
        return Finding(False, label, f'{label} has no effect: {OTHER_SPAWNERS[spawner][kind][name]}')
    said = f'{label} is not a setting of SwarmSpawner'
    if name in known:
        return Finding(True, label, f'{said}; write {prefix}{name}')
    if kind == 'instead':
        instead = replacement(prefix, *OTHER_SPAWNERS[spawner][kind][name])
        return Finding(True, label, f'{said}, but of {spawner}; {instead}')
    [close] = difflib.get_close_matches(name, known, 1, 0.7) or [None]
    meant = f' (is it {prefix}{close}?)' if close else ''
    cure = 'remove it' if section else 'begin it with _ if only your own code reads it'
    return Finding(True, label, f'{said}{meant}; correct its name or {cure}')


def replacement(prefix, places, remark):
    """Returns what takes a setting's place: settings of this class, or nothing."""
    if not places:
        return f'nothing takes its place: {remark}'
    return f'use {", ".join(prefix + place for place in places.split(", "))}' + (f' ({remark})' if remark else '')


# --- the signed call

class Unreachable(Exception):
    """The service, or the Engine behind it, cannot be asked right now. The server may well be running."""

    def __init__(self, detail):
        super().__init__(printable(detail))


class Refused(Exception):
    """The service refuses the request. Sending it again will not help, unless the admin changes something."""

    def __init__(
        self, detail, *, status=500, code='not_swarmspawner', user_message=None, reason=None, advice=None, issues=()
    ):
        self.detail = printable(detail)
        # For the user: the Engine's own words. The detail, for the log, also names the call to the Engine.
        self.reason = printable(reason) if reason else self.detail
        super().__init__(self.detail)
        self.advice = advice and printable(advice)
        # Pairs of a setting and what is wrong with it. The detail has the same as one sentence.
        self.issues = issues
        self.status = status
        # Hubs from 6 on put the code into a label of their metrics and into a line of HTTP, so it must be plain.
        self.code = code if re.fullmatch('[a-z0-9_]{1,64}', code) else 'unknown'
        self.user_message = user_message and printable(user_message)
        # Final: the request itself is wrong. 401 and others may heal: an admin may replace a secret or set a clock.
        self.is_final = code == 'config' or status in (400, 405, 413, 422)


# The Services, by event loop, because their connections and futures belong to one. A hub has one event loop.
_services = WeakKeyDictionary()


class Service:
    """The SwarmSpawner service at a URL. All spawners of a hub share it, so that their polls go in one request."""

    def __init__(self, url, secret, ca='', cert='', key='', secret_file=''):
        self.url = url.rstrip('/')
        self._secret = secret
        self._secret_file = secret_file
        self._files = {'service_ca': ca, 'service_cert': cert, 'service_key': key}
        self._polls = []
        self._tasks = set()
        self.unanswered = 0
        self.quiet_until = 0

    async def call(self, verb, data, timeout):
        """Calls the service and returns its answer, a dict. Raises Unreachable or Refused."""
        body = json.dumps(
            {
                'type': f'spawner.{verb}',
                'timestamp': datetime.now(timezone.utc).isoformat(),
                'data': data,
            }
        )
        secret = self._read_secret()
        headers = sign(secret, f'msg_{uuid.uuid4().hex}', int(time.time()), body)
        response = await self._post(verb, body, headers, timeout)
        # An answer without our signature is not even parsed, because anybody at this address may have written it.
        if not is_answer(secret, headers['webhook-id'], body, response.headers, response.body):
            raise self._unsigned(response.code)
        try:
            answer = json.loads(response.body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise Refused(f'{self.url}: not an answer of SwarmSpawner')
        # The signature does not cover the HTTP status. A problem has its status in the body.
        if isinstance(answer.get('code'), str) and isinstance(answer.get('detail'), str):
            raise self._problem(answer)
        return answer

    async def _post(self, verb, body, headers, timeout):
        self._refuse_files()
        self._refuse_url()
        try:
            request = HTTPRequest(
                f'{self.url}/{verb}',
                method='POST',
                body=body,
                headers={'Content-Type': 'application/json', **headers},
                connect_timeout=min(timeout, CONNECT_TIMEOUT),
                request_timeout=timeout,
                follow_redirects=False,
                # An unknown sender's kilobyte could unpack to a gigabyte before we can check its signature.
                decompress_response=False,
                # tornado reads these files with each call, so they may be replaced while the hub runs.
                ca_certs=self._files['service_ca'] or None,
                client_cert=self._files['service_cert'] or None,
                client_key=self._files['service_key'] or None,
            )
            return await _client(verb).fetch(request, raise_error=False)
        except Exception as error:
            # Any exception: an answer may be so broken that the client raises something other than its own errors.
            raise Unreachable(f'{self.url}: {str(error) or type(error).__name__}') from error

    def _unsigned(self, status):
        """Returns the error for an answer without our signature. Its status is all that we look at."""
        found = f'{self.url}: {status}, and not an answer of SwarmSpawner'
        if status in (429, 502, 503, 504):
            # Most likely it comes from a proxy in between that cannot reach the service.
            return Unreachable(found)
        if status == 401:
            # The service cannot sign this answer, because it does not know our secret.
            told = 'No secret of ours made this signature; give hub and service the same secret'
            return Refused(f'{self.url}: 401, which means for SwarmSpawner: {told}', code='unauthorized')
        if status == 413:
            return Refused(f'{self.url}: 413, the request is too large', code='too_large')
        return Refused(
            f'{found} that is signed with the secret of this hub. If the service is older than this class, '
            'update the service first. Otherwise look at service_url, and for a proxy that changes answers'
        )

    def _problem(self, answer):
        if answer.get('retryable') is True:
            return Unreachable(answer['detail'])
        status = answer.get('status')
        return Refused(
            answer['detail'],
            status=status if type(status) is int and 400 <= status <= 599 else 500,
            code=answer['code'],
            user_message=text_of(answer, 'user_message'),
            reason=text_of(answer, 'reason'),
            advice=text_of(answer, 'advice'),
            issues=readable_issues(answer, 'issues', 'path', 'message'),
        )

    async def poll(self, server, ports=None):
        """Returns the state of a server. Polls at the same time go in one request. Raises Unreachable or Refused."""
        loop = asyncio.get_running_loop()
        if not self._polls:
            loop.call_later(POLL_WINDOW, self._send_polls)
        answer = loop.create_future()
        self._polls.append((server, answer))
        try:
            return readable(await asyncio.wait_for(answer, POLL_PATIENCE), server, ports)
        except asyncio.TimeoutError as error:
            raise Unreachable(f'{self.url}: no answer within {POLL_PATIENCE} seconds') from error

    def _send_polls(self):
        polls, self._polls = self._polls, []
        for first in range(0, len(polls), POLL_MAX_SERVERS):
            self.run(self._poll_many(polls[first : first + POLL_MAX_SERVERS]))

    async def _poll_many(self, polls):
        try:
            data = {'servers': [server for server, _ in polls]}
            results = (await self.call('poll', data, POLL_TIMEOUT)).get('servers')
            if not isinstance(results, list) or len(results) != len(polls):
                raise Unreachable(f'{self.url}: the answer does not have one state for each server')
        except Refused as error:
            if error.code in ('invalid_request', 'too_large') and len(polls) > 1:
                # One server with a wrong name or prefix must not hide the states of all others.
                half = len(polls) // 2
                await asyncio.gather(self._poll_many(polls[:half]), self._poll_many(polls[half:]))
                return
            results = [error] * len(polls)
        except Exception as error:
            results = [error] * len(polls)
        for (_, answer), result in zip(polls, results):
            if answer.done():
                continue
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)

    def run(self, work):
        """Runs work that nobody waits for. We keep the task, because an event loop may lose one that nobody keeps."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def problems(self):
        """Yields a sentence if the secret, the files for TLS or the URL cannot be used. Makes no call."""
        for look in (self._read_secret, self._refuse_files, self._refuse_url):
            try:
                look()
            except Refused as error:
                yield str(error)

    def _read_secret(self):
        """Returns the secret. Its file is read with each call, so it may be replaced while the hub runs."""
        secret, origin = self._secret, 'c.SwarmSpawner.service_secret'
        if not secret and self._secret_file:
            origin = f'c.SwarmSpawner.service_secret_file: {self._secret_file}'
            try:
                with open(self._secret_file, encoding='utf-8') as file:
                    secret = file.read(SECRET_MAX_CHARS).strip()
            except OSError as error:
                raise Refused(
                    f'{origin} (SWARMSPAWNER_SECRET_FILE) cannot be read: {error.strerror or type(error).__name__}; '
                    'it must hold the secret of the service, and the user that runs the hub must be allowed to read it',
                    code='unauthorized',
                ) from error
            except ValueError:
                secret = ''  # The bytes are not text. We do not pass the error on, because it would quote them.
        if not is_secret(secret):
            raise Refused(
                f'{origin} must be whsec_ and 24 to 64 bytes in base64; set service_secret or SWARMSPAWNER_SECRET to '
                'the secret of the service, or SWARMSPAWNER_SECRET_FILE to a file that holds it',
                code='unauthorized',
            )
        return secret

    def _refuse_url(self):
        """Raises Refused if service_url cannot be called."""
        try:
            url = urlsplit(self.url)
            # `url.port` raises ValueError if the text at its place is not a port.
            is_callable = url.scheme in ('http', 'https') and url.hostname and url.port != 0
        except ValueError:
            is_callable = False
        if not is_callable:
            found = self.url or 'empty'
            detail = f'c.SwarmSpawner.service_url is {found}; set an http or https URL such as http://swarmspawner:8080'
            raise Refused(detail, code='config')

    def _refuse_files(self):
        """Raises Refused if the settings for TLS cannot work, or would have no effect."""
        for name, path in self._files.items():
            if path and not self.url.startswith('https:'):
                wrong = f'c.SwarmSpawner.{name} is set, but service_url is not an https address: {self.url}'
                detail = f'{wrong}; change service_url, or remove {name}'
                raise Refused(detail, code='config')
            if path and not (os.path.isfile(path) and os.access(path, os.R_OK)):
                raise Refused(f'c.SwarmSpawner.{name}: {path} cannot be read; name a file that the hub may read')
        if bool(self._files['service_cert']) != bool(self._files['service_key']):
            raise Refused('Set both c.SwarmSpawner.service_cert and service_key, or neither of them', code='config')


class _HTTPClient(SimpleAsyncHTTPClient):
    """A client of our own, because the hub's client sends ten requests at a time and may be libcurl."""


class _PollClient(SimpleAsyncHTTPClient):
    """A second client, for polls and pulls, whose answers may be long. tornado makes one client of each class."""


def _client(verb):
    # If an answer does not announce its length, tornado obeys max_buffer_size and not max_body_size, so both are set.
    # 32 polls at a time are 32,000 servers. 256 other calls: by default a hub starts 100 servers at once
    # (concurrent_spawn_limit), and stops and deletions come on top.
    if verb in ('poll', 'pull'):
        return _PollClient(max_clients=32, max_buffer_size=POLL_ANSWER_MAX_BYTES, max_body_size=POLL_ANSWER_MAX_BYTES)
    return _HTTPClient(max_clients=256, max_buffer_size=ANSWER_MAX_BYTES, max_body_size=ANSWER_MAX_BYTES)


def signature(secret, message_id, timestamp, body):
    """Returns the signature of Standard Webhooks over a body of bytes. The secret is `whsec_` and base64."""
    key = base64.b64decode(secret[len('whsec_') :], validate=True)
    digest = hmac.new(key, f'{message_id}.{timestamp}.'.encode() + body, hashlib.sha256).digest()
    return 'v1,' + base64.b64encode(digest).decode()


def sign(secret, message_id, timestamp, body):
    """Returns the headers of Standard Webhooks for a body, a text."""
    return {
        'webhook-id': message_id,
        'webhook-timestamp': str(timestamp),
        'webhook-signature': signature(secret, message_id, timestamp, body.encode()),
    }


def is_answer(secret, call_id, call, headers, body):
    """Tells whether an answer is signed with our secret, belongs to this call, and is not the call itself, sent back.

    The signature covers the call's id. Each call has a new id, so we need not look at the answer's time.
    """
    timestamp = headers.get('webhook-timestamp', '')
    if body == call.encode() or not re.fullmatch('[0-9]{1,12}', timestamp):
        return False
    expected = signature(secret, call_id, timestamp, body)
    return hmac.compare_digest(expected.encode(), headers.get('webhook-signature', '').encode())


def is_secret(text):
    """Tells whether a text is a Standard Webhooks secret: `whsec_` and 24 to 64 bytes in base64."""
    try:
        key = base64.b64decode(text[len('whsec_') :], validate=True)
    except ValueError:
        return False
    return text.startswith('whsec_') and 24 <= len(key) <= 64


# --- reading answers

def text_of(answer, name, max_chars=TEXT_MAX_CHARS):
    """Returns a text of an answer, or None if the answer has no such text."""
    text = answer.get(name)
    return printable(text, max_chars) if isinstance(text, str) and text else None


def readable(answer, server, ports=None):
    """Returns the state of a server from an answer. Each field has its type, and is cut to its bounds.

    Raises Unreachable if the answer is no state, or another server's: then we know nothing of our server.
    """
    answer = answer if isinstance(answer, dict) else {}
    state, status, name, url = (answer.get(key) for key in ('state', 'status', 'service_name', 'url'))
    events, log = (answer.get(key) or [] for key in ('events', 'log'))
    # Windows has exit codes of 32 bits.
    is_status = status is None if type(status) is not int else abs(status) < 2**32
    if not (
        (state in STATES and 'status' in answer and is_status)
        and (isinstance(name, str) and isinstance(events, list) and isinstance(log, list))
    ):
        raise Unreachable('the answer is not the state of a server')
    if not is_name_of(name, server) or (url is not None and not is_url_of(url, name, server, ports)):
        raise Unreachable('the answer is the state of another server, or its url leads elsewhere')
    return {
        'state': state,
        'status': status,
        'service_name': name,
        'url': url,
        # 128 characters: Swarm's ids have 25, ours 32.
        **{key: text_of(answer, key, 128) for key in ('service_id', 'spawn_id')},
        **{key: text_of(answer, key) for key in ('reason', 'advice', 'user_message', 'timeout_message', 'ends_at')},
        'update_available': readable_update(answer.get('update_available')),
        'maintenance': readable_maintenance(answer.get('maintenance')),
        'events': [readable_event(event) for event in events[:EVENTS_MAX] if is_event(event)],
        'log': [printable(line) for line in log[:LINES_MAX] if isinstance(line, str)],
    }


def readable_update(update):
    """Returns which newer image a server could run, or None."""
    update = update if isinstance(update, dict) else {}
    # 128 characters: a digest has 71.
    texts = {'image': text_of(update, 'image', NAME_MAX_CHARS)}
    texts |= {key: text_of(update, key, 128) for key in ('running', 'digest')}
    return texts if all(texts.values()) else None


def readable_maintenance(maintenance):
    """Returns when a node will be stopped, and why, or None."""
    maintenance = maintenance if isinstance(maintenance, dict) else {}
    at = text_of(maintenance, 'at', 32) or ''
    # The moment is written into a page, so it is read and not believed.
    if seconds_until(at) == float('inf'):
        return None
    # 200 characters: the service's own limit.
    message = text_of(maintenance, 'message', 200) or ''
    return {'at': at, 'at_words': f'{at[:10]} {at[11:16]} UTC', 'message': message}


def seconds_until(moment):
    """Returns the seconds until a moment of the service, or infinity if its text cannot be read."""
    try:
        return datetime.strptime(moment, '%Y-%m-%dT%H:%M:%S.%f%z').timestamp() - time.time()
    except ValueError:
        return float('inf')


def readable_issues(answer, name, place, message):
    """Returns the pairs of a setting and a sentence in a list of an answer, without items that are no such pairs."""
    items = answer.get(name)
    items = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    pairs = [(text_of(item, place), text_of(item, message)) for item in items[:EVENTS_MAX]]
    return [pair for pair in pairs if all(pair)]


def is_event(event):
    """Tells whether an item of a state's events is an event. `readable` leaves all other items out."""
    kinds = ('seq', str), ('message', str), ('progress', (int, float))
    return isinstance(event, dict) and all(isinstance(event.get(key), kind) for key, kind in kinds)


def readable_event(event):
    # 90 at most: a server that runs is not ready until its port answers, so the bar does not reach the end yet.
    progress = max(0, min(event['progress'], 90))
    return {'seq': printable(event['seq']), 'message': printable(event['message']), 'progress': progress}


def owner_of(server):
    """Returns the owner's part of service names: md5, as it always was, so that names stay the same."""
    return hashlib.md5(server['username'].encode(), usedforsecurity=False).hexdigest()


def is_name_of(name, server):
    """Tells whether a name is that of a server's service: `{prefix}-{md5 of user name}-{server name, 1, or a hash}`.

    The service makes the name in `service-name.ts`, with a hash of 8 digits.
    """
    stem, wanted = f'{server["service_prefix"]}-{owner_of(server)}-', server['server_name']
    suffix = name[len(stem) :]
    # 63 characters: Swarm's limit.
    if len(name) > 63 or not name.startswith(stem):
        return False
    if suffix in ('1', wanted):
        # The service uses a hash in place of a server name that could be mistaken for another server's suffix.
        is_plain = re.fullmatch('[a-z0-9]+([-_]+[a-z0-9]+)*', suffix) and not re.search('(^|--)[0-9a-f]{8}$', suffix)
        return bool(is_plain) and (suffix == '1') == (wanted == '')
    mark = hashlib.sha256(wanted.encode()).hexdigest()[:8]
    # A pattern with the hash in it would be compiled for each server at each poll.
    if not wanted or not suffix.endswith(mark):
        return False
    before = suffix[:-8]
    return before == '' or (before.endswith('--') and bool(re.fullmatch('[a-z0-9-]+', before[:-2])))


def is_url_of(url, name, server, ports=None):
    """Tells whether a URL leads to a service, and to one of the ports, if given.

    The host is the name of the service, or that of one start. The service makes the latter in `server-host.ts`: at most
    32 characters of the service's name, with 8 digits of the owner's hash, then 30 digits of another hash.
    """
    owner = owner_of(server)
    stem = re.sub('[^a-z0-9]+', '-', name.replace(owner, owner[:8], 1).lower())[:32].removesuffix('-') + '-'
    found = re.fullmatch('http://(.+):([1-9][0-9]{0,4})', url if isinstance(url, str) else '')
    if not found or (ports is not None and int(found[2]) not in ports):
        return False
    host = found[1]
    return host == name or (host.startswith(stem) and bool(re.fullmatch('[0-9a-f]{30}', host[len(stem) :])))


# --- what the hub's log says when the hub starts

def log_settings_of_hub():
    """Logs what is wrong with the settings of the hub in this process, before anybody starts a server."""
    hub_app = getattr(sys.modules.get('jupyterhub.app'), 'JupyterHub', None)
    if not hub_app or not hub_app.initialized():
        return
    hub = hub_app.instance()
    kind = hub.spawner_class if issubclass(hub.spawner_class, SwarmSpawner) else SwarmSpawner
    try:
        for found in settings_findings(kind, hub.config, hub.spawner_class):
            if found.is_refused:
                hub.log.error('%s. No server can be %s', printable(found.sentence), found.prevents)
            else:
                hub.log.warning('%s', printable(found.sentence))
    except Exception as error:
        # An admin's own class may need a user.
        hub.log.warning('The settings of %s could not be checked: %s', kind.__name__, str(error) or repr(error))


# --- images that nodes download before anybody starts a server

def pull_images_of_hub():
    """Tells the service which images the hub's servers run, if c.SwarmSpawner.pull_images_ahead is on.

    Nobody waits for it, and nothing that goes wrong ends the hub: images are then downloaded at the first start.
    """
    hub_app = getattr(sys.modules.get('jupyterhub.app'), 'JupyterHub', None)
    if not hub_app or not hub_app.initialized():
        return
    hub = hub_app.instance()
    kind = hub.spawner_class if issubclass(hub.spawner_class, SwarmSpawner) else SwarmSpawner
    try:
        spawner = kind(config=hub.config)
        if not spawner.pull_images_ahead:
            return
        request, notes = images_to_pull(spawner)
        for note in notes:
            hub.log.warning('pull_images_ahead: %s', printable(note))
        spawner._service.run(send_pull(spawner._service, request, hub.log))
    except Exception as error:
        # An admin's own class may need a user. Wrong settings are in the log already.
        hub.log.warning('pull_images_ahead: no image is pulled ahead: %s', printable(str(error) or repr(error)))


async def send_pull(service, request, log):
    """Sends the images to the service until it can be reached, and logs what it refuses."""
    pause, is_told = PULL_PAUSE, False
    while True:
        try:
            answer = await service.call('pull', request, PULL_TIMEOUT)
            break
        except Unreachable as error:
            if not is_told:
                log.warning('pull_images_ahead: the service cannot be reached yet, trying again: %s', error)
            is_told = True
        except Refused as error:
            log.error('pull_images_ahead: no image is pulled ahead: %s', printable(str(error)))
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, PULL_PAUSE_MAX)
    log_pulled(answer, log)


def log_pulled(answer, log):
    """Logs what the service has made of the images. The texts are somebody else's."""
    told = answer.get('images')
    images = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    refused = [one for one in images if isinstance(one.get('problem'), dict)]
    for one in refused[:PROBLEMS_SHOWN]:
        log.error('pull_images_ahead: %s: %s', text_of(one, 'asked'), text_of(one['problem'], 'detail'))
    due = len(images) - len(refused)
    log.info('pull_images_ahead: %d images are due on the nodes, %d were refused', due, len(refused))


def images_to_pull(spawner):
    """Returns the request that names all images of the settings, and sentences about what could not be asked."""
    own = 'service_image', 'container_spec', 'placement'
    config = images_and_nodes({name: getattr(spawner, name) for name in own})
    profiles, notes = [], []
    module = profiles_module() if spawner._has_profiles else None
    if module:
        label = 'allowed_images' if spawner.allowed_images else 'profile_list'
        if callable(spawner.allowed_images or spawner.profile_list):
            notes.append(f'c.SwarmSpawner.{label} is a function, which needs a user: its images are not pulled ahead')
        profiles = module.to_pull(module.read(spawner)[0], images_and_nodes, has_image(config))
        if len(profiles) > PULLED_MAX:
            notes.append(f'of {len(profiles)} choices of profiles, the first {PULLED_MAX} are pulled ahead')
    request = {'config': config, 'profiles': profiles[:PULLED_MAX], 'is_all': True}
    if not profiles and not has_image(config):
        del request['config']
    return request, notes


# The settings that say which image a server has, and which nodes may run it. The service takes 200 profiles in a call.
IMAGES_AND_NODES = 'service_image', 'image', 'container_spec', 'placement'
PULLED_MAX = 200


def images_and_nodes(settings):
    """Returns those of some settings that say which image a server has, and which nodes may run it."""
    kept = {name: settings[name] for name in IMAGES_AND_NODES if settings.get(name)}
    spec = kept.get('container_spec')
    if isinstance(spec, dict):
        kept['container_spec'] = {name: value for name, value in spec.items() if name in ('image', 'Image')}
    return {name: value for name, value in kept.items() if value}


def has_image(settings):
    return any(name != 'placement' for name in settings)


def log_settings_when_hub_runs():
    """Calls log_settings_of_hub once the hub has read its configuration. A hub makes no spawner when it starts."""
    try:
        asyncio.get_running_loop().call_soon(log_settings_of_hub)
        asyncio.get_running_loop().call_soon(pull_images_of_hub)
    except RuntimeError:
        pass  # No event loop runs, so this process is not a hub that starts.


def log_namesake():
    """Logs if PyPI's `swarmspawner` is installed, too: a project of 2017, whose `cassinyspawner` module hides ours."""
    try:
        version = importlib.metadata.version('swarmspawner')
    except importlib.metadata.PackageNotFoundError:
        return
    # The hub loads this module before it has a log of its own. A logger without a handler writes to stderr.
    logging.getLogger('swarmspawner').error(
        'Two SwarmSpawners are installed: swarmspawner %s is another project, and cassinyspawner.SwarmSpawner may be '
        'its class. Keep one: run pip uninstall swarmspawner, then install swarmspawner-hub again',
        version,
    )


# --- texts for the log and for people

def a(noun):
    """Returns a noun with its article."""
    return f'{"an" if noun[0].lower() in "aeiou" else "a"} {noun}'


def printable(text, max_chars=TEXT_MAX_CHARS):
    """Returns somebody else's text as one line that is safe to print. The service has the same rule.

    It cuts the text, and replaces characters that control a terminal, change the direction of writing, or are halves.
    """
    line = re.sub('[\t\n\r\u2028\u2029]+', ' ', text[:max_chars])
    if line.isprintable():
        return line
    return ''.join('\ufffd' if unicodedata.category(char) in ('Cc', 'Cf', 'Cs') else char for char in line)


def log_lines(state):
    """Returns a server's last lines in a form that can follow a message in the hub's log."""
    return ''.join(f'\n    {line}' for line in state['log'])


def advised(reason, advice):
    """Returns a reason for the log, followed by what an admin can do about it if the service knows that."""
    return f'{reason}. {advice}' if advice else reason


log_settings_when_hub_runs()
log_namesake()
