import { forgetRoute } from '../forget.ts'
import { singleFunction } from '../single-function.ts'

export default singleFunction(forgetRoute)
