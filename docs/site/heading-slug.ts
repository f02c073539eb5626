/** The anchor of a heading, as GitHub makes it from the Markdown of the heading. */
const headingSlug = (heading: string): string =>
  heading
    .trim()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

/** Makes the anchors of one page: a heading that the page has twice gets a number. */
export const pageAnchors = (): ((heading: string) => string) => {
  const times = new Map<string, number>()
  return (heading) => {
    const slug = headingSlug(heading)
    const before = times.get(slug) ?? 0
    times.set(slug, before + 1)
    return before === 0 ? slug : `${slug}-${before}`
  }
}
