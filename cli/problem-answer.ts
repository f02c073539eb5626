import * as v from 'valibot'

/** An answer of the service that is a problem. The message is for people to read. */
export class ProblemAnswer extends Error {
  override readonly name = 'ProblemAnswer'

  constructor(body: unknown) {
    const problem = v.safeParse(v.object({ code: v.string(), detail: v.string() }), body)
    super(
      problem.success
        ? `${problem.output.code}: ${problem.output.detail}`
        : 'the service answered something that is no answer',
    )
  }
}
