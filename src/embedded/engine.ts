import { Hono } from 'hono'
import unknownPage from '../../fixtures/28.5/page.unknown.404.json' with { type: 'json' }
import { fetchTransport } from '../docker/transport.fetch.ts'
import type { EngineTransport } from '../docker/transport.ts'
import { allocate } from './allocate.ts'
import { checkApiVersion, unversionedPath } from './api-version.ts'
import { createSwarm } from './create-swarm.ts'
import type { EmbeddedOptions } from './embedded-options.ts'
import { watchEvents } from './events.ts'
import { inspectDistribution, inspectImage, pullImage } from './images.ts'
import { serviceLogs } from './logs.ts'
import { createNetwork, inspectNetwork, listNetworks, removeNetwork } from './networks.ts'
import { inspectNode, listNodes, updateNode } from './nodes.ts'
import { placeWaiting } from './place-waiting.ts'
import { createService } from './service-create.ts'
import { forgetRuns } from './service-runs.ts'
import { updateService } from './service-update.ts'
import { inspectService, listServices, removeService } from './services.ts'
import { speakAs } from './speak-as.ts'
import type { Swarm } from './swarm.ts'
import { answerInfo, answerPing, answerVersion } from './system.ts'
import { inspectTask, listTasks } from './tasks.ts'
import { EngineRefusal, refusal, unrecordedRefusal } from './wire/refusal.ts'

/** An Engine without Docker. Its state lives in this value and ends with it. */
export type EmbeddedEngine = {
  fetch: (request: Request) => Promise<Response> | Response
  /** Reaches the engine without a socket. */
  transport: EngineTransport
}

/**
 * Makes an Engine that speaks the Swarm part of the Docker Engine API and runs no container. A scenario says
 * what happens to a task, at the recorded pace.
 */
export const createEmbeddedEngine = (options: EmbeddedOptions = {}): EmbeddedEngine => {
  const app = createRoutes(createSwarm(options))
  const fetch = async (request: Request) => {
    request.signal.throwIfAborted()
    return app.fetch(request)
  }
  const transport = fetchTransport('http://embedded', (url, init) => fetch(new Request(url, init)))
  return { fetch, transport }
}

const createRoutes = (swarm: Swarm) => {
  const app = new Hono({ getPath: unversionedPath })
  app.use(speakAs(swarm.recorded))
  app.use(checkApiVersion(swarm.recorded))
  app.use(async (_, next) => {
    forgetRuns(swarm)
    allocate(swarm)
    placeWaiting(swarm)
    await next()
  })

  app.get('/_ping', answerPing(swarm))
  app.get('/version', answerVersion(swarm))
  app.get('/info', answerInfo(swarm))
  app.get('/events', watchEvents(swarm))

  app.get('/services', listServices(swarm))
  app.post('/services/create', createService(swarm))
  app.get('/services/:id', inspectService(swarm))
  app.post('/services/:id/update', updateService(swarm))
  app.delete('/services/:id', removeService(swarm))
  app.get('/services/:id/logs', serviceLogs(swarm))
  app.get('/tasks', listTasks(swarm))
  app.get('/tasks/:id', inspectTask(swarm))

  app.get('/nodes', listNodes(swarm))
  app.get('/nodes/:id', inspectNode(swarm))
  app.post('/nodes/:id/update', updateNode(swarm))
  app.get('/networks', listNetworks(swarm))
  app.post('/networks/create', createNetwork(swarm))
  app.get('/networks/:id', inspectNetwork(swarm))
  app.delete('/networks/:id', removeNetwork(swarm))

  app.get('/images/:name{.+}/json', inspectImage(swarm))
  app.post('/images/create', pullImage(swarm))
  app.get('/distribution/:name{.+}/json', inspectDistribution(swarm))

  app.notFound(() => refusal(unknownPage).response)
  app.onError((error) =>
    error instanceof EngineRefusal
      ? error.response
      : unrecordedRefusal(500, error.message).response,
  )
  return app
}
