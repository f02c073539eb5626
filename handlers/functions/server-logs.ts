import { singleFunction } from '../edge/single-function.ts'
import { serverLogsRoute } from '../server-logs.ts'

export default singleFunction(serverLogsRoute)
