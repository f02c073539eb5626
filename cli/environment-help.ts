import { Help } from 'commander'
import type { Variable, VariableGroup } from '../handlers/settings/variables.ts'

/** The environment variables for `--help`: one after the other, wrapped, under the title of their group. */
export const environmentHelp = (groups: readonly VariableGroup[], helpWidth = 80): string => {
  const help = new Help()
  help.prepareContext({ helpWidth })
  const width = Math.max(...groups.flatMap(({ variables }) => variables.map(termWidth)))
  const describe = (variable: Variable) =>
    help.formatItem(variable.name, width, plain(sentenceOf(variable)), help)
  return groups
    .map(({ title, variables }) => [`${title}:`, ...variables.map(describe)].join('\n'))
    .join('\n\n')
}

const termWidth = ({ name }: Variable): number => name.length

const sentenceOf = ({ meaning, otherwise, see }: Variable): string =>
  `${meaning}${see ? ` See ${see}.` : ''} (default: ${otherwise})`

const plain = (markdown: string): string => markdown.replaceAll('`', '').replaceAll('…', '...')
