import { edgeScheduled } from '../edge/edge-gc.ts'

export default { scheduled: edgeScheduled }
