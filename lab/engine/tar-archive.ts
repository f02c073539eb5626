/** A member of an archive: a directory, a symbolic link or a file. */
export interface TarEntry {
  name: string
  mode?: number
  linkTo?: string
  content?: Buffer
}

const block = 512

/** Writes a POSIX ustar archive in memory. Root owns everything; a name that ends in / is a directory. */
export function tarArchive(entries: readonly TarEntry[]): Buffer {
  const end = Buffer.alloc(2 * block)
  return Buffer.concat([...entries.flatMap((entry) => [header(entry), padded(entry.content)]), end])
}

function header({ name, mode = 0o755, linkTo = '', content }: TarEntry): Buffer {
  const type = linkTo !== '' ? '2' : name.endsWith('/') ? '5' : '0'
  const bytes = Buffer.alloc(block)
  bytes.write(name, 0, 100)
  bytes.write(octal(mode, 7), 100)
  bytes.write(octal(0, 7), 108)
  bytes.write(octal(0, 7), 116)
  bytes.write(octal(content?.length ?? 0, 11), 124)
  bytes.write(octal(0, 11), 136)
  // For the checksum, its own field counts as blanks.
  bytes.write('        ', 148)
  bytes.write(type, 156)
  bytes.write(linkTo, 157, 100)
  bytes.write('ustar\x0000', 257)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${octal(sum, 6)}\x00 `, 148)
  return bytes
}

function octal(value: number, width: number): string {
  return value.toString(8).padStart(width, '0')
}

function padded(content: Buffer = Buffer.alloc(0)): Buffer {
  const rest = content.length % block
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(block - rest)])
}
