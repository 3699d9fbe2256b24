/** Tests of the extension in a browser's worker, without a process. */

export const web = [
  {
    name: 'in a browser, a saved notebook opens, draws its outputs, and says why nothing runs',
    async run({ workbench, page, screenshot }) {
      const notebook = await workbench.openNotebook('saved-outputs.liqnb')
      await notebook.shows(/side[\s\S]*usd[\s\S]*short/)
      await notebook.shows('n is 7')
      await workbench.command('Liqnb: Open Sample')
      await page.getByText('A browser shows Liqnb notebooks').first().waitFor()
      await screenshot('web')
    },
  },
]
