import { singleFunction } from '../edge/single-function.ts'
import { serverRoute } from '../server.ts'

export default singleFunction(serverRoute)
