import type { Context } from 'hono'
import * as v from 'valibot'
import { SpawnError } from '../src/spawner/errors.ts'
import { forgetImages, type Pulled, pullEach } from '../src/spawner/images/due-set.ts'
import { keyOfWanted, type WantedImage } from '../src/spawner/images/pull-ahead.ts'
import type { PullReport } from '../src/spawner/images/pull-report.ts'
import { mergeWanted, wantedImage } from '../src/spawner/images/wanted-images.ts'
import { watchPulls } from '../src/spawner/images/watch-pulls.ts'
import { HubConfig } from '../src/spawner/settings/hub-config.ts'
import { Profile } from '../src/spawner/settings/profile.ts'
import { WaitS } from '../src/spawner/start-request.ts'
import { asCaller } from './caller/as-caller.ts'
import type { Dependencies } from './dependencies.ts'
import { type Problem, problemOf } from './errors.ts'
import { answerJson } from './every-call/answer.ts'
import { hook } from './route.ts'
import type { Call } from './webhook.ts'

/** 1000: longer than any name of an image. */
const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(1000))
/** 200: as many as may be due for one hub. */
const MOST = 200

export const PulledImage = v.strictObject({
  image: Name,
  placement: v.nullish(v.unknown()),
  why: v.optional(v.pipe(v.string(), v.maxLength(300)), ''),
})

/** The data of a `spawner.pull`: images by their names, or the hub's settings with the profiles that it offers. */
export const PullRequest = v.strictObject({
  images: v.optional(v.pipe(v.array(PulledImage), v.maxLength(MOST)), []),
  /** The settings of a start. Its image and placement count, for each profile as well. */
  config: v.optional(HubConfig),
  profiles: v.optional(v.pipe(v.array(Profile), v.maxLength(MOST)), []),
  /** Whether these are all images of the hub: what it has asked for before and is not among them is no longer due. */
  is_all: v.optional(v.boolean(), false),
  wait_s: v.optional(WaitS, 0),
})
export type PullRequest = v.InferOutput<typeof PullRequest>

/** What came of one of the images: a report, or why it was refused. */
type PullAnswer = {
  /** The image as it was asked for, or the profile. */
  asked: string
  report: PullReport | null
  problem: Problem | null
}

/**
 * `POST /pull`: makes every node that would run these images download them, and answers what the nodes say. The images are judged
 * as those of a start. One that is refused does not spoil the others.
 */
export const pullImages = (all: Dependencies) => async (c: Context<Call<PullRequest>>) => {
  const deps = { ...all, spawner: asCaller(all.spawner, c) }
  const [hub, data] = [c.get('hub'), c.get('data')]
  const { signal } = c.req.raw
  const read = readWanted(deps, hub, data)
  const wanted = mergeWanted(read.flatMap(({ wanted }) => wanted ?? []))
  const pulled = await pullEach(deps.spawner, wanted, signal)
  const removed = data.is_all ? await forgetOthers(deps, { hub, wanted, signal }) : []
  const jobs = pulled.flatMap((one) => ('report' in one ? [one.report.job] : []))
  const seen = await lookWhile(deps, { hub, jobs, waitS: data.wait_s, signal })
  const answer = {
    images: [
      ...pulled.map((one) => answerOf(one, seen)),
      ...read.flatMap(({ asked, problem }) => (problem ? [{ asked, report: null, problem }] : [])),
    ],
    removed: removed.map(({ labels }) => labels.image),
  }
  return answerJson(answer, c.get('sign'))
}

type Read = { asked: string; wanted?: WantedImage; problem?: Problem }

const readWanted = (
  { spawner }: Dependencies,
  hub: string,
  { images, config, profiles }: PullRequest,
): Read[] => {
  const read = (asked: string, settings: Parameters<typeof wantedImage>[1], why: string): Read => {
    try {
      const wanted = wantedImage(hub, settings, spawner.policy)
      return { asked, wanted: { ...wanted, source: 'hub', why } }
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error
      return { asked, problem: problemOf(error) }
    }
  }
  return [
    ...images.map(({ image, placement, why }) =>
      read(image, { config: { service_image: image, placement } }, why),
    ),
    ...(config && profiles.length === 0 ? [read('config', { config }, 'container_spec')] : []),
    ...profiles.map((profile) =>
      read(`profile ${profile.slug}`, { config: config ?? {}, profile }, wordsOf(profile)),
    ),
  ]
}

const wordsOf = ({ slug, choices }: Profile): string => {
  const chosen = choices.map(({ option, choice = '' }) => `${option}: ${choice}`)
  return `profile ${slug}${chosen.length > 0 ? ` (${chosen.join(', ')})` : ''}`
}

const forgetOthers = (
  { spawner }: Dependencies,
  { hub, wanted, signal }: { hub: string; wanted: readonly WantedImage[]; signal: AbortSignal },
) => {
  const kept = new Set(wanted.map(keyOfWanted))
  const isMeant = ({ labels }: { labels: { source: string; key: string } }) =>
    labels.source === 'hub' && !kept.has(labels.key)
  const reason = 'the hub no longer names it'
  return forgetImages(spawner, { hub, isMeant, reason, signal })
}

const lookWhile = async (
  { spawner, shutdown }: Dependencies,
  { hub, jobs, waitS, signal }: { hub: string; jobs: string[]; waitS: number; signal: AbortSignal },
): Promise<ReadonlyMap<string, PullReport>> => {
  let last: readonly PullReport[] = []
  if (waitS > 0 && jobs.length > 0) {
    const options = { hub, jobs, timeoutMs: waitS * 1000, signal, enough: shutdown }
    for await (const reports of watchPulls(spawner, options)) last = reports
  }
  return new Map(last.map((report) => [report.job, report]))
}

const answerOf = (pulled: Pulled, seen: ReadonlyMap<string, PullReport>): PullAnswer => {
  const asked = pulled.wanted.image
  return 'report' in pulled
    ? { asked, report: seen.get(pulled.report.job) ?? pulled.report, problem: null }
    : { asked, report: null, problem: problemOf(pulled.error) }
}

/** The route, for the app and for a single function. */
export const pullRoute = hook('/pull', 'spawner.pull', PullRequest, pullImages)
