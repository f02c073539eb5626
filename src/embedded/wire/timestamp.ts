/** Writes Unix milliseconds, with fractions, in the Engine's form: RFC 3339 with up to nine digits. */
export const timestamp = (ms: number): string => {
  const whole = Math.floor(ms)
  const nanos = String(Math.round((ms - whole) * 1e6)).padStart(6, '0')
  const seconds = new Date(whole).toISOString().slice(0, -1)
  return `${`${seconds}${nanos.length > 6 ? '000000' : nanos}`.replace(/\.?0+$/, '')}Z`
}
