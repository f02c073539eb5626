import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KNOWN, LAYERS, layImages } from '../../../lab/engine/lay-images.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lay-images-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** What an Engine makes of an image of one layer, as far as it matters here. */
const keep = (id: string): string => {
  const kept = join(directory, id)
  const [content, layer] = [join(kept, KNOWN, 'imagedb/content/sha256'), join(kept, LAYERS, id)]
  for (const one of [content, join(layer, 'diff'), join(kept, LAYERS, 'l')])
    mkdirSync(one, { recursive: true })
  writeFileSync(join(content, id), '{}')
  writeFileSync(join(kept, KNOWN, 'repositories.json'), '{"Repositories":{}}')
  writeFileSync(join(layer, 'link'), `SHORT-${id}`)
  writeFileSync(join(layer, 'diff/file'), id)
  symlinkSync(`../${id}/diff`, join(kept, LAYERS, 'l', `SHORT-${id}`))
  return kept
}

test('an Engine is given images by their names, also several of one repository', () => {
  const data = join(directory, 'data')
  layImages(data, [
    { directory: keep('aaa'), name: 'lab/jupyter:1' },
    { directory: keep('bbb'), name: 'lab/jupyter:2' },
    { directory: keep('ccc'), name: 'registry.example:5000/hub:5' },
  ])
  expect(JSON.parse(readFileSync(join(data, KNOWN, 'repositories.json'), 'utf8'))).toEqual({
    Repositories: {
      'lab/jupyter': { 'lab/jupyter:1': 'sha256:aaa', 'lab/jupyter:2': 'sha256:bbb' },
      'registry.example:5000/hub': { 'registry.example:5000/hub:5': 'sha256:ccc' },
    },
  })
  for (const id of ['aaa', 'bbb', 'ccc'])
    expect(readFileSync(join(data, LAYERS, `l/SHORT-${id}/file`), 'utf8')).toBe(id)
})

test('an Engine that removes an image, as recursively as it does, removes no kept file', () => {
  const data = join(directory, 'data')
  const kept = keep('aaa')
  layImages(data, [{ directory: kept, name: 'lab/jupyter:1' }])
  rmSync(join(data, LAYERS, 'aaa'), { recursive: true })
  expect(readdirSync(join(kept, LAYERS, 'aaa')).sort()).toEqual(['diff', 'link'])
  expect(existsSync(join(kept, LAYERS, 'aaa/diff/file'))).toBe(true)
})

test('an Engine without images stays empty', () => {
  const data = join(directory, 'data')
  layImages(data, [])
  expect(existsSync(data)).toBe(false)
})
