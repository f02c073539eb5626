import { readyRoute } from '../ready.ts'
import { singleFunction } from '../single-function.ts'

export default singleFunction(readyRoute)
