// The only module of Node.js in this layer; workerd has it as well. WebCrypto has no MD5 and is asynchronous.
import { hash } from 'node:crypto'

/** The MD5 of a text in hex. It serves as a name, not as protection. */
export const md5Hex = (text: string): string => hash('md5', text)

/** The SHA-256 of a text in hex. */
export const sha256Hex = (text: string): string => hash('sha256', text)

/** The SHA-256 of a text in base64, as a Content-Security-Policy names a style. */
export const sha256Base64 = (text: string): string => hash('sha256', text, 'base64')
