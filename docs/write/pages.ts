import { projectRoot } from '../../deploy/hub/docker-cli.ts'
import { environmentPage } from './environment.ts'
import { licensesPage } from './licenses.ts'
import { settingsPage } from './settings.ts'

/** A page that is made of what the code says, so that it can't say anything else. */
export type Page = {
  /** From the project's root. */
  path: string
  render: () => string | Promise<string>
}

/** Every generated page; test/docs/pages.test.ts sees that each is current. */
export const PAGES: readonly Page[] = [
  { path: 'docs/licenses.md', render: () => licensesPage(projectRoot) },
  { path: 'docs/reference/environment.md', render: environmentPage },
  { path: 'docs/reference/settings.md', render: settingsPage },
]
