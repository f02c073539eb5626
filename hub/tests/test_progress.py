import asyncio

from support import SERVER_URL, ScriptedTestCase, event, state_of
from swarmspawner import SpawnFailed, Unreachable

ASKING = 'Asking the swarm for a server'
CREATED = event('Service created', 5)
PULLING = event('Preparing: the image is pulled', 30)
RUNNING = event('Running', 100)


class Progress(ScriptedTestCase):
    def watch(self, spawner):
        """Watches as a browser tab does. Returns the task and a list that grows with the events."""
        seen = []

        async def watch():
            async for shown in spawner.progress():
                if shown['message'] != ASKING:
                    seen.append(shown)

        return asyncio.ensure_future(watch()), seen

    async def run_start(self, *answers):
        """Starts with two tabs open, and returns what each saw. The first tab empties its events."""
        self.script(*answers)
        spawner = self.make_spawner()
        spawner._spawn_pending = True
        first, seen = self.watch(spawner)
        start = asyncio.ensure_future(spawner.start())
        await asyncio.sleep(0.2)
        for shown in seen:
            shown.clear()
        second, seen_later = self.watch(spawner)
        await asyncio.wait([start])
        await asyncio.wait_for(asyncio.gather(first, second), 1)
        self.error = start.exception()
        return seen, seen_later

    async def test_progress_has_each_event_of_the_service_once(self):
        _, seen = await self.run_start(
            state_of('starting', events=[CREATED]),
            state_of('starting', events=[CREATED, PULLING]),
            state_of('running', events=[CREATED, PULLING, RUNNING]),
        )
        self.assertEqual([shown['message'] for shown in seen][:3], [e['message'] for e in (CREATED, PULLING, RUNNING)])
        self.assertEqual([shown.get('progress') for shown in seen][:2], [5, 30])

    async def test_progress_says_how_long_a_node_has_prepared(self):
        for seconds, said in (2, ''), (14, ' (preparing took 14 seconds)'), (600, ' (preparing took 10 minutes)'):
            with self.subTest(seconds):
                preparing = event('Preparing on node-2', 30, 'task:preparing:1000')
                still = event('Still preparing on node-2', 30, 'task:preparing:1000-5')
                starting = event('Starting on node-2', 80, f'task:starting:{1000 + seconds * 1000}')
                running = event('Running on node-2', 100, f'task:running:{2000 + seconds * 1000}')
                _, seen = await self.run_start(
                    state_of('starting', events=[CREATED, preparing]),
                    state_of('starting', events=[CREATED, preparing, still]),
                    state_of('starting', events=[CREATED, starting]),
                    state_of('running', events=[CREATED, running]),
                )
                told = [shown['message'] for shown in seen]
                self.assertIn(f'Starting on node-2{said}', told)
                self.assertIn('Running on node-2', told)

    async def test_progress_repeats_no_length_that_the_service_has_told(self):
        preparing = event('Preparing on node-2', 30, 'task:preparing:1000')
        starting = event('Starting on node-2 (preparing took 9 seconds)', 80, 'task:starting:10000')
        _, seen = await self.run_start(state_of('running', events=[preparing, starting]))
        self.assertIn(starting['message'], [shown['message'] for shown in seen])

    async def test_progress_says_nothing_of_keys_that_it_cannot_read(self):
        odd = ['', 'task', ':', 'task:running', 'task:running:x', 'task:running:1e99', 'task:running:' + '9' * 10_000]
        events = [event('Preparing', 30, 'task:preparing:1000')]
        events += [event(f'Running {nth}', 100, seq) for nth, seq in enumerate(odd)]
        _, seen = await self.run_start(state_of('running', events=events))
        self.assertLessEqual({f'Running {nth}' for nth in range(6)}, {shown['message'] for shown in seen})

    async def test_progress_starts_anew_for_a_later_watcher_and_ends_with_the_start(self):
        seen, seen_later = await self.run_start(
            state_of('starting', events=[CREATED]), state_of('running', events=[CREATED, RUNNING])
        )
        self.assertEqual(seen[0], {})
        self.assertEqual(seen_later[0], {'message': 'Service created', 'progress': 5})
        self.assertEqual(seen[1:], seen_later[1:])

    async def test_progress_never_says_that_the_start_is_done(self):
        self.ports[SERVER_URL] = ['refused', None]
        for answers in ([state_of(events=[RUNNING])], [state_of('failed', events=[event('failed', 100)])]):
            _, seen = await self.run_start(*answers)
            self.assertTrue(seen)
            for shown in seen:
                self.assertLess(shown.get('progress', 0), 100)
                self.assertLessEqual(set(shown), {'message', 'progress'})

    async def test_progress_says_that_the_service_cannot_be_reached(self):
        _, seen = await self.run_start(Unreachable('refused'), Unreachable('refused'), state_of())
        self.assertIn('cannot be reached', seen[0]['message'])
        self.assertNotIn('progress', seen[0])
        self.assertNotEqual(seen[0], seen[1])

    async def test_progress_ends_if_the_start_fails(self):
        _, seen = await self.run_start(state_of('starting', events=[CREATED]), state_of('failed', reason='no'))
        self.assertIsInstance(self.error, SpawnFailed)
        self.assertEqual(len(seen), 1)

    async def test_progress_of_a_start_that_has_ended_is_told_once_more(self):
        self.script(state_of(events=[CREATED]))
        spawner = self.make_spawner()
        await spawner.start()
        watching, seen = self.watch(spawner)
        await asyncio.wait_for(watching, 1)
        self.assertEqual(seen[0]['message'], 'Service created')

    async def test_progress_of_a_server_that_nobody_starts_is_empty(self):
        watching, seen = self.watch(self.make_spawner())
        await asyncio.wait_for(watching, 1)
        self.assertEqual(seen, [])

    async def test_progress_can_be_closed_at_any_time(self):
        answer = self.loop.create_future()
        self.script(state_of('starting', events=[CREATED]), answer)
        spawner = self.make_spawner()
        start = asyncio.ensure_future(spawner.start())
        await self.settle()
        watcher = spawner.progress()
        self.assertEqual((await watcher.__anext__())['message'], ASKING)
        await watcher.aclose()
        await asyncio.sleep(1)
        answer.set_result({'servers': [state_of(spawn_id=spawner.get_state()['spawn_id'])]})
        self.assertEqual(await start, SERVER_URL)
