/** Where the reference tests find their data. */
import { existsSync } from 'node:fs'

const folder = process.env.LIQNB_REFERENCE_DATA

/** Folder with real market data, which is not part of the project; null if there is none. */
export const referenceData: string | null = folder !== undefined && existsSync(folder) ? folder : null
