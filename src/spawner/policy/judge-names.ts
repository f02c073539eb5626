import * as v from 'valibot'
import { ConfigReference, SecretReference } from '../../docker/service-spec.ts'
import { CONTAINER } from '../settings/entries.ts'
import { templateRefusal } from './engine-templates.ts'
import {
  finding,
  isSetByHub,
  type Judge,
  type Judging,
  listRefusal,
  pathKey,
  patternsOf,
} from './judging.ts'

/** The capabilities that Docker gives every container, and two that concern only the container. All others have to be listed. */
const HARMLESS = new Set([
  ...[
    'CHOWN',
    'DAC_OVERRIDE',
    'FSETID',
    'FOWNER',
    'MKNOD',
    'NET_RAW',
    'SETGID',
    'SETUID',
    'SETFCAP',
  ],
  ...['SETPCAP', 'NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE', 'IPC_LOCK', 'SYS_NICE'],
])

/** The Engine takes `cap_sys_admin` for `SYS_ADMIN`. */
const capability = (name: string): string => name.trim().toUpperCase().replace(/^CAP_/, '')

/** Labels that other programs of the swarm act on: Docker's own, and those of proxies, schedulers, updaters and monitors. */
const ACTED_ON = [
  ...['com.docker.', 'traefik.', 'caddy', 'com.df.', 'swarm.cronjob.', 'ofelia.', 'io.portainer.'],
  ...['com.centurylinklabs.', 'docker-volume-backup.', 'io.kubernetes.', 'shepherd.', 'diun.'],
  ...['co.elastic.', 'com.datadoghq.', 'swarmpit.', 'sablier.', 'gantry.', 'wud.'],
]

const isActedOn = (label: string): boolean => {
  const name = label.trim().toLowerCase()
  return ACTED_ON.some((prefix) => name.startsWith(prefix))
}

/** Capabilities to add, each. */
export const judgeCapabilities: Judge = (value, judging) => {
  const result = v.safeParse(v.array(v.string()), value)
  if (!result.success) return []
  const patterns = patternsOf(judging, ({ capabilities }) => capabilities).map((pattern) =>
    capability(pattern),
  )
  return result.output.map((name, item) => {
    const why = listRefusal(patterns, capability(name), {
      names: judging.names,
      isKept: (text) => !HARMLESS.has(text) || isDropped(text, judging),
      kept: "what is more than Docker's own default, and what the hub drops, has to be listed by name",
    })
    return finding(judging, 'capabilities', why, item)
  })
}

/** Says whether a user asks for what the hub takes away. */
const isDropped = (name: string, { author, configured }: Judging): boolean => {
  const dropped = configured.values.get(pathKey([...CONTAINER, 'CapabilityDrop']))
  return (
    author === 'user' &&
    Array.isArray(dropped) &&
    dropped.some((one) => typeof one === 'string' && ['ALL', name].includes(capability(one)))
  )
}

/** A label, by the last part of its path. */
export const judgeLabel: Judge = (_, judging, path) => [
  finding(judging, 'labels', labelRefusal(path.at(-1) ?? '', judging, isSetByHub(path, judging))),
]

/** Why a label may not be set; undefined where it may. */
export const labelRefusal = (name: string, judging: Judging, isHubs = false): string | undefined =>
  listRefusal(
    patternsOf(judging, ({ labels }) => labels),
    name,
    {
      names: judging.names,
      isKept: (text) => isHubs || isActedOn(text),
      kept: 'labels that the hub sets, and those that Docker, proxies or schedulers act on, have to be listed',
    },
  )

/** Secrets, by the names that they are given; whether they are their own the Engine is asked before a start. */
export const judgeSecrets: Judge = (value, judging) => {
  const result = v.safeParse(v.array(SecretReference), value)
  if (!result.success) return []
  const patterns = patternsOf(judging, ({ secrets }) => secrets)
  return result.output.map(({ SecretName }, item) =>
    finding(judging, 'secrets', listRefusal(patterns, SecretName, judging), item),
  )
}

/** Configs, as secrets. */
export const judgeConfigs: Judge = (value, judging) => {
  const result = v.safeParse(v.array(ConfigReference), value)
  if (!result.success) return []
  const patterns = patternsOf(judging, ({ configs }) => configs)
  return result.output.map(({ ConfigName }, item) =>
    finding(judging, 'configs', listRefusal(patterns, ConfigName, judging), item),
  )
}

/** Says whether JupyterHub itself uses a variable, or its name is unusual. Users cannot set such a variable. */
const isOfHub = (name: string): boolean =>
  /^(JUPYTERHUB|JPY)_/i.test(name) || !/^[A-Za-z_][\w.-]*$/.test(name)

/** A variable, by the last part of its path; an admin's value may have placeholders of Swarm, a user's is escaped. */
export const judgeVariable: Judge = (value, judging, path) => {
  const name = path.at(-1) ?? ''
  const isUser = judging.author === 'user'
  const why = variableRefusal(name, path, judging)
  const text = isUser || typeof value !== 'string' ? '' : value
  return [finding(judging, 'environment', why ?? templateRefusal(text, { isForProgram: true }))]
}

/** Why a variable may not be set. A variable of the hub stays as it is, unless the policy lists it by name; JupyterHub's own variables always stay. */
const variableRefusal = (
  name: string,
  path: readonly string[],
  judging: Judging,
): string | undefined => {
  const isUser = judging.author === 'user'
  const isHubs = isUser && judging.configured.variables.has(name.toLowerCase())
  if (isOfHub(name) && isSetByHub(path, judging)) return 'the hub sets it'
  return listRefusal(
    patternsOf(judging, ({ environment }) => environment),
    name,
    {
      names: judging.names,
      isKept: (text) => isHubs || (isUser && isOfHub(text)),
      kept: isHubs
        ? `the hub sets it; to let users change it, list its name in user.environment, such as ['*', '${name}']`
        : 'JUPYTERHUB_*, JPY_* and unusual names have to be listed',
    },
  )
}
