import { singleFunction } from '../edge/single-function.ts'
import { healthRoute } from '../health.ts'

export default singleFunction(healthRoute)
