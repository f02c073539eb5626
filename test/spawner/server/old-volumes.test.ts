import * as v from 'valibot'
import { expect, test } from 'vitest'
import { requestedServer } from '../../../src/spawner/server/requested-server.ts'
import { fillPath } from '../../../src/spawner/settings/template.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'
import volumes from '../../vectors/old-volumes.json' with { type: 'json' }

const requestOf = (server: object) => v.parse(StartRequest, { server, spawn_id: 's', issued_at: 1 })

// `volume` is what dockerspawner 12.1.0, 13.0.0 and 14.0.0 make of home-{username}-{servername}, `legacy` what 0.11.1 makes of
// home-{username}, and later ones with escape = 'legacy'. hub/tests/moving ask dockerspawner itself.
test.each(volumes)('$username finds the old home: $volume or $legacy', (old) => {
  const { username, server_name } = old
  const { placeholders } = requestedServer('main', requestOf({ username, server_name }))
  const fillIn = (text: string) => fillPath(text, placeholders, 'mounts.0.source')
  expect(fillIn('home-{escaped_username}-{escaped_server_name}')).toBe(old.volume)
  expect(fillIn('home-{legacy_escaped_username}')).toBe(old.legacy)
})
