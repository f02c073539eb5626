import { browserSuite } from './browser-suite.ts'
import { classic } from './notebooks.ts'

browserSuite({ version: '3.0', release: '3.0', engine: '20.10', notebook: classic })
