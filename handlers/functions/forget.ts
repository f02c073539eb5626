import { singleFunction } from '../edge/single-function.ts'
import { forgetRoute } from '../forget.ts'

export default singleFunction(forgetRoute)
