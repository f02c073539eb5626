import type { Task } from '../../docker/tasks.ts'

/**
 * What Engines say if they cannot copy the image's files into a new volume. An NFS server takes the root of the nodes for
 * nobody, and nobody may write into a user's folder. Seen on Engine 20.10; other storage refuses in other words.
 */
export const COPY_REFUSED =
  /^(?:open|readdirent|lstat|mkdir|failed to \w+) (?=.*\/_data\b).*: (?:permission denied|operation not permitted|operation not supported|read-only file system)$/

/** What Engines say if the user of a container may not enter the directory in which its program starts. */
export const NO_ENTRY = /^starting container failed: (?=.*\bchdir to cwd ).*: permission denied/

/** What the progress says of a node that mounts volumes with a device, such as one of NFS, which may take minutes. */
export const VOLUME_WORDS = {
  alone: 'Waiting for the volumes: their storage has not answered yet',
  orCheck: 'Waiting for the volumes, or for the health check of the image if it has one',
} as const

/** Returns whether a task mounts a volume with a device of its own, which another machine may have. */
export const mountsDevice = ({ Spec }: Task): boolean =>
  Spec.ContainerSpec?.Mounts?.some(
    ({ VolumeOptions }) => VolumeOptions?.DriverConfig?.Options?.['device'],
  ) ?? false
