import { healthRoute } from '../health.ts'
import { singleFunction } from '../single-function.ts'

export default singleFunction(healthRoute)
