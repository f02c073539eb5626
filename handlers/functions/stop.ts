import { singleFunction } from '../single-function.ts'
import { stopRoute } from '../stop.ts'

export default singleFunction(stopRoute)
