import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { labCache } from './engine-lab.ts'
import { fetchPrometheus } from './start-prometheus.ts'

const script = `
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
install -d -o 65534 -g 65534 "$work/prometheus"
libraries=$(ldd "$1/prometheus" | grep -o '/[^ ]*')
tar --create --dereference --numeric-owner --transform='s,^.*usr/bin/,bin/,' \\
  -C "$work" prometheus -C / "\${1#/}/prometheus" "\${1#/}/promtool" $(echo "$libraries" | sed 's,^/,,') |
  docker import --change 'ENV PATH=/bin' --change 'ENTRYPOINT ["/bin/prometheus"]' - "$2"`

const IMAGE = 'lab/prometheus'

/** Imports Debian's Prometheus as an image, which has a directory for its data where the public image has it. Returns its name. */
export const importPrometheus = async (
  dockerEnv: Readonly<Record<string, string>>,
): Promise<string> => {
  await fetchPrometheus()
  const programs = join(labCache, 'prometheus/usr/bin')
  await promisify(execFile)('sh', ['-ec', script, 'sh', programs, IMAGE], {
    env: { ...process.env, ...dockerEnv },
  })
  return IMAGE
}
