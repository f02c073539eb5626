import type { Page } from 'playwright-core'

/** What a release's servers offer their users. */
export type Notebook = {
  /** The last part of the URL of the page that one lands on. */
  landing: 'lab' | 'tree'
  /** Waits for the content of that page which needs no script. */
  isServed(page: Page): Promise<void>
  /** Waits until that page is drawn. */
  isDrawn(page: Page): Promise<void>
  /** Runs a cell in a new notebook, and answers the page that shows it once `output` stands below the cell. */
  runCell(page: Page, cell: string, output: string): Promise<Page>
}

/** JupyterLab 4. */
export const lab: Notebook = {
  landing: 'lab',
  isServed: (page) => page.locator('#jupyter-config-data').waitFor({ state: 'attached' }),
  isDrawn: (page) => page.locator('.jp-Launcher').waitFor(),
  runCell: async (page, cell, output) => {
    await page.locator('.jp-LauncherCard[data-category="Notebook"]').first().click()
    // Only a kernel that is connected is called idle here.
    await page.locator('#jp-main-statusbar', { hasText: '| Idle' }).waitFor()
    await page.locator('.jp-Notebook .cm-content').click()
    await page.keyboard.type(cell)
    await page.keyboard.press('Shift+Enter')
    await page.locator('.jp-OutputArea-output', { hasText: output }).waitFor()
    return page
  },
}

/** Notebook 6; a new notebook opens in a tab of its own. */
export const classic: Notebook = {
  landing: 'tree',
  isServed: (page) => page.locator('#notebook_list_header').waitFor({ state: 'attached' }),
  isDrawn: (page) => page.locator('#notebook_list_header').waitFor(),
  runCell: async (page, cell, output) => {
    const opened = page.waitForEvent('popup')
    await page.click('#new-dropdown-button')
    await page.click('#new-menu [id^="kernel-"] a')
    const notebook = await opened
    // The images of the lab have no MathJax.
    const complaint = notebook.locator('.modal-dialog', { hasText: 'MathJax' })
    await notebook.addLocatorHandler(complaint, () => complaint.locator('.btn').click())
    await notebook.locator('.kernel_idle_icon').waitFor()
    await notebook.locator('.CodeMirror').first().click()
    await notebook.keyboard.type(cell)
    await notebook.keyboard.press('Shift+Enter')
    await notebook.locator('.output_area', { hasText: output }).waitFor()
    return notebook
  },
}
