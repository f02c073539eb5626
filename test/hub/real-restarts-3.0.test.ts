import { describe } from 'vitest'
import { hubEngine } from './hub-engine.ts'
import { restartsSuite } from './restarts-suite.ts'

const engine = hubEngine('3.0')

describe('JupyterHub 3.0', () => restartsSuite(engine, '3.0'))
