// Finds sections of the site. minisearch.js and sections.js are loaded before this file, search.js after it.
globalThis.findSections = (() => {
  const LIMIT = 20
  const FIELDS = { fields: ['heading', 'page', 'text'], storeFields: ['page', 'heading', 'text'] }
  const HOW = {
    prefix: true,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: 'AND',
    boost: { heading: 4, page: 2 },
  }
  let index

  /** Made when somebody searches, because most visitors only read. */
  const indexOnce = () => {
    if (index) return index
    index = new globalThis.MiniSearch(FIELDS)
    index.addAll(globalThis.sections)
    return index
  }

  /** The part of a text around the first place that has one of the words. */
  const excerpt = ({ text, terms }) => {
    const small = text.toLowerCase()
    const places = terms.map((term) => small.indexOf(term)).filter((place) => place >= 0)
    const place = places.length > 0 ? Math.min(...places) : 0
    const start = place < 60 ? 0 : text.indexOf(' ', place - 60) + 1
    const end = text.length < start + 200 ? text.length : text.lastIndexOf(' ', start + 200)
    return `${start > 0 ? '… ' : ''}${text.slice(start, end)}${end < text.length ? ' …' : ''}`
  }

  return (query) =>
    indexOnce()
      .search(query, HOW)
      .slice(0, LIMIT)
      .map((hit) => ({
        id: hit.id,
        page: hit.page,
        heading: hit.heading,
        excerpt: excerpt(hit),
      }))
})()
