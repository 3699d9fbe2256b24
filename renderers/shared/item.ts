import type { OutputItem } from 'vscode-notebook-renderer'

/** The JSON of an output item, or its text when it is no JSON: then reading it as a payload says what is wrong. */
export function itemJson(item: OutputItem): unknown {
  try {
    return item.json()
  } catch {
    return item.text()
  }
}
