import { explainRoute } from '../explain.ts'
import { singleFunction } from '../single-function.ts'

export default singleFunction(explainRoute)
