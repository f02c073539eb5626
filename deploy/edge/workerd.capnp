# The service on workerd, on your own machine. Run after `npm run build`, with SWARMSPAWNER_SECRET in the environment:
#   npx workerd serve deploy/edge/workerd.capnp
# `--external-addr engine=…` names another Engine, `--socket-addr http=…` another address to listen on.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "swarmspawner", worker = .swarmspawner),
    # The Engine's socket. workerd opens it for this configuration; the program cannot open it.
    (name = "engine", external = (address = "unix:/var/run/docker.sock", http = ())),
    # For calls to the REST APIs of hubs, when the service looks for leftovers.
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8080", http = (), service = "swarmspawner")],
);

const swarmspawner :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "../../dist/functions/worker.js")],
  compatibilityDate = "2026-10-15",
  compatibilityFlags = ["enable_request_signal"],
  globalOutbound = "internet",
  bindings = [
    (name = "ENGINE", service = "engine"),
    (name = "DOCKER_HOST", text = "http://engine"),
    (name = "SWARMSPAWNER_SECRET", fromEnvironment = "SWARMSPAWNER_SECRET"),
    (name = "SWARMSPAWNER_HUBS", fromEnvironment = "SWARMSPAWNER_HUBS"),
    (name = "SWARMSPAWNER_HUB", fromEnvironment = "SWARMSPAWNER_HUB"),
    (name = "SWARMSPAWNER_ADMIN_TOKEN", fromEnvironment = "SWARMSPAWNER_ADMIN_TOKEN"),
    (name = "SWARMSPAWNER_POLICY", fromEnvironment = "SWARMSPAWNER_POLICY"),
    (name = "SWARMSPAWNER_REGISTRY_AUTH", fromEnvironment = "SWARMSPAWNER_REGISTRY_AUTH"),
    (name = "SWARMSPAWNER_PUSH_TOKENS", fromEnvironment = "SWARMSPAWNER_PUSH_TOKENS"),
    (name = "SWARMSPAWNER_PUSH_HOSTS", fromEnvironment = "SWARMSPAWNER_PUSH_HOSTS"),
  ],
);
