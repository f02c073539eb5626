/** What may follow `{{`: Swarm's placeholders whose values only Swarm and its operators choose. */
const NAMES_OF_SWARM =
  /^\s*\.(?:Service\.(?:ID|Name)|Node\.(?:ID|Hostname)|Task\.(?:ID|Name|Slot))\s*\}\}/

/**
 * More placeholders, for texts that only the program in the container reads. A hub chooses the labels of its
 * services, so these are not allowed in other texts.
 */
const FOR_PROGRAMS =
  /^\s*\.(?:Service\.Labels(?:\.\w+)?|Node\.Platform\.(?:OS|Architecture))\s*\}\}/

/**
 * Returns whether Swarm would treat a text as a template. Swarm expands templates in the environment, the host
 * name and all texts of a mount.
 */
export const isTemplate = (text: string): boolean => text.includes('{{')

/**
 * Why a template is not allowed: Swarm could expand it to a text that the policy has not judged. Undefined when
 * it has only documented placeholders. Functions and literals (`{{"bind"}}`, `{{printf "/etc"}}`) can produce
 * any text.
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
  'it allows no templates except placeholders such as {{.Service.Name}}, {{.Node.Hostname}} and {{.Task.Slot}}'
