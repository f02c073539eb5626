import { browserSuite } from './browser-suite.ts'
import { classic } from './notebooks.ts'

browserSuite({ release: '3.0', notebook: classic })
