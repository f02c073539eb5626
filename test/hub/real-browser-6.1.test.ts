import { browserSuite } from './browser-suite.ts'
import { lab } from './notebooks.ts'

browserSuite({ version: '6.1', release: '6.1', engine: '28.5', notebook: lab })
