import badFilter from '../../../fixtures/28.5/service-list.bad-filter.400.json' with {
  type: 'json',
}
import { type Recorded, recordedAnswer } from './recorded-answer.ts'

type RecordedRefusal = Recorded & {
  response: { json?: { message: string }; text?: string }
}

/** Thrown when the Engine would refuse a request. `response` is the Engine's answer. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal'
  readonly response: Response

  constructor(message: string, response: Response) {
    super(message)
    this.response = response
  }
}

/** Makes a recorded refusal, with each recorded name replaced by the name in this request. */
export const refusal = (
  recorded: RecordedRefusal,
  names: Readonly<Record<string, string>> = {},
): EngineRefusal => {
  const { json, text = '' } = recorded.response
  const message = replaceNames(json?.message ?? text, names)
  return new EngineRefusal(message, recordedAnswer(recorded, json ? { message } : message))
}

/** Makes a refusal that we have seen on an Engine but not recorded. */
export const unrecordedRefusal = (status: number, message: string): EngineRefusal =>
  new EngineRefusal(
    message,
    recordedAnswer({ ...badFilter, response: { ...badFilter.response, status } }, { message }),
  )

/**
 * Replaces recorded names in a text. All are replaced in one pass, so that a new name is never replaced again.
 */
const replaceNames = (text: string, names: Readonly<Record<string, string>>): string => {
  const olds = Object.keys(names).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return olds.length === 0
    ? text
    : text.replace(new RegExp(olds.join('|'), 'g'), (old) => names[old] ?? old)
}
