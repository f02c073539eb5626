import * as v from 'valibot'
import { ConfigReference, SecretReference } from '../../docker/service-spec.ts'
import { CONTAINER } from '../settings/entries.ts'
import { templateRefusal } from './engine-templates.ts'
import {
  finding,
  isSetByHub,
  type Judge,
  type JudgeContext,
  listRefusal,
  pathKey,
  patternsOf,
} from './judge-context.ts'

/**
 * The capabilities that Docker gives every container, and two that affect only the container. All others must
 * be listed.
 */
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

/** The Engine reads `cap_sys_admin` as `SYS_ADMIN`. */
const capability = (name: string): string => name.trim().toUpperCase().replace(/^CAP_/, '')

/**
 * Labels that other programs in the swarm act on: Docker itself, proxies, schedulers, updaters and monitors.
 */
const ACTED_ON = [
  ...['com.docker.', 'traefik.', 'caddy', 'com.df.', 'swarm.cronjob.', 'ofelia.', 'io.portainer.'],
  ...['com.centurylinklabs.', 'docker-volume-backup.', 'io.kubernetes.', 'shepherd.', 'diun.'],
  ...['co.elastic.', 'com.datadoghq.', 'swarmpit.', 'sablier.', 'gantry.', 'wud.'],
]

const isActedOn = (label: string): boolean => {
  const name = label.trim().toLowerCase()
  return ACTED_ON.some((prefix) => name.startsWith(prefix))
}

/** Judges each capability that is to be added. */
export const judgeCapabilities: Judge = (value, context) => {
  const result = v.safeParse(v.array(v.string()), value)
  if (!result.success) return []
  const patterns = patternsOf(context, ({ capabilities }) => capabilities).map((pattern) =>
    capability(pattern),
  )
  return result.output.map((name, item) => {
    const why = listRefusal(patterns, capability(name), {
      names: context.names,
      isKept: (text) => !HARMLESS.has(text) || isDropped(text, context),
      kept: "capabilities beyond Docker's default, and those that the hub drops, have to be listed by name",
    })
    return finding(context, 'capabilities', why, item)
  })
}

/** Returns whether a user asks for a capability that the hub drops. */
const isDropped = (name: string, { author, configured }: JudgeContext): boolean => {
  const dropped = configured.values.get(pathKey([...CONTAINER, 'CapabilityDrop']))
  return (
    author === 'user' &&
    Array.isArray(dropped) &&
    dropped.some((one) => typeof one === 'string' && ['ALL', name].includes(capability(one)))
  )
}

/** Judges a label. Its name is the last part of the path. */
export const judgeLabel: Judge = (_, context, path) => [
  finding(context, 'labels', labelRefusal(path.at(-1) ?? '', context, isSetByHub(path, context))),
]

/** Why a label may not be set; undefined when it may. */
export const labelRefusal = (
  name: string,
  context: JudgeContext,
  isHubs = false,
): string | undefined =>
  listRefusal(
    patternsOf(context, ({ labels }) => labels),
    name,
    {
      names: context.names,
      isKept: (text) => isHubs || isActedOn(text),
      kept: 'labels that the hub sets, and those that Docker, proxies or schedulers act on, have to be listed',
    },
  )

/**
 * Judges each secret by its name. Swarm itself refuses a service in which a secret's id and name do not belong
 * together (swarmkit, manager/controlapi/service.go).
 */
export const judgeSecrets: Judge = (value, context) => {
  const result = v.safeParse(v.array(SecretReference), value)
  if (!result.success) return []
  const patterns = patternsOf(context, ({ secrets }) => secrets)
  return result.output.map(({ SecretName }, item) =>
    finding(context, 'secrets', listRefusal(patterns, SecretName, context), item),
  )
}

/** Judges configs as it judges secrets. */
export const judgeConfigs: Judge = (value, context) => {
  const result = v.safeParse(v.array(ConfigReference), value)
  if (!result.success) return []
  const patterns = patternsOf(context, ({ configs }) => configs)
  return result.output.map(({ ConfigName }, item) =>
    finding(context, 'configs', listRefusal(patterns, ConfigName, context), item),
  )
}

/**
 * Returns whether JupyterHub itself uses a variable, or its name is unusual. Users cannot set such a variable.
 */
const isOfHub = (name: string): boolean =>
  /^(JUPYTERHUB|JPY)_/i.test(name) || !/^[A-Za-z_][\w.-]*$/.test(name)

/**
 * Judges a variable. Its name is the last part of the path. An admin's value may have Swarm's placeholders; a
 * user's value is escaped.
 */
export const judgeVariable: Judge = (value, context, path) => {
  const name = path.at(-1) ?? ''
  const isUser = context.author === 'user'
  const why = variableRefusal(name, path, context)
  const text = isUser || typeof value !== 'string' ? '' : value
  return [finding(context, 'environment', why ?? templateRefusal(text, { isForProgram: true }))]
}

/**
 * Why a variable may not be set; undefined when it may. A user cannot change a variable of the hub, unless the
 * policy lists it by name. JupyterHub's own variables can never be changed.
 */
const variableRefusal = (
  name: string,
  path: readonly string[],
  context: JudgeContext,
): string | undefined => {
  const isUser = context.author === 'user'
  const isHubs = isUser && context.configured.variables.has(name.toLowerCase())
  if (isOfHub(name) && isSetByHub(path, context)) return 'the hub sets it'
  return listRefusal(
    patternsOf(context, ({ environment }) => environment),
    name,
    {
      names: context.names,
      isKept: (text) => isHubs || (isUser && isOfHub(text)),
      kept: isHubs
        ? `the hub sets it; to let users change it, list its name in user.environment, such as ['*', '${name}']`
        : 'JUPYTERHUB_*, JPY_* and unusual names have to be listed',
    },
  )
}
