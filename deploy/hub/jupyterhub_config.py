# The configuration of a JupyterHub that runs as a Swarm service, with each user's server as another Swarm service.
# deploy/stack.yml sets the variables.
import importlib.util
import os
import re
import socket
import sys
import time
from urllib.parse import urlsplit

import swarmspawner

c = get_config()  # noqa: F821 - JupyterHub provides it


def read_secret(variable):
    with open(os.environ[variable]) as file:
        return file.read().strip()


def words(variable):
    return set(re.split(r'[\s,]+', os.environ.get(variable, ''))) - {''}


# Who may log in. This is enough for the first day: admins have a password of their own, and all others share one, so
# each of them can be any other. Nobody but HUB_ADMINS may log in until HUB_USERS names the others. Then choose an
# authenticator that knows your users, and remove these lines:
# https://jupyterhub.readthedocs.io/en/stable/reference/authenticators.html
c.JupyterHub.authenticator_class = 'shared-password'
if os.path.exists(os.environ.get('PASSWORDS_FILE', '')):
    passwords = dict(enumerate(read_secret('PASSWORDS_FILE').split()))
    c.SharedPasswordAuthenticator.admin_password = passwords.get(0)
    c.SharedPasswordAuthenticator.user_password = passwords.get(1)
c.Authenticator.admin_users = words('HUB_ADMINS')
c.Authenticator.allowed_users = words('HUB_USERS')

# This class asks the SwarmSpawner service for everything. SWARMSPAWNER_URL says where the service is.
# SWARMSPAWNER_SECRET_FILE has the secret that hub and service share.
c.JupyterHub.spawner_class = 'swarmspawner.SwarmSpawner'

# If a server does not start, the hub's pages say why, with the last lines of the program and a button to try again.
c.JupyterHub.template_paths = [swarmspawner.template_path]

# The hub listens on every address of its container. Servers and proxy call it by the name of its Swarm service.
c.JupyterHub.hub_ip = '0.0.0.0'
c.JupyterHub.hub_connect_ip = 'hub'
c.SwarmSpawner.jupyterhub_service_name = 'hub'

# Servers join an overlay network that the hub is in. Otherwise hub and servers could not reach each other.
c.SwarmSpawner.networks = [os.environ['SERVER_NETWORK']]

c.SwarmSpawner.container_spec = {
    'image': os.environ['SERVER_IMAGE'],
    'args': ['jupyterhub-singleuser'],
    # 1000 is jovyan in Jupyter's images. A number, because in another image the name jovyan may mean root.
    'user': '1000',
    'workdir': '/home/jovyan',
}

# What each server may use, so that none takes a node from the others. A user's option or a profile can say something else.
# 0 means no limit.
if os.environ.get('SERVER_MEMORY', '0') != '0':
    c.SwarmSpawner.mem_limit = os.environ['SERVER_MEMORY']
if float(os.environ.get('SERVER_CPUS', '0')) > 0:
    c.SwarmSpawner.cpu_limit = float(os.environ['SERVER_CPUS'])

# Where servers may run, such as node.role==worker: with workers in the swarm, keep them off the managers.
if os.environ.get('SERVER_CONSTRAINTS'):
    c.SwarmSpawner.placement = [text.strip() for text in os.environ['SERVER_CONSTRAINTS'].split(',')]

# A volume for each user, on the node where the server runs. With more than one node, mount storage that all nodes can
# reach. The volume is named after this hub, and the hub after its stack: alice of another hub is another person. If
# your users have volumes 'jupyter-{username}', keep that name, or copy them: docs/deploy.md, "Several hubs".
c.SwarmSpawner.mounts = [
    {'type': 'volume', 'source': os.environ['HUB_NAME'] + '.home-{username}', 'target': '/home/jovyan'},
]

# The names of the users' services begin with this. A second hub in the swarm needs another prefix, best its own name.
c.SwarmSpawner.service_prefix = os.environ['SERVICE_PREFIX']

# start_timeout: from the request to the running container, with the download of the image.
# http_timeout: from then until the server answers.
c.SwarmSpawner.start_timeout = 300
c.SwarmSpawner.http_timeout = 120

