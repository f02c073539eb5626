/** Why a task can't get its addresses: the network has none left, was never set up, or Swarm is silent. */
export type AddressTrouble = 'full' | 'not_set_up' | 'not_told'

const LARGER =
  'docker network create --driver overlay --attachable --subnet 10.213.16.0/20 <name> (or any free subnet) makes one for about 4,000 servers; see "How many servers fit" in docs/deploy.md'

/** What an admin can do about each. */
export const ADDRESS_ADVICE: Readonly<Record<AddressTrouble, string>> = {
  full: `Stop servers that nobody uses, or make a larger network and name it in c.SwarmSpawner.networks: ${LARGER}`,
  not_set_up: `Most often its subnet is that of another network, or an IPv6 subnet. Remove the network, and create it again with a free subnet: ${LARGER}`,
  not_told:
    "Swarm's leader has not allocated the task: see docker service ps --no-trunc <service>, and the log of the Docker Engine on the leader (docker node ls shows which node that is)",
}

/**
 * The words of each, ours or Swarm's. Swarm has some for a node that got no address for its load balancer, 30 s
 * after the task was placed there.
 */
export const ADDRESS_TROUBLES: Readonly<Record<AddressTrouble, RegExp>> = {
  full: /^no free address in |ip addresses may be exhausted/,
  not_set_up: /^Swarm could not set up network /,
  not_told: /^Swarm has not allocated the task\b/,
}
