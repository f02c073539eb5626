import { expect, test } from 'vitest'
import { hubVersions } from '../../../lab/engine/hub-versions.ts'
import { publicImages } from '../../../lab/hub/public-images.ts'

const NEWEST = hubVersions.at(-1)?.jupyterhub

test("hub and servers are of the newest JupyterHub that the gate runs, and the hub's proxy is another image", () => {
  expect(publicImages()).toEqual({
    hub: `quay.io/jupyterhub/jupyterhub:${NEWEST}`,
    proxy: 'quay.io/jupyterhub/configurable-http-proxy:5',
    server: `quay.io/jupyter/base-notebook:hub-${NEWEST}`,
  })
})
