import { singleFunction } from '../edge/single-function.ts'
import { pollRoute } from '../poll.ts'

export default singleFunction(pollRoute)
