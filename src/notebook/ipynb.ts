/** Exports a notebook for Jupyter. */
import { isRecord, type JsonObject } from '../common/json.ts'
import { KERNELSPEC, LANGUAGE_INFO } from './create.ts'
import type { Notebook } from './types.ts'

/**
 * The notebook for Jupyter's own tools. A `.liqnb` file is already a valid `.ipynb` file; this adds the metadata by which
 * nbviewer, nbconvert and JupyterLab highlight the code, and the kernel's name. Existing metadata stays.
 */
export function toIpynb(notebook: Notebook): Notebook {
  const { kernelspec, language_info } = notebook.metadata
  const language: JsonObject = {
    ...LANGUAGE_INFO,
    codemirror_mode: 'typescript',
    pygments_lexer: 'typescript',
    ...(isRecord(language_info) ? (language_info as JsonObject) : {}),
  }
  return {
    ...notebook,
    metadata: { ...notebook.metadata, kernelspec: kernelspec ?? { ...KERNELSPEC }, language_info: language },
  }
}
