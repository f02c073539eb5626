// The search field of the site. Without scripts it stays hidden.
;(() => {
  const root = document.documentElement.dataset.root
  const field = document.querySelector('search')
  const input = field.querySelector('input')
  const found = document.querySelector('.found')

  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text })

  const entry = ({ id, page, heading, excerpt }) => {
    const link = Object.assign(document.createElement('a'), { href: `${root}${id}` })
    link.append(element('b', heading))
    if (page !== heading) link.append(element('small', page))
    link.append(element('span', excerpt))
    const item = document.createElement('li')
    item.append(link)
    return item
  }

  const show = () => {
    const query = input.value.trim()
    found.hidden = query === ''
    if (query === '') return
    const hits = globalThis.findSections(query)
    const list = document.createElement('ul')
    list.append(...hits.map(entry))
    found.replaceChildren(hits.length > 0 ? list : element('p', `Nothing has “${query}”.`))
  }

  const clear = () => {
    input.value = ''
    show()
  }

  field.hidden = false
  input.addEventListener('input', show)
  found.addEventListener('click', (event) => event.target.closest('a') && clear())
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') clear()
    if (event.key !== '/' || event.target === input) return
    event.preventDefault()
    input.focus()
  })
})()
