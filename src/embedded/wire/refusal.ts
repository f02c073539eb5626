import badFilter from '../../../fixtures/28.5/service-list.bad-filter.400.json' with {
  type: 'json',
}
import { type Recorded, recordedAnswer } from './recorded-answer.ts'

type RecordedRefusal = Recorded & {
  response: { json?: { message: string }; text?: string }
}

/** Thrown where the Engine would refuse a request; `response` is what it answers. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal'
  readonly response: Response

  constructor(message: string, response: Response) {
    super(message)
    this.response = response
  }
}

/** Makes the refusal that was recorded, with each recorded name replaced by that of this request. */
export const refusal = (
  recorded: RecordedRefusal,
  names: Readonly<Record<string, string>> = {},
): EngineRefusal => {
  const { json, text = '' } = recorded.response
  const message = replaceNames(json?.message ?? text, names)
  return new EngineRefusal(message, recordedAnswer(recorded, json ? { message } : message))
}

/** Makes a refusal that research has seen but no fixture holds. */
export const unrecordedRefusal = (status: number, message: string): EngineRefusal =>
  new EngineRefusal(
    message,
    recordedAnswer({ ...badFilter, response: { ...badFilter.response, status } }, { message }),
  )

/** Replaces recorded names in a recorded text, all at once, so that one's new value is never another's old one. */
const replaceNames = (text: string, names: Readonly<Record<string, string>>): string => {
  const olds = Object.keys(names).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return olds.length === 0
    ? text
    : text.replace(new RegExp(olds.join('|'), 'g'), (old) => names[old] ?? old)
}
