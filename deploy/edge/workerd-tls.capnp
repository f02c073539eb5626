# As workerd.capnp, with an Engine over mutual TLS, here `engine.example:2376`. The directory tls/ beside this file has ca.pem, the
# authority of the Engine's certificate, and our own cert.pem and key.pem.
#   npx workerd serve deploy/edge/workerd-tls.capnp --external-addr engine=10.0.0.1:2376
using Workerd = import "/workerd/workerd.capnp";
using Plain = import "workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "swarmspawner", worker = Plain.swarmspawner),
    (name = "engine", external = (
      address = "engine.example:2376",
      https = (
        # The name in the Engine's certificate.
        certificateHost = "engine.example",
        tlsOptions = (
          trustedCertificates = [embed "tls/ca.pem"],
          keypair = (certificateChain = embed "tls/cert.pem", privateKey = embed "tls/key.pem"),
        ),
      ),
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8080", http = (), service = "swarmspawner")],
);
