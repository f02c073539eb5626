# JupyterHub 6.1 as it comes: it looks names up by itself and keeps the answers, which the sample configuration would mend.
import aiohttp
import aiohttp.connector

aiohttp.connector.DefaultResolver = aiohttp.AsyncResolver
c.JupyterHubHTTPClient.connector_options = {}

change_quick_ones = c.Spawner.pre_spawn_hook


def change_more(spawner):
    change_quick_ones(spawner)
    if spawner.user.name.endswith('-vip'):
        spawner.endpoint = 'vip'


c.Spawner.pre_spawn_hook = change_more
