/**
 * The spawners that a hub may come from, each beside a JupyterHub of its time. hub/tests/moving ask them which service
 * they would create. `npm run pins` pins them, and hub-venv.sh makes a virtual environment of each. PyPI's cassinyspawner
 * is in all virtual environments, as the wheel that test_packaging.py installs.
 */
export const oldSpawners = [
  {
    series: 'old-13',
    packages: ['jupyterhub==4.1.6', 'dockerspawner==13.0.0', 'jhub-swarmspawner==0.4.6'],
  },
  {
    series: 'old-14',
    packages: ['jupyterhub==5.5.1', 'dockerspawner==14.0.0', 'jhub-swarmspawner==0.6.3'],
  },
] as const
