import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { ServiceMetrics } from '../metrics/service-metrics.ts'

/** Counts each call by its route and status. Paths that nothing answers go together, because callers choose them. */
export const countCalls = (metrics: ServiceMetrics) =>
  createMiddleware(async (c, next) => {
    await next()
    const route = routePath(c, -1)
    const method = METHODS.has(c.req.method) ? c.req.method : 'other'
    metrics.answered({ method, route: route === '/*' ? 'none' : route, status: c.res.status })
  })

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])
