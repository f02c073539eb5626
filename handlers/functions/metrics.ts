import { singleFunction } from '../edge/single-function.ts'
import { metricsRoute } from '../metrics.ts'

export default singleFunction(metricsRoute)
