import { hubSuites } from './hub-suites.ts'

hubSuites('5.2', 'the truth')
