import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { WORDS } from './api-words.ts'
import type { Schema } from './json-schema.ts'
import { ADMIN_TOKEN, operations, SIGNATURE } from './openapi-operations.ts'
import { allProblemResponses } from './openapi-problems.ts'
import { bareSchemas, describeSchemas } from './openapi-schemas.ts'

const ABOUT = [
  "SwarmSpawner runs every JupyterHub user's notebook server as a Docker Swarm service. A hub holds a secret, with which it signs its calls; the secret names the hub, and a hub sees and touches its own servers only.",
  'Every call of a hub is a POST of `{type, timestamp, data}`. What is not known in the data is refused by its name, before anything is done.',
  "Errors are problem details (RFC 9457), by a closed set of codes. 4xx is a fact about the call; 503 and 504 are about the moment: the Engine can't be asked, and nothing is known of the server.",
  'The answer to a signed call is signed with the same secret: `webhook-id` of the call, `webhook-timestamp` and `webhook-signature` over the body of the answer. A caller that believes no other answer cannot be told a state by somebody else in the network. What is refused before the signature is checked (404, 405, 413, and 401 `unauthorized`) is not signed. Of a stream, each event has the three as fields, over its `data`.',
]

/** How a caller shows who it is: the three headers of a Standard Webhook together, or the admin token alone. */
const SECURITY_SCHEMES = {
  [SIGNATURE[0]]: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-id',
    description: 'What the caller names this call by; it is in the log of the service.',
  },
  [SIGNATURE[1]]: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-timestamp',
    description:
      "When it was signed, in seconds since 1970: within five minutes of the service's clock.",
  },
  [SIGNATURE[2]]: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description:
      '`v1,` and the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` in base64, as Standard Webhooks says (www.standardwebhooks.com). The key is what the secret has behind `whsec_`, decoded from base64. Several signatures may stand here, with spaces between.',
  },
  [ADMIN_TOKEN]: {
    type: 'http',
    scheme: 'bearer',
    description:
      'SWARMSPAWNER_ADMIN_TOKEN of the service, for people: a call for the hub that `hub` names.',
  },
}

const PARAMETERS = {
  hub: {
    name: 'hub',
    in: 'query',
    required: false,
    description:
      'With the admin token: the hub that the call is for. Not needed where the service has one hub only; a signature names the hub by itself.',
    schema: { type: 'string' },
  },
}

const DOCUMENT: Schema = {
  description: 'An OpenAPI document.',
  type: 'object',
  properties: {
    openapi: { description: 'The version of OpenAPI.', type: 'string' },
    info: { description: 'What it describes.', type: 'object' },
    paths: { description: 'The calls.', type: 'object' },
  },
  required: ['openapi', 'info', 'paths'],
}

const allSchemas = (): Record<string, Schema> => ({
  ...describeSchemas(bareSchemas(), WORDS),
  Document: DOCUMENT,
})

/** The OpenAPI 3.1 document of the service, made of its routes and the schemas that they check calls with. */
export const openApiDocument = (version: string) => ({
  openapi: '3.1.0',
  info: {
    title: 'SwarmSpawner',
    version,
    summary: 'JupyterHub servers as Docker Swarm services, by signed webhooks',
    description: ABOUT.join('\n\n'),
    license: { name: 'BSD-3-Clause', identifier: 'BSD-3-Clause' },
  },
  servers: [{ url: '/', description: 'The service that this document comes from.' }],
  tags: [
    { name: 'Servers', description: 'What hubs call.' },
    { name: 'The service', description: 'What anybody may ask.' },
  ],
  paths: operations(),
  components: {
    schemas: allSchemas(),
    responses: allProblemResponses(),
    parameters: PARAMETERS,
    securitySchemes: SECURITY_SCHEMES,
  },
})

export type ApiDocument = ReturnType<typeof openApiDocument>

/** The document of this version. */
export const currentDocument = (root: string): ApiDocument => {
  const manifest = readFileSync(join(root, 'package.json'), 'utf8')
  return openApiDocument(v.parse(ManifestVersion, manifest).version)
}

const ManifestVersion = v.pipe(v.string(), v.parseJson(), v.object({ version: v.string() }))
