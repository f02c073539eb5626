import { expect } from 'vitest'

/** Whose turn it is: the user waits, does something else, tries again, or tells the administrator. */
const TURN = /Please (?:wait|choose|try again|start it again|tell)|tell your administrator/

/** Words that only an admin knows. */
const ADMINS_WORDS =
  /\b(?:docker|engine|swarm|nodes?|tasks?|replicas?|registr(?:y|ies)|constraints?|settings?|options?|config\w*|mounts?|volumes?|containers?|policy|spawn\w*)\b/i

/** Names of images, files, hosts, services, settings, and ids: what has such a character inside, or many digits. */
const IDENTIFIER = /[/_@<>{}[\]`]|\w[:.=]\w|\w-\d|\b(?=\w*\d)\w{6,}\b/

/** Expects a sentence that a student can read: plain words, no identifiers, and whose turn it is. */
export const expectSentence = (text: string | undefined): void => {
  expect(text).toMatch(/^[A-Z].*\.$/)
  expect(text?.length, text).toBeLessThanOrEqual(200)
  expect(text).toMatch(TURN)
  expect(text).not.toMatch(ADMINS_WORDS)
  expect(text).not.toMatch(IDENTIFIER)
}
