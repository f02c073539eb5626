import { parse } from 'yaml'

/**
 * Parses YAML. Its error knows the line. The parser is large, so import this file only when there is YAML to
 * read.
 */
export const parseYaml = (text: string): unknown => parse(text)
