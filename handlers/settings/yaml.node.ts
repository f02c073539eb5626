import { parse } from 'yaml'

/** Parses YAML; throws what knows the line. Its parser is large: import this file only where there is YAML to read. */
export const parseYaml = (text: string): unknown => parse(text)
