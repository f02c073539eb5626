import type { ProblemCode } from '../../handlers/errors.ts'

/** When each code is answered; a code without a sentence does not compile. */
export const PROBLEM_WORDS: Readonly<Record<ProblemCode, string>> = {
  invalid_json: 'The body is not JSON.',
  invalid_request:
    'A field is missing, not known, or of another type; `issues` names each. Also where several hubs are configured and `hub` names none of them.',
  wrong_type:
    "The `type` is another route's. A signature covers the body and not the path, so that a signed poll can't be sent as a stop.",
  unauthorized:
    'No secret of ours made the signature, headers are missing, or the admin token is not right.',
  timestamp_out_of_range:
    'The signature is more than five minutes old, or ahead: look at the clocks.',
  replayed: 'This very start was carried out before, and its server is gone since.',
  too_large: 'The body is longer than 1 MiB.',
  too_slow: 'The body did not come within 15 seconds.',
  busy: 'Too many callers who are not known have a connection or send a body, or too many calls of this hub wait. `Retry-After` says when to ask again.',
  no_such_route: 'There is no such path.',
  method_not_allowed: 'The path takes POST only.',
  caller_gone: 'The caller left before the answer; only the log ever sees this.',
  internal: 'A bug of the service; its log has the stack.',
  invalid_config: 'A setting has the wrong type or value, or is not known; `issues` names each.',
  not_allowed:
    'The policy does not let the hub, or its user, have what was asked for; `issues` names each setting and the rule.',
  invalid_name:
    'The name of the service would be longer than the 63 characters of Swarm, or has others than letters, digits, `-` and `_`.',
  name_taken:
    "Another service has the name and is not this hub's server. It is never touched: remove it, or set another `service_prefix`.",
  superseded:
    'A newer start of the same server is on its way or done; or a stop was signed before the server was started.',
  shutting_down: 'This process is about to stop and has made nothing yet: another copy will.',
  engine_bad_request: "The Engine can't use the spec; `detail` has its words.",
  engine_unauthorized:
    'The registry wants credentials, or others: see DOCKER_CONFIG of the service.',
  engine_forbidden: "The Engine does not do this: a network that is not Swarm's, for one.",
  engine_not_found:
    'The Engine does not know something that the spec names: a secret or config, for one.',
  engine_network_not_found: 'A network of the settings does not exist.',
  engine_conflict: 'The Engine has something else under that name.',
  engine_out_of_sequence: 'Somebody changed the service at the same moment.',
  engine_not_implemented: 'The Engine does not know the call.',
  engine_server_error: 'The Engine failed; `detail` has its words.',
  engine_unreachable: 'Nobody answers at the address of the Engine.',
  engine_permission_denied: "The service may not open the Engine's socket.",
  engine_timeout: 'The Engine did not answer in time.',
  engine_tls: 'TLS with the Engine failed: see its certificates.',
  engine_connection_lost: 'The connection to the Engine broke before an answer.',
  engine_not_in_swarm: 'The Engine is in no swarm: `docker swarm init`.',
  engine_not_a_manager: 'The Engine is a worker; the service needs a manager.',
  engine_no_leader:
    'The managers of the swarm are without a leader: an election, or too few of them.',
  engine_locked: 'The swarm is locked: `docker swarm unlock`.',
  engine_unavailable: "The swarm can't serve at the moment.",
  engine_unexpected_answer: 'What came back is not what the Engine API promises.',
  engine_answer_too_large: 'What came back is more than the service reads.',
}
