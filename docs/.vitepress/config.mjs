/** The documentation site: what is in it, and in which order. Its pages are the Markdown files of this folder. */
import { defineConfig } from 'vitepress'
import apiSidebar from '../api/sidebar.json' with { type: 'json' }

const REPOSITORY = 'https://github.com/liqnb/liqnb'

export default defineConfig({
  title: 'Liqnb',
  description: 'Notebooks for liquidation research, in VS Code and on the command line',
  // Relative to where it is served: a folder of a host, or the root.
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: false,
  lastUpdated: false,
  srcExclude: ['node_modules/**'],
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    nav: [
      { text: 'Tour', link: '/tour' },
      { text: 'Recipes', link: '/recipes/own-csv' },
      { text: 'Model', link: '/model' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [
      {
        text: 'Use it',
        items: [
          { text: 'Five-minute tour', link: '/tour' },
          { text: 'The notebook', link: '/notebook' },
          { text: 'The explorer', link: '/explorer' },
          { text: 'Your own CSV', link: '/recipes/own-csv' },
          { text: 'From an exchange', link: '/recipes/exchange' },
          { text: 'Live', link: '/recipes/live' },
          { text: 'Many markets', link: '/recipes/scan' },
          { text: 'Sweep and reverse', link: '/recipes/sweep' },
          { text: 'Test a claim', link: '/recipes/evidence' },
          { text: 'Observed positions', link: '/recipes/positions' },
          { text: 'Many notebooks', link: '/recipes/batch' },
          { text: 'SQL', link: '/recipes/sql' },
          { text: 'Language models', link: '/recipes/agents' },
          { text: 'Past one machine', link: '/recipes/cluster' },
          { text: 'Controls', link: '/recipes/controls' },
        ],
      },
      {
        text: 'Understand it',
        items: [
          { text: 'The model of the map', link: '/model' },
          { text: 'Evidence', link: '/evidence' },
          { text: 'How far a sweep scales', link: '/scaling' },
          { text: 'Does the liquidity sweep pay?', link: '/liquidity-sweep' },
          { text: 'Glossary', link: '/glossary' },
        ],
      },
      {
        text: 'Look it up',
        items: [
          { text: 'Columns of tables', link: '/tables' },
          { text: 'Layouts of files', link: '/file-layouts' },
          { text: 'Command line', link: '/command-line' },
          { text: 'Settings', link: '/settings' },
          { text: 'Notebooks in git', link: '/git' },
          { text: 'Troubleshooting', link: '/troubleshooting' },
        ],
      },
      { text: 'API', collapsed: true, items: apiSidebar },
      {
        text: 'Work on it',
        items: [
          { text: 'Architecture', link: '/architecture' },
          { text: 'Extend it', link: '/extend' },
          { text: 'Decisions', link: '/decisions/' },
        ],
      },
    ],
  },
})
