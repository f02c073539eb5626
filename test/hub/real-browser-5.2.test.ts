import { browserSuite } from './browser-suite.ts'
import { lab } from './notebooks.ts'

browserSuite({ release: '5.2', notebook: lab })
