import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keptHubImages, keptServiceImage } from '../hub/hub-images.ts'
import { hubPythons } from '../hub/hub-pythons.ts'
import { oldPythons } from '../hub/old-pythons.ts'
import { scriptOptions } from '../script-options.ts'
import { baseImages } from './build-engine.ts'
import { fetchEngine, labCache } from './engine-lab.ts'
import { hubVersions } from './hub-versions.ts'
import { makeIpvsMachine } from './ipvs-machine.ts'
import { scratchRoot } from './scratch-root.ts'
import { fetchPrometheus } from './start-prometheus.ts'
import { fetchRegistry } from './start-registry.ts'

// `node lab/engine/prepare.ts`: fetches and builds everything that the tests on real Engines share, side by
// side, so that no test has to wait for it. It takes minutes with an empty lab, and a moment with a full one.

const { service } = scriptOptions(
  `npm run lab -- [--service]   fetches and builds what the tests on real Engines share

  --service   also keeps the image of the service, which must be built (npm run build)`,
  { service: { type: 'boolean', default: false } },
)

const found = hubPythons()
const others = oldPythons()
const pythons = [
  ...('pythons' in found ? found.pythons : []),
  ...('old' in others ? others.old : []),
]

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  ...(service ? { 'the image of the service': keptServiceImage } : {}),
  ...Object.fromEntries(
    hubVersions.flatMap((hub) =>
      'image' in hub ? [[`JupyterHub ${hub.series}`, () => keptHubImages(hub.series)]] : [],
    ),
  ),
  ...Object.fromEntries(
    pythons.map(({ name, command: [python, ...args] }) => [
      `the Python of ${name}`,
      () => promisify(execFile)(python, [...args, '-c', '']),
    ]),
  ),
  'Docker Engine 28.5': () => fetchEngine('28.5'),
  'Docker Engine 26.1': () => fetchEngine('26.1'),
  'what images are built on': baseImages,
  'the image registry': fetchRegistry,
  Prometheus: fetchPrometheus,
  'a virtual machine with IPVS': makeIpvsMachine,
}

/** Makes one part. A test that needs a missing part tries again and says why it is missing. */
const prepare = async ([name, make]: [string, () => Promise<unknown>]): Promise<void> => {
  const begun = performance.now()
  const trouble = await make().then(() => '', String)
  const seconds = Math.round((performance.now() - begun) / 1000)
  if (trouble) console.log(`The lab lacks ${name}: ${trouble}`)
  else if (seconds > 5) console.log(`The lab has made ${name} in ${seconds} s.`)
}

// While another run prepares the lab, this one waits, and then finds everything there. The lock ends with this process.
mkdirSync(labCache, { recursive: true })
const lock = openSync(join(labCache, 'prepare.lock'), 'w')
const waits =
  'flock --nonblock 3 || { echo "The lab is being prepared by another run: waiting for it."; flock 3; }'
execFileSync('sh', ['-c', waits], { stdio: ['ignore', 'inherit', 'inherit', lock] })

// Engines unpack images here, too.
process.env['TMPDIR'] ??= scratchRoot()
// The unit suite runs at the same time and gets the processor first.
setPriority(10)
await Promise.all(Object.entries(PARTS).map(prepare))
