# A file that needs a module of the university which this Python does not have.
from example_university_courses import courses_of

c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
c.SwarmSpawner.image = 'quay.io/jupyter/base-notebook:2026-03-02'
c.SwarmSpawner.network_name = 'jupyterhub'
c.SwarmSpawner.environment = {'COURSES': ','.join(courses_of('physics'))}
