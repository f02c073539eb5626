import type { ProblemCode } from '../../handlers/errors.ts'

/** When the service answers with each code. A code without a sentence does not compile. */
export const PROBLEM_WORDS: Readonly<Record<ProblemCode, string>> = {
  invalid_json: 'The body is not JSON.',
  invalid_request:
    'A field is missing, unknown, or of the wrong type; `issues` names each. Or the service has several hubs, and `hub` names none of them.',
  wrong_type:
    'The `type` belongs to another route. A signature covers the body and not the path, so this check keeps a signed poll from being used as a stop.',
  unauthorized:
    'The signature was not made with a secret of this service, or headers are missing, or the admin token is wrong.',
  timestamp_out_of_range:
    'The signature is more than five minutes old, or more than five minutes in the future: compare the clocks.',
  replayed: 'This same start was carried out before, and its server is gone now.',
  too_large: 'The body is longer than 1 MiB.',
  too_slow: 'The body did not arrive within 15 seconds.',
  busy: 'Too many unknown callers have a connection or send a body, or too many calls of this hub wait. `Retry-After` says when to ask again.',
  no_such_route: 'There is no such path.',
  no_such_server: "There is no Swarm service of this name, or it is not a hub's server.",
  method_not_allowed: 'The path takes other methods; the header `Allow` has them.',
  caller_gone: 'The caller left before the answer. Only the log has this code.',
  internal: 'A bug of the service; its log has the stack.',
  invalid_config: 'A setting has the wrong type or value, or is unknown; `issues` names each.',
  not_allowed:
    'The policy does not allow what the hub or its user asked for; `issues` names each setting and the rule.',
  invalid_name:
    'The name of the service would have more than the 63 characters that Swarm allows, or characters other than letters, digits, `-` and `_`.',
  name_taken:
    "A Swarm service that is not this hub's server has the name. We never touch such a service: remove it, or set another `service_prefix`. `swarmspawner gc --foreign` says whether another spawner has left it.",
  superseded:
    'There is a newer start of the same server; or a stop was signed before the server was started.',
  quota_exceeded:
    'A quota has too little left for this server, or is smaller than what the server needs. `detail` names the quota and the users whose servers it counts; `user_message` names nobody. Nothing stays of the start.',
  registry_credentials:
    "The service cannot read its credentials for the image's registry: `detail` names the file, or the credential helper that fails.",
  shutting_down:
    'This process is about to stop and has created nothing yet. Another copy will do it.',
  engine_bad_request: "The Engine can't use the spec; `detail` has its words.",
  engine_unauthorized:
    'The registry wants credentials, or does not accept ours: see SWARMSPAWNER_REGISTRY_AUTH and DOCKER_CONFIG of the service.',
  engine_forbidden:
    'The Engine does not allow this. An example is a network that is not a network of Swarm.',
  engine_not_found:
    'The Engine does not know something that the spec names, such as a secret or a config.',
  engine_network_not_found: 'A network that the settings name does not exist.',
  engine_conflict: 'The Engine has another object of that name.',
  engine_out_of_sequence: 'Somebody changed the service at the same moment.',
  engine_not_implemented: 'The Engine does not know the call.',
  engine_server_error: 'The Engine failed; `detail` has its words.',
  engine_unreachable: 'Nobody answers at the address of the Engine.',
  engine_permission_denied: "The service may not open the Engine's socket.",
  engine_timeout: 'The Engine did not answer in time.',
  engine_tls: 'TLS with the Engine failed: check the certificates.',
  engine_connection_lost: 'The connection to the Engine broke before an answer.',
  engine_not_in_swarm: 'The Engine is in no swarm: `docker swarm init`.',
  engine_not_a_manager: 'The Engine is a worker; the service needs a manager.',
  engine_no_leader:
    'The managers of the swarm have no leader: there is an election, or too few managers are there.',
  engine_locked: 'The swarm is locked: `docker swarm unlock`.',
  engine_unavailable: "The swarm can't serve at the moment.",
  engine_unexpected_answer: 'The answer does not have the form that the Engine API promises.',
  engine_answer_too_large: 'The answer is larger than the service reads.',
}
