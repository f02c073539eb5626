/** `npm run licenses`: writes docs/licenses.md anew. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './hub/docker-cli.ts'
import { licensesPage } from './licenses.ts'

writeFileSync(join(projectRoot, 'docs/licenses.md'), licensesPage(projectRoot))
