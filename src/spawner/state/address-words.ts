/** Why a task can't get its addresses: the network has none left, was never set up, or Swarm is silent. */
export type AddressTrouble = 'full' | 'not_set_up' | 'not_told'

const LARGER =
  'docker network create --driver overlay --attachable --subnet 10.213.16.0/20 <name> (or any free subnet) makes one for about 4,000 servers; see "How many servers fit" in docs/deploy.md'

/** What an admin can do about each, and what a student is told. */
export const ADDRESS_WORDS: Readonly<Record<AddressTrouble, { advice: string; user: string }>> = {
  full: {
    advice: `Stop servers that nobody uses, or make a larger network and name it in c.SwarmSpawner.networks: ${LARGER}`,
    user: 'There is no room in the network for another server. Please try again when others have stopped theirs, or tell your administrator.',
  },
  not_set_up: {
    advice: `Most often its subnet is that of another network, or an IPv6 subnet. Remove the network, and create it again with a free subnet: ${LARGER}`,
    user: 'The network of the servers is not set up correctly. Please tell your administrator.',
  },
  not_told: {
    advice:
      "Swarm's leader has not allocated the task: see docker service ps --no-trunc <service>, and the log of the Docker Engine on the leader (docker node ls shows which node that is)",
    user: 'The system has not taken your server in yet. Please wait a little; if it does not start, tell your administrator.',
  },
}

/** Swarm's words for a node that got no address for its load balancer, 30 s after the task was placed there. */
export const ADDRESSES_EXHAUSTED = /ip addresses may be exhausted/
