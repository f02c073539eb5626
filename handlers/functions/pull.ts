import { singleFunction } from '../edge/single-function.ts'
import { pullRoute } from '../pull.ts'

export default singleFunction(pullRoute)
