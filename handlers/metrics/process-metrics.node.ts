import type { Family } from './open-metrics.ts'

/** The processor time and memory of this process, under the names that all Prometheus clients use. */
export const processMetrics = (): Family[] => {
  const { user, system } = process.cpuUsage()
  const one = (name: string, type: Family['type'], help: string, value: number): Family => ({
    name,
    type,
    help,
    samples: [{ labels: {}, value }],
  })
  return [
    one('process_cpu_seconds', 'counter', 'Processor time of this process.', (user + system) / 1e6),
    one(
      'process_resident_memory_bytes',
      'gauge',
      'Memory of this process.',
      process.memoryUsage.rss(),
    ),
    one(
      'process_start_time_seconds',
      'gauge',
      'When this process began, in seconds since 1970.',
      Math.round(performance.timeOrigin) / 1000,
    ),
  ]
}
