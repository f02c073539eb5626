import { describe } from 'vitest'
import { hubEngine } from './hub-engine.ts'
import { restartsSuite } from './restarts-suite.ts'

const engine = hubEngine('5.2')

describe('JupyterHub 5.2', () => restartsSuite(engine, '5.2'))
