import type { FoundRoom } from '../src/spawner/state/room.ts'

/** What the nodes have left for a server, for people. */
export const roomLines = ({ fits, room }: FoundRoom): string[] => {
  const { reason, since, resources } = room
  if (fits === null) return [`It is not known whether it fits now: ${reason}`]
  if (fits === 'never') return [`It fits no node: ${reason}`]
  if (fits === 'later')
    return [`It fits later: ${reason}${since === null ? '' : `, since ${since} or longer`}`]
  const texts = resources.map(({ text }) => text)
  return [texts.length > 0 ? `It fits now: ${texts.join(', ')}` : 'It fits now.']
}
