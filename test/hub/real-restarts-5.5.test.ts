import { describe } from 'vitest'
import { hubEngine } from './hub-engine.ts'
import { restartsSuite } from './restarts-suite.ts'
import { wayBackSuite } from './way-back-suite.ts'

const engine = hubEngine('5.5')

describe('JupyterHub 5.5', () => restartsSuite(engine, '5.5'))

describe('moving in with JupyterHub 5.5', () => wayBackSuite(engine, '5.5'))
