import type { Command } from 'commander'
import { demoCommand } from './demo.ts'
import { doctorCommand } from './doctor.ts'
import { drainCommand } from './drain.ts'
import { engineCommand } from './engine.ts'
import { explainCommand } from './explain.ts'
import { gcCommand } from './gc.ts'
import { imagesCommand } from './images.ts'
import { logsCommand } from './logs.ts'
import { lsCommand } from './ls.ts'
import { pollCommand } from './poll.ts'
import { pullCommand } from './pull.ts'
import { startCommand } from './start.ts'
import { stopCommand } from './stop.ts'
import { topCommand } from './top.ts'

/** The commands that people call. They are loaded together, because people do not notice a few milliseconds. */
export const commandsForPeople = (): Command[] => [
  engineCommand(),
  startCommand(),
  pollCommand(),
  stopCommand(),
  lsCommand(),
  topCommand(),
  logsCommand(),
  gcCommand(),
  drainCommand(),
  pullCommand(),
  imagesCommand(),
  explainCommand(),
  doctorCommand(),
  demoCommand(),
]
