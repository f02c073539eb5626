import { projectRoot } from '../../lab/project-root.ts'
import { apiHeaders } from './api-headers.ts'
import { apiPage } from './api-page.ts'
import { cliPage } from './cli.ts'
import { environmentPage } from './environment.ts'
import { errorsPage } from './errors.ts'
import { licensesPage } from './licenses.ts'
import { currentDocument } from './openapi.ts'
import { otherSpawnersPage } from './other-spawners.ts'
import { policySchema } from './policy-schema.ts'
import { prettyJson } from './pretty-json.ts'
import { settingsPage } from './settings.ts'
import { readmePage } from './versions.ts'

/** A page that is made from the code, so that it cannot differ from the code. */
export type Page = {
  /** The path from the project's root. */
  path: string
  render: () => string | Promise<string>
}

/** Every generated page. test/docs/pages.test.ts checks that each is current. */
export const PAGES: readonly Page[] = [
  { path: 'README.md', render: () => readmePage(projectRoot) },
  { path: 'policy.schema.json', render: policySchema },
  { path: 'docs/licenses.md', render: () => licensesPage(projectRoot) },
  { path: 'docs/api/openapi.json', render: () => prettyJson(currentDocument(projectRoot)) },
  { path: 'docs/api/docs.html', render: () => apiPage(currentDocument(projectRoot)) },
  { path: 'docs/api/_headers', render: apiHeaders },
  { path: 'docs/reference/environment.md', render: environmentPage },
  { path: 'docs/reference/settings.md', render: settingsPage },
  { path: 'docs/reference/other-spawners.md', render: otherSpawnersPage },
  { path: 'docs/reference/errors.md', render: errorsPage },
  { path: 'docs/reference/cli.md', render: cliPage },
]
