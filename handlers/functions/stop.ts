import { singleFunction } from '../edge/single-function.ts'
import { stopRoute } from '../stop.ts'

export default singleFunction(stopRoute)
