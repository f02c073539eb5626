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

/** How to use a local hub, what it keeps, and how to end it. Downloads stay in `cache`. */
export const describeHub = (
  { url, password, apiToken, stack, dockerHost }: HubDescription,
  cache: string,
) => {
  const docker = dockerHost === undefined ? 'docker' : `DOCKER_HOST=${dockerHost} docker`
  const upTo = dockerHost === undefined ? 'hub:down' : 'hub:down, or until this machine restarts'
  return `
JupyterHub answers at ${url}
  log in        any user name (admin is an admin), password ${password}
  its name      ${stack}
  REST API      curl -H 'Authorization: token ${apiToken}' ${url}/hub/api/users
  its services  ${docker} service ls
  its log       ${docker} service logs --raw ${stack}_hub
  it keeps      the homes of its users, in volumes ${stack}.home-*, until ${upTo};
                downloads in ${cache}, for the next time
  end it        npm run hub:down -- --port ${new URL(url).port}`
}
