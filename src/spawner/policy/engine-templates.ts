/** What may follow `{{`: placeholders of Swarm, whose values only Swarm and its operators choose. */
const NAMES_OF_SWARM =
  /^\s*\.(?:Service\.(?:ID|Name)|Node\.(?:ID|Hostname)|Task\.(?:ID|Name|Slot))\s*\}\}/

/** More placeholders, for texts that only the program reads: a hub chooses the labels of its services. */
const FOR_PROGRAMS =
  /^\s*\.(?:Service\.Labels(?:\.\w+)?|Node\.Platform\.(?:OS|Architecture))\s*\}\}/

/** Says whether a text is a template to Swarm, which it expands in environment, host name and all texts of a mount. */
export const isTemplate = (text: string): boolean => text.includes('{{')

/**
 * Why Swarm would make another text of a template than the policy has judged; undefined where it has nothing but
 * documented placeholders. Functions and literals (`{{"bind"}}`, `{{printf "/etc"}}`) write any text.
 */
export const templateRefusal = (
  text: string,
  { isForProgram = false }: { isForProgram?: boolean } = {},
): string | undefined => {
  const isKnown = (action: string): boolean =>
    NAMES_OF_SWARM.test(action) || (isForProgram && FOR_PROGRAMS.test(action))
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', at + 2))
    if (!isKnown(text.slice(at + 2))) return REFUSAL
  return undefined
}

const REFUSAL =
  'of templates only placeholders such as {{.Service.Name}}, {{.Node.Hostname}} and {{.Task.Slot}}'
