import { toJsonSchema } from '@valibot/to-json-schema'
import { PolicyFile, Rules } from '../../src/spawner/policy/rules.ts'
import { prettyJson } from './pretty-json.ts'

/** The JSON schema that editors use for a policy file, as text. */
export const policySchema = (): string => {
  const schema = toJsonSchema(PolicyFile, { typeMode: 'input', definitions: { Rules } })
  return prettyJson({ title: 'A policy of SwarmSpawner', ...schema })
}
