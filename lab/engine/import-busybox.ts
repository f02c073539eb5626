import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { askEngine } from './call-engine.ts'
import type { RealEngine } from './engine-lab.ts'
import { type TarEntry, tarArchive } from './tar-archive.ts'

/**
 * Imports an image of 2 MB, made from Debian's static busybox, as `tag`. By default it runs a web server on
 * port 8888 whose page says "busybox", where a notebook server would listen.
 */
export async function importBusybox(
  engine: RealEngine,
  tag: string,
  command: readonly string[] = ['httpd', '-f', '-p', '8888', '-h', '/www'],
): Promise<void> {
  const colon = tag.lastIndexOf(':')
  const query = new URLSearchParams({
    fromSrc: '-',
    repo: tag.slice(0, colon),
    tag: tag.slice(colon + 1),
  })
  query.append('changes', `CMD ${JSON.stringify(command)}`)
  query.append('changes', 'EXPOSE 8888/tcp')
  query.append('changes', 'ENV PATH=/bin')
  await askEngine(engine.socketPath, {
    method: 'POST',
    path: `/images/create?${query}`,
    body: tarArchive(rootfs()),
  })
}

function rootfs(): TarEntry[] {
  const busybox = '/bin/busybox'
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')
  return [
    ...['bin/', 'dev/', 'etc/', 'home/', 'proc/', 'root/', 'sys/', 'www/'].map((name) => ({
      name,
    })),
    { name: 'tmp/', mode: 0o1777 },
    { name: 'bin/busybox', content: readFileSync(busybox) },
    ...applets
      .filter((applet) => applet !== 'busybox')
      .map((applet) => ({ name: `bin/${applet}`, linkTo: 'busybox' })),
    file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\njovyan:x:1000:100::/home:/bin/sh\n'),
    file('etc/group', 'root:x:0:\nusers:x:100:\n'),
    file('www/index.html', 'busybox\n'),
  ]
}

function file(name: string, text: string): TarEntry {
  return { name, mode: 0o644, content: Buffer.from(text) }
}
