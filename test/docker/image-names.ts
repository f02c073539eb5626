export const HEX = '0123456789abcdef'.repeat(4)

type Name = [
  text: string,
  registry: string,
  path: string,
  tag?: string | undefined,
  digest?: string,
]

/** Names that every Engine takes, and their parts. */
export const NAMES: readonly Name[] = [
  ['busybox', 'docker.io', 'library/busybox'],
  ['busybox:1', 'docker.io', 'library/busybox', '1'],
  ['lab/open:1.2-3_x', 'docker.io', 'lab/open', '1.2-3_x'],
  ['docker.io/busybox', 'docker.io', 'library/busybox'],
  ['index.docker.io/busybox', 'docker.io', 'library/busybox'],
  ['registry-1.docker.io/library/busybox', 'registry-1.docker.io', 'library/busybox'],
  ['quay.io/lab/open', 'quay.io', 'lab/open'],
  ['quay.io/a/b/c/d:latest', 'quay.io', 'a/b/c/d', 'latest'],
  ['Quay.io/lab/open', 'Quay.io', 'lab/open'],
  ['registry:5000/lab:1', 'registry:5000', 'lab', '1'],
  ['localhost/lab', 'localhost', 'lab'],
  ['lab:5000', 'docker.io', 'library/lab', '5000'],
  ['a__b/c-d/e---f', 'docker.io', 'a__b/c-d/e---f'],
  [`busybox@sha256:${HEX}`, 'docker.io', 'library/busybox', undefined, `sha256:${HEX}`],
  [`quay.io/lab/open:1@sha256:${HEX}`, 'quay.io', 'lab/open', '1', `sha256:${HEX}`],
  [`busybox@sha512:${HEX}${HEX}`, 'docker.io', 'library/busybox', undefined, `sha512:${HEX}${HEX}`],
  [`sha256:${HEX}`, 'docker.io', 'library/sha256', HEX],
  [`busybox:${'a'.repeat(128)}`, 'docker.io', 'library/busybox', 'a'.repeat(128)],
]

/** A registry without a dot, which Engines before 23 do not know. */
export const NEW_NAMES: readonly Name[] = [['LAB/open', 'LAB', 'open']]

/** Names that Engines take, although the first part is no host: nothing could be pulled by it. */
export const ODD_NAMES: readonly string[] = ['quay_1.io/a']

/** Texts that no Engine takes for a name. */
export const NO_NAMES: readonly string[] = [
  ...['Busybox', 'quay.io/Lab/open', 'busybox:', 'busybox@', '@', ':', '/', ' busybox', 'busybox '],
  ...['busybox\n', 'quay.io//lab', 'quay.io/lab/', '/busybox', 'https://quay.io/lab', 'a/../b'],
  ...['user:password@quay.io/lab', 'a___b', 'a..b', 'a._b', '-a', 'a-', '_a', 'a/_b', 'quay.io./a'],
  ...['quay.io:x/a', 'quay..io/a', '-quay.io/a', '[::1/a', 'qu\u0430y.io/a', 'a:b:c'],
  ...['a:.b', 'a:-b', 'quay.io/lab/*', 'a\0b', 'busybox@sha256', 'busybox@sha256:', 'a@b@c'],
  `busybox@sha256:${HEX.slice(1)}`,
  `busybox@sha256:${HEX}0`,
  `busybox@sha256:${HEX.toUpperCase()}`,
  `busybox@md5:${HEX.slice(0, 32)}`,
  `busybox@sha256:${HEX}@sha256:${HEX}`,
  `busybox:${'a'.repeat(129)}`,
  `quay.io/${'a'.repeat(256)}`,
  'a'.repeat(2000),
  HEX,
]
