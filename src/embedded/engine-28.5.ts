import distribution from '../../fixtures/28.5/distribution-inspect.200.json' with { type: 'json' }
import events from '../../fixtures/28.5/events.200.json' with { type: 'json' }
import image from '../../fixtures/28.5/image-inspect.200.json' with { type: 'json' }
import notPulled from '../../fixtures/28.5/image-pull.missing.404.json' with { type: 'json' }
import pullNoAuth from '../../fixtures/28.5/image-pull.no-auth.500.json' with { type: 'json' }
import pullWrongAuth from '../../fixtures/28.5/image-pull.wrong-auth.401.json' with { type: 'json' }
import info from '../../fixtures/28.5/info.200.json' with { type: 'json' }
import network from '../../fixtures/28.5/network-inspect.200.json' with { type: 'json' }
import networks from '../../fixtures/28.5/network-list.200.json' with { type: 'json' }
import nodes from '../../fixtures/28.5/node-list.200.json' with { type: 'json' }
import twoNodes from '../../fixtures/28.5/node-list.two.200.json' with { type: 'json' }
import ping from '../../fixtures/28.5/ping.200.json' with { type: 'json' }
import tooNew from '../../fixtures/28.5/ping.too-new.400.json' with { type: 'json' }
import tooOld from '../../fixtures/28.5/ping.too-old.400.json' with { type: 'json' }
import version from '../../fixtures/28.5/version.200.json' with { type: 'json' }

/** The answers that only Engine 28.5 gives in this form. All other answers are the same on each Engine. */
export const ENGINE_28_5 = {
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
