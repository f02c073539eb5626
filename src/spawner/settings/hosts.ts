import { invalid } from './entries.ts'
import { readEach } from './read-each.ts'

const EXAMPLE =
  "must be '10.0.0.1 lms' as in hosts(5), or 'lms:10.0.0.1', or a dict {'lms': '10.0.0.1'}"

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*(?:%\w+)?|host-gateway)$/i

/**
 * Reads lines of `/etc/hosts`: docker-py's dict of names and addresses, the docker CLI's `name:address`, or the Engine's lines as
 * in hosts(5). The Engine takes any text, and what is no such line does nothing in the container.
 */
export const readHosts = (input: unknown, at: string): unknown => {
  if (typeof input === 'string') return [readLine(input, at)]
  if (Array.isArray(input))
    return readEach(input, (item: unknown, index) => readLine(item, `${at}.${index}`))
  if (typeof input !== 'object' || input === null) throw invalid(at, EXAMPLE)
  return readEach(Object.entries(input), ([host, address]) =>
    toLine(host, address, `${at}.${host}`),
  )
}

const readLine = (input: unknown, at: string): string => {
  if (typeof input !== 'string') throw invalid(at, EXAMPLE)
  const text = input.trim()
  const [first = '', ...names] = text.split(/\s+/)
  if (names.length > 0 && ADDRESS.test(first)) return text
  // The docker CLI's `name:address` and `name=address`, also with an address in brackets.
  const [, host, address] = /^([^\s:=]+)[:=]\[?([^\s[\]]+)\]?$/.exec(text) ?? []
  return toLine(host ?? '', address, at)
}

const toLine = (host: string, address: unknown, at: string): string => {
  if (!/^[^\s:=]+$/.test(host) || typeof address !== 'string' || !ADDRESS.test(address))
    throw invalid(at, EXAMPLE)
  return `${address} ${host}`
}
