import { singleFunction } from '../single-function.ts'
import { startRoute } from '../start.ts'

export default singleFunction(startRoute)
