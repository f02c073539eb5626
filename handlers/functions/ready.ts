import { singleFunction } from '../edge/single-function.ts'
import { readyRoute } from '../ready.ts'

export default singleFunction(readyRoute)
