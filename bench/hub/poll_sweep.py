"""In the hub's container, `python3 - <number>`: polls as many servers at once, as a hub does that has just started."""

import asyncio
import json
import sys
import time
import types

from swarmspawner import Service, SwarmSpawner

requests = 0
post = Service._post


def count(*args):
    global requests
    requests += 1
    return post(*args)


async def main():
    Service._post = count
    users = [types.SimpleNamespace(name=f'sweep-{number}') for number in range(int(sys.argv[1]))]
    spawners = [SwarmSpawner(user=user) for user in users]
    for number, spawner in enumerate(spawners):
        # The hub's database has the spawn id of each server. poll-sweep.ts made the services with these ids.
        spawner.load_state({'spawn_id': f'before-the-restart-{number}'})
    begun = time.monotonic()
    statuses = await asyncio.gather(*(spawner.poll() for spawner in spawners))
    took = time.monotonic() - begun
    # A poll without an answer is None as well, but learns of no service.
    found = {spawner.get_state().get('service_id') for spawner, status in zip(spawners, statuses) if status is None}
    print(json.dumps({'ms': took * 1000, 'requests': requests, 'found': len(found - {None})}))


asyncio.run(main())