# The proxy is a Swarm service of its own, so users go on working while the hub restarts.
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = os.environ['PROXY_API_URL']
c.ConfigurableHTTPProxy.auth_token = read_secret('PROXY_TOKEN_FILE')

# After a restart the proxy knows no servers. The hub tells it all routes every 30 seconds.
c.JupyterHub.last_activity_interval = 30


def look_names_up_each_time():
    """Makes the hub ask the system's resolver for each connection. Without a virtual IP (ENDPOINT_MODE=dnsrr), a
    service has a new address after each restart. JupyterHub 6 remembers the old one in aiohttp for the ten minutes that
    Docker allows. JupyterHub up to 5 remembers it in pycurl for one minute."""
    try:
        import aiohttp.connector

        # The system's resolver remembers no addresses.
        aiohttp.connector.DefaultResolver = aiohttp.ThreadedResolver
    except (ImportError, AttributeError):
        pass
    # aiohttp itself remembers an address for ten seconds. Hubs that do not have this class ignore the line.
    c.JupyterHubHTTPClient.connector_options = {'use_dns_cache': False}
    try:
        from pycurl import DNS_CACHE_TIMEOUT
        from tornado.httpclient import HTTPRequest

        # AsyncHTTPClient.configure would have no effect, because the hub calls it again later.
        HTTPRequest._DEFAULTS['prepare_curl_callback'] = lambda curl: curl.setopt(DNS_CACHE_TIMEOUT, 0)
    except (ImportError, AttributeError):
        pass


look_names_up_each_time()


def wait_for_proxy(seconds):
    """Waits until the proxy listens. A stack's services start at the same time, and a hub without its proxy ends."""
    address = urlsplit(c.ConfigurableHTTPProxy.api_url)
    for _ in range(seconds):
        try:
            socket.create_connection((address.hostname, address.port), timeout=5).close()
            return
        except OSError:
            time.sleep(1)


wait_for_proxy(60)

c.JupyterHub.allow_named_servers = True

# Servers keep running while the hub restarts. The hub finds them again with the data that it keeps on this volume.
c.JupyterHub.cleanup_servers = False
# A new JupyterHub changes the tables, and first copies the database to a file beside it.
c.JupyterHub.upgrade_db = True
c.JupyterHub.db_url = 'sqlite:////srv/jupyterhub/data/jupyterhub.sqlite'
c.JupyterHub.cookie_secret_file = '/srv/jupyterhub/data/cookie_secret'

if os.path.isdir('/srv/jupyterhub/data') and not os.access('/srv/jupyterhub/data', os.W_OK):
    sys.exit(
        f'The hub runs as user {os.getuid()}, and its volume belongs to another user, because an older hub ran as root. On '
        f'the node of the volume: docker run --rm -v {os.environ["HUB_NAME"]}_data:/data busybox chown -R {os.getuid()} /data'
    )

c.JupyterHub.services = []
c.JupyterHub.load_roles = []


def stop_idle_servers(seconds):
    """Runs jupyterhub-idle-culler beside the hub. It stops servers that did nothing for so long."""
    if importlib.util.find_spec('jupyterhub_idle_culler') is None:
        print('CULL_AFTER has no effect: this image has no jupyterhub-idle-culler. deploy/hub/Dockerfile installs it.')
        return
    command = [sys.executable, '-m', 'jupyterhub_idle_culler', f'--timeout={seconds}']
    c.JupyterHub.services.append({'name': 'idle-culler', 'command': command})
    scopes = ['list:users', 'read:users:activity', 'read:servers', 'delete:servers']
    c.JupyterHub.load_roles.append({'name': 'idle-culler', 'scopes': scopes, 'services': ['idle-culler']})


if int(os.environ.get('CULL_AFTER') or 0) > 0:
    stop_idle_servers(int(os.environ['CULL_AFTER']))

# With deploy/operator.yml: the service asks which servers the hub knows, and removes those that the hub has forgotten.
if os.environ.get('HUB_API_TOKEN_FILE'):
    gc = {'name': 'swarmspawner-gc', 'api_token': read_secret('HUB_API_TOKEN_FILE')}
    c.JupyterHub.services.append(gc)
    scopes = ['list:users', 'read:servers']
    c.JupyterHub.load_roles.append({'name': 'swarmspawner-gc', 'scopes': scopes, 'services': ['swarmspawner-gc']})
