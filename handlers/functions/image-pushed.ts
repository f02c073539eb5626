import { singleFunction } from '../edge/single-function.ts'
import { imagePushedRoute } from '../image-pushed.ts'

export default singleFunction(imagePushedRoute)
