import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { templateRefusal } from '../../../src/spawner/policy/engine-templates.ts'

describe('what Swarm would make of a text', () => {
  test.each([
    ['no template at all', 'a { b } }} c'],
    ['the name of the service', 'v-{{.Service.Name}}'],
    ['several placeholders, with spaces', '{{ .Node.Hostname }}-{{\t.Task.Slot }}'],
  ])('the text that Swarm makes of a template is as the policy judged it: %s', (_, text) => {
    expect(templateRefusal(text)).toBeUndefined()
  })

  test.each([
    '{{"bind"}}',
    '{{printf "/etc"}}',
    '{{`/`}}',
    '{{- .Service.Name -}}',
    '{{.Service.Name | printf "%s"}}',
    '{{.Service.Labels.x}}',
    '{{.Service}}',
    '{{.Service.Name}}{{"x"}}',
    '{{{.Service.Name}}}',
    '{{/* */}}',
    '{{',
    '{{.Service.Name',
    '{{env "HOME"}}',
    '{{.Service.Name.x}}',
  ])('what Swarm would make of %j is not known', (text) => {
    expect(templateRefusal(text)).toContain('{{.Service.Name}}')
  })

  test('a text may come from a label if only the program reads it', () => {
    expect(templateRefusal('{{.Service.Labels.team}}', { isForProgram: true })).toBeUndefined()
    expect(templateRefusal('{{.Service.Labels.team}}')).toBeDefined()
  })

  test('what Swarm makes of an allowed text is known: without its placeholders it has no action left', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '{{',
        '}}',
        '}',
        ' ',
        '.',
        '"x"',
        'Service.Name',
        '.Task.ID',
        '{{.Node.ID}}',
        '-',
        '|',
      ],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        fc.pre(templateRefusal(text) === undefined)

        const left = text.replace(/\{\{\s*\.[A-Z]\w+\.\w+\s*\}\}/g, ' ')
        expect(left).not.toContain('{{')
      }),
      { numRuns: 2000 },
    )
  })
})
