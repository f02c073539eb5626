import { hubSuites } from './hub-suites.ts'

hubSuites('3.0', 'settings', 'what is left behind')
