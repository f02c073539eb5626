// The one module of Node.js that this layer uses; workerd has it too. WebCrypto knows no MD5, and is asynchronous.
import { hash } from 'node:crypto'

/** The MD5 of a text in hex: a name for it, no protection. */
export const md5Hex = (text: string): string => hash('md5', text)

/** The SHA-256 of a text in hex. */
export const sha256Hex = (text: string): string => hash('sha256', text)
