import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { WORDS } from './api-words.ts'
import type { Schema } from './json-schema.ts'
import { ADMIN_TOKEN, operations, PUSH_TOKEN, SIGNATURE } from './openapi-operations.ts'
import { allProblemResponses } from './openapi-problems.ts'
import { bareSchemas, describeSchemas } from './openapi-schemas.ts'

const ABOUT = [
  "SwarmSpawner runs every JupyterHub user's notebook server as a Docker Swarm service. A hub has a secret and signs its calls with it. The secret tells the service which hub calls. A hub sees and touches only its own servers.",
  'Every call of a hub is a POST of `{type, timestamp, data}`. An unknown field in the data is refused before anything is done, and the answer names it.',
  'Errors are problem details (RFC 9457) with a closed set of codes. 4xx: the call is wrong, and sending it again will not help. 503 and 504: the Engine cannot be asked right now; the server may well be running.',
  'The answer to a signed call is signed with the same secret: `webhook-id` of the call, `webhook-timestamp` and `webhook-signature` over the body of the answer. If a caller accepts no other answer, nobody else in the network can send it a wrong state. Refusals before the signature is checked (404, 405, 413, and 401 `unauthorized`) are not signed. In a stream, each event has these three as fields, over its `data`.',
]

/**
 * How a caller proves who it is: with the three headers of a Standard Webhook together, or with the admin
 * token.
 */
const SECURITY_SCHEMES = {
  [SIGNATURE[0]]: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-id',
    description: "The caller's name for this call. The log of the service has it.",
  },
  [SIGNATURE[1]]: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-timestamp',
    description:
      "When the call was signed, in seconds since 1970. It may differ from the service's clock by five minutes at most.",
  },
  [SIGNATURE[2]]: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description:
      '`v1,` and the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` in base64, as Standard Webhooks says (www.standardwebhooks.com). The key is the part of the secret after `whsec_`, decoded from base64. There may be several signatures, with spaces between them.',
  },
  [ADMIN_TOKEN]: {
    type: 'http',
    scheme: 'bearer',
    description:
      'SWARMSPAWNER_ADMIN_TOKEN of the service, for people. The call is for the hub that `hub` names.',
  },
}

const PARAMETERS = {
  hub: {
    name: 'hub',
    in: 'query',
    required: false,
    description:
      'With the admin token: the hub that the call is for. Not needed if the service has only one hub, or with a signature, which names the hub.',
    schema: { type: 'string' },
  },
  [PUSH_TOKEN]: {
    name: 'token',
    in: 'path',
    required: true,
    description:
      'One of SWARMSPAWNER_PUSH_TOKENS of the service. It stands for a hub. A token in an address is seen by proxies and by everybody who may see the settings of a webhook; it opens nothing else.',
    schema: { type: 'string' },
  },
}

const DOCUMENT: Schema = {
  description: 'An OpenAPI document.',
  type: 'object',
  properties: {
    openapi: { description: 'The version of OpenAPI.', type: 'string' },
    info: { description: 'The name and version of the API.', type: 'object' },
    paths: { description: 'The calls.', type: 'object' },
  },
  required: ['openapi', 'info', 'paths'],
}

const allSchemas = (): Record<string, Schema> => ({
  ...describeSchemas(bareSchemas(), WORDS),
  Document: DOCUMENT,
})

/** The OpenAPI 3.1 document of the service, made from its routes and the schemas that check the calls. */
export const openApiDocument = (version: string) => ({
  openapi: '3.1.0',
  info: {
    title: 'SwarmSpawner',
    version,
    summary: 'JupyterHub servers as Docker Swarm services, by signed webhooks',
    description: ABOUT.join('\n\n'),
    license: { name: 'BSD-3-Clause', identifier: 'BSD-3-Clause' },
  },
  servers: [{ url: '/', description: 'The service that sends this document.' }],
  tags: [
    { name: 'Servers', description: 'Calls of hubs.' },
    {
      name: 'People and tools',
      description: 'Calls with the admin token. A signature of a hub does not open them.',
    },
    { name: 'Registries', description: 'Calls of registries, with a token in the path.' },
    { name: 'The service', description: 'Calls that anybody may make.' },
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
