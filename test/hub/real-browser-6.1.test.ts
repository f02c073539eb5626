import { browserSuite } from './browser-suite.ts'
import { lab } from './notebooks.ts'

browserSuite({ release: '6.1', notebook: lab })
