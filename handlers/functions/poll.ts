import { pollRoute } from '../poll.ts'
import { singleFunction } from '../single-function.ts'

export default singleFunction(pollRoute)
