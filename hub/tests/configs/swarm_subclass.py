# A class of the admin's own, which extends dockerspawner's and has a form.
from dockerspawner import SwarmSpawner

c = get_config()  # noqa: F821


class CourseSpawner(SwarmSpawner):
    def _options_form_default(self):
        return '<select name="course"><option>python</option><option>statistics</option></select>'

    def options_from_form(self, formdata):
        return {'course': formdata['course'][0]}

    async def start(self):
        course = self.user_options.get('course', 'python')
        self.image = f'registry.example.org/courses/{course}:2026'
        self.volumes = {f'/mnt/courses/{course}': {'bind': '/home/jovyan/course', 'mode': 'ro'}}
        return await super().start()


c.JupyterHub.spawner_class = CourseSpawner
c.CourseSpawner.network_name = 'jupyterhub'
c.CourseSpawner.mem_limit = '1G'
