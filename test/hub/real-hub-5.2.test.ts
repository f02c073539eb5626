import { hubSuites } from './hub-suites.ts'

hubSuites('5.2', 'settings', 'what is left behind')
