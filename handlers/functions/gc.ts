import { edgeScheduled } from '../edge-gc.ts'

export default { scheduled: edgeScheduled }
