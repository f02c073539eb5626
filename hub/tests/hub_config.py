"""A hub for the tests. It has no proxy, and its servers answer in its own process. TEST_HUB has its settings."""

import json
import os
import socket
import sys

from jupyterhub.proxy import Proxy
from tornado.web import Application, RequestHandler

c = get_config()  # noqa: F821
settings = json.loads(os.environ['TEST_HUB'])


class NoProxy(Proxy):
    """Keeps the routes but serves nothing, because the tests ask the hub itself."""

    should_start = False
    routes = {}

    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {'routespec': routespec, 'target': target, 'data': data}

    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)

    async def get_all_routes(self):
        return self.routes


class Notebook(RequestHandler):
    """Answers at any path as a notebook server does when the hub looks for it."""

    def get(self):
        self.set_header('X-JupyterHub-Version', '0')


def getaddrinfo(host, *args, real=socket.getaddrinfo, **named):
    """Returns this machine for every server of ours, because the embedded engine has no network."""
    is_ours = isinstance(host, str) and host.startswith('jupyter-')
    return real('127.0.0.1' if is_ours else host, *args, **named)


socket.getaddrinfo = getaddrinfo
# libcurl would look names up without our getaddrinfo. Without pycurl, the hub takes tornado's own client.
sys.modules['pycurl'] = None
try:
    # Hubs from 6 on look names up with c-ares. ThreadedResolver asks the system, and so our getaddrinfo.
    import aiohttp

    aiohttp.connector.DefaultResolver = aiohttp.ThreadedResolver
except ImportError:
    pass

Application([('/.*', Notebook)]).listen(settings['notebook_port'], '127.0.0.1')

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
c.JupyterHub.spawner_class = 'swarmspawner.SwarmSpawner'
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.bind_url = f'http://127.0.0.1:{settings["proxy_port"]}'
c.JupyterHub.hub_ip = '127.0.0.1'
c.JupyterHub.hub_port = settings['hub_port']
c.JupyterHub.authenticator_class = 'dummy'
c.Authenticator.allow_all = True
c.JupyterHub.cleanup_servers = False
c.JupyterHub.allow_named_servers = True
c.JupyterHub.services = [{'name': 'test', 'api_token': settings['token']}]
c.JupyterHub.load_roles = [{'name': 'test', 'services': ['test'], 'scopes': ['admin:users', 'admin:servers']}]
c.SwarmSpawner.service_port = settings['notebook_port']
c.SwarmSpawner.container_spec = {'image': 'demo/notebook'}
c.SwarmSpawner.networks = ['jupyterhub']


async def post_stop_hook(spawner):
    state = await spawner._service.poll({**spawner._server_key})
    spawner.log.info('post_stop_hook: the server is %s, and poll says %s', state['state'], await spawner.poll())


def append_hook(spawner, auth_state=None):
    """Adds a mount, as hooks of admins do. A start with two mounts at one target is refused."""
    spawner.container_spec['mounts'].append({'source': f'data-{spawner.user.name}', 'target': '/data'})


# A test names these hooks by their settings.
hooks = {'post_stop_hook': post_stop_hook, 'pre_spawn_hook': append_hook, 'auth_state_hook': append_hook}
for name in settings['config'].pop('TestHub', {}):
    c.SwarmSpawner[name] = hooks[name]
for section, values in settings['config'].items():
    for name, value in values.items():
        c[section][name] = value
