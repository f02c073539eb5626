import { singleFunction } from '../edge/single-function.ts'
import { statusRoute } from '../status.ts'

export default singleFunction(statusRoute)
