/** What a study needs from its surroundings. */
import type { SaveFile } from '../shared/save.ts'
import type { ThemeSource } from '../shared/theme.ts'
import type { ViewStates } from '../shared/view-state.ts'

export interface StudyOptions {
  theme: ThemeSource
  save: SaveFile
  states: ViewStates
}
