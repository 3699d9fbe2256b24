/** The tools for language models, as they are announced. */
import type { ToolName } from './inputs.ts'

export interface ToolDefinition {
  name: ToolName
  /** For people. */
  title: string
  /** For the model: what the tool does, and when to use it. */
  description: string
  /** Whether it runs cells; all others only read. */
  runs: boolean
}

export const TOOLS: readonly ToolDefinition[] = [
  {
    name: 'list_notebooks',
    title: 'List notebooks',
    description: 'Lists the Liqnb notebooks (.liqnb, .ipynb) of the folder, with the number of cells and what failed.',
    runs: false,
  },
  {
    name: 'list_cells',
    title: 'List cells',
    description:
      'Lists the cells of a notebook: number, id, kind, what each is about, its tags, and what its outputs are. With sources: true also their code.',
    runs: false,
  },
  {
    name: 'read_outputs',
    title: 'Read outputs',
    description:
      'Reads the outputs of a cell as text, a page at a time. Of tables it shows the first rows; query_table reads the others.',
    runs: false,
  },
  {
    name: 'query_table',
    title: 'Query a table',
    description:
      'Reads rows of a table in an output of a cell as CSV: filtered, searched, sorted, with chosen columns, a page at a time. Runs no code, so of a long table whose cell did not run here it reads the first rows only, and says so.',
    runs: false,
  },
  {
    name: 'explain_error',
    title: 'Explain an error',
    description:
      'Says what failed in a cell: the error, its place in the code, the lines around it, and advice on what to change where there is some.',
    runs: false,
  },
  {
    name: 'run_cell',
    title: 'Run a cell',
    description:
      "Runs one cell as it is in the notebook, in the notebook's kernel, which keeps the variables of cells that ran before. The user is asked first. Returns its outputs.",
    runs: true,
  },
  {
    name: 'run_notebook',
    title: 'Run a notebook',
    description:
      'Runs all cells of a notebook from top to bottom, optionally with values for its parameters. The user is asked first. Returns what each cell showed, in short.',
    runs: true,
  },
]
