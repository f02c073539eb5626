import { singleFunction } from '../edge/single-function.ts'
import { explainRoute } from '../explain.ts'

export default singleFunction(explainRoute)
