import { cpSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * An image that many Engines start with: its files are unpacked once, in the lab's cache, and no Engine writes
 * there. The name has a tag.
 */
export type KeptImage = { directory: string; name: string }

/** Where Engines up to 28 keep what they know of images, and the images' files. */
export const KNOWN = 'image/overlay2'
export const LAYERS = 'overlay2'

/** Gives a new Engine images, before its dockerd first starts: what is known of them, and links to their files. */
export const layImages = (dataRoot: string, images: readonly KeptImage[]): void => {
  if (images.length === 0) return
  const repositories: Record<string, Record<string, string>> = {}
  for (const { directory, name } of images) {
    cpSync(join(directory, KNOWN), join(dataRoot, KNOWN), { recursive: true })
    layLayers(join(directory, LAYERS), join(dataRoot, LAYERS))
    const [id] = readdirSync(join(directory, KNOWN, 'imagedb/content/sha256'))
    const repository = name.slice(0, name.lastIndexOf(':'))
    repositories[repository] = { ...repositories[repository], [name]: `sha256:${id}` }
  }
  const text = JSON.stringify({ Repositories: repositories })
  writeFileSync(join(dataRoot, KNOWN, 'repositories.json'), text)
}

/** An Engine that removes an image removes its link, and no file behind it. */
const layLayers = (kept: string, laid: string): void => {
  const short = join(laid, 'l')
  mkdirSync(short, { recursive: true })
  for (const link of readdirSync(join(kept, 'l')))
    symlinkSync(readlinkSync(join(kept, 'l', link)), join(short, link))
  for (const layer of readdirSync(kept).filter((name) => name !== 'l')) {
    mkdirSync(join(laid, layer))
    for (const part of readdirSync(join(kept, layer))) {
      const [from, to] = [join(kept, layer, part), join(laid, layer, part)]
      if (part === 'diff') symlinkSync(from, to)
      else cpSync(from, to, { recursive: true })
    }
  }
}
