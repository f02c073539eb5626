import { describe } from 'vitest'
import { hubEngine } from './hub-engine.ts'
import { restartsSuite } from './restarts-suite.ts'

const engine = hubEngine('6.1')

describe('JupyterHub 6.1', () => restartsSuite(engine, '6.1'))
