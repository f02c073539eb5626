/** The overlay network of a stack's servers. */
export const networkName = (stack: string): string => `${stack}-servers`

/** The Swarm secret that a stack's hub and service share. */
export const secretName = (stack: string): string => `${stack}-secret`

/** The Swarm secret that a stack's hub and proxy share. */
export const proxyTokenName = (stack: string): string => `${stack}-proxy-token`

/** The Swarm secret with the passwords of deploy/stack.yml, which local hubs do not use. */
export const passwordsName = (stack: string): string => `${stack}-passwords`

/** The Swarm services of a stack. */
export const serviceNames = (stack: string) => ({
  hub: `${stack}_hub`,
  proxy: `${stack}_proxy`,
  swarmspawner: `${stack}_swarmspawner`,
})
