import cassinyspawner
from docker.types import EndpointSpec


class WithoutVirtualIP(cassinyspawner.SwarmSpawner):
    """It has no setting for that, and virtual IPs need IPVS in the kernel."""

    def docker(self, method, *args, **kwargs):
        if method == 'create_service':
            kwargs['endpoint_spec'] = EndpointSpec(mode='dnsrr')
        return super().docker(method, *args, **kwargs)


c.JupyterHub.spawner_class = WithoutVirtualIP  # noqa: F821
c.SwarmSpawner.jupyterhub_service_name = 'hub'  # noqa: F821
c.SwarmSpawner.networks = [NETWORK]  # noqa: F821
c.SwarmSpawner.container_spec = {  # noqa: F821
    'Image': IMAGE,  # noqa: F821
    'args': COMMAND,  # noqa: F821
    'user': 'jovyan',
    'workdir': '/home/jovyan',
    'mounts': [],
}
