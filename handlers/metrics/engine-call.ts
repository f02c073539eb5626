/** What the Engine API has that we use; everything else is `other`, so that the names are few. */
const RESOURCES: ReadonlySet<string> = new Set([
  ...['_ping', 'version', 'info', 'events', 'distribution'],
  ...['services', 'tasks', 'nodes', 'networks', 'containers', 'images', 'volumes', 'swarm'],
])
const ACTIONS: ReadonlySet<string> = new Set(['create', 'update', 'logs', 'json'])

/** The name of a call to the Engine without ids, such as `GET /services/{id}/logs`. */
export const nameOfCall = ({ method, path }: { method: string; path: string }): string => {
  const [resource = '', ...rest] = path
    .replace(/^\/v[\d.]+(?=\/)|\?.*/gs, '')
    .split('/')
    .slice(1)
  if (!RESOURCES.has(resource)) return `${method} other`
  const last = rest.at(-1)
  const action = last !== undefined && ACTIONS.has(last) ? `/${last}` : ''
  const hasId = rest.length > (action ? 1 : 0)
  return `${method} /${resource}${hasId ? '/{id}' : ''}${action}`
}
