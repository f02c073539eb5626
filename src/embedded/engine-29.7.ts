import distribution from '../../fixtures/29.7/distribution-inspect.200.json' with { type: 'json' }
import events from '../../fixtures/29.7/events.200.json' with { type: 'json' }
import image from '../../fixtures/29.7/image-inspect.200.json' with { type: 'json' }
import notPulled from '../../fixtures/29.7/image-pull.missing.404.json' with { type: 'json' }
import pullNoAuth from '../../fixtures/29.7/image-pull.no-auth.500.json' with { type: 'json' }
import pullWrongAuth from '../../fixtures/29.7/image-pull.wrong-auth.500.json' with { type: 'json' }
import info from '../../fixtures/29.7/info.200.json' with { type: 'json' }
import network from '../../fixtures/29.7/network-inspect.200.json' with { type: 'json' }
import networks from '../../fixtures/29.7/network-list.200.json' with { type: 'json' }
import nodes from '../../fixtures/29.7/node-list.200.json' with { type: 'json' }
import twoNodes from '../../fixtures/29.7/node-list.two.200.json' with { type: 'json' }
import ping from '../../fixtures/29.7/ping.200.json' with { type: 'json' }
import tooNew from '../../fixtures/29.7/ping.too-new.400.json' with { type: 'json' }
import tooOld from '../../fixtures/29.7/ping.too-old.400.json' with { type: 'json' }
import version from '../../fixtures/29.7/version.200.json' with { type: 'json' }

/** The answers that only Engine 29.7 gives in this form. All other answers are the same on each Engine. */
export const ENGINE_29_7 = {
  info,
  version,
  ping,
  tooNew,
  tooOld,
  nodes,
  twoNodes,
  network,
  networks,
  events,
  image,
  distribution,
  notPulled,
  pullNoAuth,
  pullWrongAuth,
}
