import type { ProblemCode } from '../../handlers/errors.ts'

/** What an admin does about each code. A code without a sentence does not compile. */
export const PROBLEM_REMEDIES = {
  invalid_json:
    'A hub always sends JSON. Look for a proxy that changes bodies; by hand, send `{"type", "data"}`.',
  invalid_request:
    "Most often the hub's class and the service have different versions: update the older one. By hand, send the fields that the route takes.",
  wrong_type:
    'By hand, send the `type` of the route. Otherwise somebody sends a signed call to another route.',
  unauthorized: 'Give hub and service the same secret, and restart both.',
  timestamp_out_of_range: 'Run NTP on the machines of hub and service.',
  replayed:
    'Start the server again: that is a new call. Find out who sends calls twice, perhaps a proxy.',
  too_large: "Make the settings smaller, or the user's options.",
  too_slow: 'Look at the network between hub and service.',
  busy: 'Find out who else can reach the service, and keep them out. Behind a proxy, see `SWARMSPAWNER_MAX_PER_ADDRESS` in [its variables](environment.md#where-it-listens).',
  no_such_route: 'Check `service_url`, and the path that a proxy may add to it.',
  no_such_server:
    'List the servers with `GET /servers`. A server that was stopped is in no list any more.',
  method_not_allowed: 'Send one of the methods that the answer names.',
  caller_gone: 'Nothing. The service removes what a start made for that caller.',
  internal: 'Look for the stack in the log of the service, and report it.',
  invalid_config: 'Correct the [settings](settings.md) that `detail` names.',
  not_allowed:
    'Allow it in [the policy](../policy.md), or take it out of the settings; `swarmspawner explain` shows both.',
  invalid_name: 'Set a shorter `service_prefix` of letters, digits, `-` and `_`.',
  name_taken: 'Remove that service, or set another `service_prefix`.',
  superseded:
    'Nothing: the newer start goes on. If a stop was refused, check whether the clock of the hub is slow.',
  quota_exceeded:
    'Stop servers that nobody needs (`detail` says who has them), or raise the quota that `detail` names: of [the policy](../policy.md#quotas), or of [the profile](../profiles.md#quotas).',
  registry_credentials:
    'Do what `detail` says: most often, write the credentials into the setting, because the service has no credential helper ([A private registry](../images.md#a-private-registry)).',
  shutting_down: 'Nothing: the hub asks again.',
  engine_bad_request: "Correct the [settings](settings.md) that the Engine's words name.",
  engine_unauthorized:
    'Give the service credentials for the registry: [A private registry](../images.md#a-private-registry).',
  engine_forbidden:
    'Use a network of Swarm: `docker network create --driver overlay --attachable <name>`.',
  engine_not_found: "Create what the Engine's words name, or take it out of the settings.",
  engine_network_not_found:
    'Create it on a manager: `docker network create --driver overlay --attachable <name>`.',
  engine_conflict: 'Remove the other one, which `detail` names.',
  engine_out_of_sequence: 'Nothing: try again.',
  engine_not_implemented: 'Update the Engine: it has to be 20.10 or newer.',
  engine_server_error: "Look at the Engine's log: `journalctl -u docker`.",
  engine_unreachable:
    'Check that the Engine runs, and check [DOCKER_HOST](environment.md#the-engine). `swarmspawner doctor` says more.',
  engine_permission_denied:
    "Give the service the socket's group: [DOCKER_GID](environment.md#the-stack-file) of the stack file.",
  engine_timeout: 'Check the load of the manager.',
  engine_tls:
    'Check [DOCKER_TLS_VERIFY and DOCKER_CERT_PATH](environment.md#the-engine), and whether the certificates have expired.',
  engine_connection_lost:
    "Nothing, if it happens once. Otherwise look at the Engine's log, and at proxies between service and Engine.",
  engine_not_in_swarm:
    'Make or join a swarm, or name a manager in [DOCKER_HOST](environment.md#the-engine).',
  engine_not_a_manager:
    'Name a manager in [DOCKER_HOST](environment.md#the-engine), or make this node a manager: `docker node promote`.',
  engine_no_leader:
    'Start managers again until more than half of them are there: `docker node ls`.',
  engine_locked: 'Unlock it on each manager: `docker swarm unlock`.',
  engine_unavailable: "Look at `docker node ls`, and at the Engine's log.",
  engine_unexpected_answer:
    'Check that [DOCKER_HOST](environment.md#the-engine) leads to a Docker Engine. If it does, report this, with the version of the Engine.',
  engine_answer_too_large:
    'Check that [DOCKER_HOST](environment.md#the-engine) leads to a Docker Engine. If it does, report this, with the size of the swarm.',
} as const satisfies Record<ProblemCode, string>
