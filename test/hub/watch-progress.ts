import type { Page } from 'playwright-core'
import * as v from 'valibot'

const Shown = v.object({ message: v.string(), width: v.pipe(v.string(), v.transform(parseFloat)) })
/** What a pending page showed at a moment: the message, and how far the bar was, in percent. */
type Shown = v.InferOutput<typeof Shown>

const SCRIPT = `addEventListener('DOMContentLoaded', () => {
  const message = document.querySelector('#progress-message')
  const bar = document.querySelector('#progress-bar')
  if (!message || !bar) return
  const tell = () => tellProgress({ message: message.textContent, width: bar.style.width })
  new MutationObserver(tell).observe(message.parentElement, { subtree: true, childList: true, attributes: true })
})`

/** Answers a list that grows with each change of the pending pages to come, until they lead elsewhere. */
export const watchProgress = async (page: Page): Promise<readonly Shown[]> => {
  const shown: Shown[] = []
  await page.exposeFunction('tellProgress', (change: unknown) => {
    shown.push(v.parse(Shown, change))
  })
  await page.addInitScript(SCRIPT)
  return shown
}
