import { expect, test } from 'vitest'
import { publicImages } from '../../../deploy/hub/public-images.ts'
import { hubVersions } from '../../support/lab/hub-versions.ts'

const NEWEST = hubVersions.at(-1)?.jupyterhub

test("hub and servers are of the newest JupyterHub that the gate runs, and the hub's proxy is another image", () => {
  expect(publicImages()).toEqual({
    hub: `quay.io/jupyterhub/jupyterhub:${NEWEST}`,
    proxy: 'quay.io/jupyterhub/configurable-http-proxy:5',
    server: `quay.io/jupyter/base-notebook:hub-${NEWEST}`,
  })
})
