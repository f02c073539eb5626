import * as v from 'valibot'

/** What people need to know of a local hub. */
export const HubDescription = v.object({
  url: v.string(),
  password: v.string(),
  apiToken: v.string(),
  stack: v.string(),
  /** The address of a private Engine. */
  dockerHost: v.optional(v.string()),
})
export type HubDescription = v.InferOutput<typeof HubDescription>

/** How to use a local hub, and how to end it. */
export const describeHub = ({ url, password, apiToken, stack, dockerHost }: HubDescription) => {
  const docker = dockerHost === undefined ? 'docker' : `DOCKER_HOST=${dockerHost} docker`
  return `
JupyterHub answers at ${url}
  log in        any user name (admin is an admin), password ${password}
  REST API      curl -H 'Authorization: token ${apiToken}' ${url}/hub/api/users
  its services  ${docker} service ls
  its log       ${docker} service logs --raw ${stack}_hub
  end it        npm run hub:down`
}
