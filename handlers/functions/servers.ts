import { singleFunction } from '../edge/single-function.ts'
import { serversRoute } from '../servers.ts'

export default singleFunction(serversRoute)
