/** What any service of ours could not do without, imported and nothing else; says when it is there. */
import { Hono } from 'hono'
import { Pool } from 'undici'

console.log(`${Hono.name} and ${Pool.name} are there`)
