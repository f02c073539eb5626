import { headOfStranger, openStranger, type Stranger } from './stranger.ts'

// A program of its own: keeps argv[3] connections open to the service at argv[2], without a secret, and opens a
// new one for each that is closed. When asked, it tells its parent how many it has opened. It ends with its
// parent.

/** 5 s: a caller whose connection was closed comes back. */
const AGAIN_MS = 5000
/** All connections together send more than the service holds. */
const half = 'x'.repeat(128 * 1024)
const whole = 'x'.repeat(100_000)
const WAYS = [
  '',
  'POST /poll HTTP/1.1\r\nhost: x\r\nwebhook-id: ',
  `${headOfStranger('/start', `content-length: ${2 * half.length}`)}${half}`,
  `${headOfStranger('/start', 'transfer-encoding: chunked')}${half.length.toString(16)}\r\n${half}\r\n`,
  `${headOfStranger('/poll', `content-length: ${whole.length}`)}${whole}`,
]
/** A hub at the first address shares it with strangers, as behind a proxy. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']

const [, , url = '', count = '0'] = process.argv
const answers: Record<string, number> = {}
let [opened, open] = [0, 0]

const statusOf = ({ answer }: Stranger): string => answer().slice(9, 12) || 'none'

const come = (index: number): void => {
  const way = WAYS[index % WAYS.length]
  const stranger = openStranger(url, way, ADDRESSES[index % ADDRESSES.length])
  opened++
  open++
  stranger.socket.once('close', () => {
    open--
    const status = statusOf(stranger)
    answers[status] = (answers[status] ?? 0) + 1
    setTimeout(() => come(index), AGAIN_MS)
  })
}

for (let index = 0; index < Number(count); index++) come(index)
process.on('message', () => process.send?.({ opened, open, answers }))
process.on('disconnect', () => process.exit())
