import { browserSuite } from './browser-suite.ts'
import { lab } from './notebooks.ts'

browserSuite({ version: '5.2', release: '5.2', engine: '28.5', notebook: lab })
