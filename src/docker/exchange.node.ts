import type { Dispatcher } from 'undici'
import { FREE_BYTES, type TakeTurn } from './body.ts'
import { createPieces, createScale } from './pieces.ts'
import type { EngineRequest, EngineResponse } from './transport.ts'

/** 256 KiB of a stream are held unread. Then we pause it, and the Engine has to wait. */
const HIGH_WATER_BYTES = 256 * 1024

/**
 * One HTTP exchange with undici's lowest interface, `dispatch`. It takes a third of the CPU time of undici's
 * `request`, which makes a Readable of every body (bench/call-time.ts). Throws undici's errors, or the reason
 * of the signal.
 */
export const exchange = (
  dispatcher: Dispatcher,
  { method, path, headers, body, signal }: EngineRequest,
): Promise<EngineResponse> =>
  new Promise((resolve, reject) => {
    let request: Dispatcher.DispatchController | undefined
    let incoming: IncomingBody | undefined
    const abort = () => {
      reject(signal.reason)
      request?.abort(signal.reason)
    }
    const end = (error?: Error) => {
      signal.removeEventListener('abort', abort)
      incoming?.end(error)
    }
    signal.addEventListener('abort', abort, { once: true })
    dispatcher.dispatch(
      { method, path, headers: headers ?? {}, body: body ?? null },
      {
        onRequestStart: (controller) => {
          request = controller
          if (signal.aborted) controller.abort(signal.reason)
        },
        onResponseStart: (controller, status, answered) => {
          // 103 Early Hints come before the real answer.
          if (status < 200) return
          const arriving = new IncomingBody(controller)
          incoming = arriving
          resolve({
            status,
            header: (name) => answered[name]?.toString(),
            body: arriving.chunks(),
            text: (maxBytes, takeTurn) => arriving.text(maxBytes, takeTurn),
          })
        },
        onResponseData: (_, chunk) => incoming?.push(chunk),
        onResponseEnd: () => end(),
        onResponseError: (_, error) => {
          reject(error)
          end(error)
        },
      },
    )
  })

class IncomingBody {
  readonly #source: Dispatcher.DispatchController
  readonly #unread = createPieces()
  readonly #weightOf = createScale()
  #unreadBytes = 0
  #highWaterBytes = HIGH_WATER_BYTES
  #isWhole = false
  #error: Error | undefined
  #wake = () => {}

  constructor(source: Dispatcher.DispatchController) {
    this.#source = source
  }

  push(chunk: Uint8Array): void {
    this.#unread.push(chunk)
    this.#unreadBytes += this.#weightOf(chunk)
    if (this.#unreadBytes > this.#highWaterBytes) this.#source.pause()
    this.#wake()
  }

  end(error: Error | undefined): void {
    this.#isWhole = true
    this.#error = error
    this.#wake()
  }

  async text(maxBytes: number, takeTurn?: TakeTurn): Promise<string | undefined> {
    await this.#fill(takeTurn ? Math.min(FREE_BYTES, maxBytes) : maxBytes)
    if (takeTurn && this.#unreadBytes > FREE_BYTES && this.#unreadBytes <= maxBytes) {
      await takeTurn()
      await this.#fill(maxBytes)
    }
    if (this.#unreadBytes > maxBytes) return this.#hangUp()
    return Buffer.concat(this.#unread.take()).toString('utf8')
  }

  /** Waits until more than `bytes` have come, or the whole body. */
  async #fill(bytes: number): Promise<void> {
    this.#highWaterBytes = bytes
    while (await this.#grows()) if (this.#unreadBytes > bytes) break
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      do {
        const arrived = this.#unread.take()
        this.#unreadBytes = 0
        yield* arrived
      } while (this.#unreadBytes > 0 || (await this.#grows()))
    } finally {
      this.#hangUp()
    }
  }

  /** Waits for the next piece. Returns false at the end of the body. */
  async #grows(): Promise<boolean> {
    if (this.#error) throw this.#error
    if (this.#isWhole) return false
    const more = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#source.resume()
    await more
    return true
  }

  #hangUp(): undefined {
    if (!this.#isWhole) this.#source.abort(new Error('no more of it is wanted'))
  }
}
