/** Imports only what every service of ours needs, and prints a line when it is loaded. */
import { Hono } from 'hono'
import { Pool } from 'undici'

console.log(`${Hono.name} and ${Pool.name} are there`)
