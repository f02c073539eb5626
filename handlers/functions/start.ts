import { singleFunction } from '../edge/single-function.ts'
import { startRoute } from '../start.ts'

export default singleFunction(startRoute)
