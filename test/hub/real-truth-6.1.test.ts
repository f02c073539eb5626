import { hubSuites } from './hub-suites.ts'

hubSuites('6.1', 'the truth')
