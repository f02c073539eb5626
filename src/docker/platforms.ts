/** A platform that a service may run on, or the one of a node. */
export type Platform = { Architecture?: string | undefined; OS?: string | undefined }

/** Nodes tell the names of their kernels, images those of Go. */
const SAME: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' }

const goName = (architecture: string): string => SAME[architecture] ?? architecture

/** Returns whether a node's platform is one of those, as Swarm's `PlatformFilter` compares them. Every node is of an empty list. */
export const isOfPlatform = (node: Platform, platforms: readonly Platform[]): boolean =>
  platforms.length === 0 ||
  platforms.some(
    ({ Architecture, OS }) =>
      (!Architecture || goName(Architecture) === goName(node.Architecture ?? '')) &&
      (!OS || OS === node.OS),
  )

/** `linux/amd64` */
export const platformInWords = ({ Architecture, OS }: Platform): string =>
  [OS, Architecture].map((part) => part || 'any').join('/')
