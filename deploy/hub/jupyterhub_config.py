# JupyterHub as a Swarm service, each user's server another one: what such a hub needs, and no more.
# An authenticator is still to be chosen: https://jupyterhub.readthedocs.io/en/stable/reference/authenticators.html
import os
import socket
import time
from urllib.parse import urlsplit

c = get_config()  # noqa: F821 - JupyterHub provides it

# Asks the SwarmSpawner service for everything. Where that is, and the secret it shares with it, stand in
# SWARMSPAWNER_URL and SWARMSPAWNER_SECRET_FILE.
c.JupyterHub.spawner_class = 'swarmspawner.SwarmSpawner'

# The hub listens on every address of its container. Servers and proxy call it by the name of its Swarm service.
c.JupyterHub.hub_ip = '0.0.0.0'
c.JupyterHub.hub_connect_ip = 'hub'
c.SwarmSpawner.jupyterhub_service_name = 'hub'

# Servers join the overlay network that the hub is in, or the two could not reach each other.
c.SwarmSpawner.networks = [os.environ['SERVER_NETWORK']]

c.SwarmSpawner.container_spec = {
    'image': os.environ['SERVER_IMAGE'],
    'args': ['jupyterhub-singleuser'],
    # jovyan of Jupyter's images, by the number: the name may be anybody in an image of somebody else's.
    'user': '1000',
    'workdir': '/home/jovyan',
}

# A volume for each user, on the node that the server runs on: with more than one node, mount what all of them reach.
# It is called after this hub, whose name is that of its stack: alice of another hub is somebody else. Where users have
# volumes of before, 'jupyter-{username}', keep that name, or copy the volumes: docs/deploy.md, "Several hubs".
c.SwarmSpawner.mounts = [
    {'type': 'volume', 'source': os.environ['HUB_NAME'] + '.home-{username}', 'target': '/home/jovyan'},
]

# The names of services begin with it: a second hub in the swarm needs another, best its own name.
c.SwarmSpawner.service_prefix = os.environ['SERVICE_PREFIX']

# From the request to a running container, the download of the image included; then until the server answers.
c.SwarmSpawner.start_timeout = 300
c.SwarmSpawner.http_timeout = 120

# The proxy is a Swarm service of its own, so that users work on while the hub is restarted.
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = os.environ['PROXY_API_URL']
with open(os.environ['PROXY_TOKEN_FILE']) as file:
    c.ConfigurableHTTPProxy.auth_token = file.read().strip()

# A proxy that was restarted knows no servers: how many seconds until it is told again.
c.JupyterHub.last_activity_interval = 30


def look_names_up_each_time():
    """Without a virtual IP (ENDPOINT_MODE=dnsrr) a service has a new address after each restart. Hubs keep the old one:
    JupyterHub 6 by aiohttp, for the ten minutes that Docker allows; up to 5 with pycurl, for one minute."""
    try:
        import aiohttp.connector

        # The system's resolver keeps nothing.
        aiohttp.connector.DefaultResolver = aiohttp.ThreadedResolver
    except (ImportError, AttributeError):
        pass
    # aiohttp keeps ten seconds by itself. Hubs without this class ignore the line.
    c.JupyterHubHTTPClient.connector_options = {'use_dns_cache': False}
    try:
        from pycurl import DNS_CACHE_TIMEOUT
        from tornado.httpclient import HTTPRequest

        # Not by AsyncHTTPClient.configure, which the hub itself calls later.
        HTTPRequest._DEFAULTS['prepare_curl_callback'] = lambda curl: curl.setopt(DNS_CACHE_TIMEOUT, 0)
    except (ImportError, AttributeError):
        pass


look_names_up_each_time()


def wait_for_proxy(seconds):
    """A stack's services start at the same time, and a hub that does not find its proxy would end."""
    address = urlsplit(c.ConfigurableHTTPProxy.api_url)
    for _ in range(seconds):
        try:
            socket.create_connection((address.hostname, address.port), timeout=5).close()
            return
        except OSError:
            time.sleep(1)


wait_for_proxy(60)

c.JupyterHub.allow_named_servers = True

# Servers outlive the hub. It finds them again by what it keeps here, on a volume.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.db_url = 'sqlite:////srv/jupyterhub/data/jupyterhub.sqlite'
c.JupyterHub.cookie_secret_file = '/srv/jupyterhub/data/cookie_secret'
