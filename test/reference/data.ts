import { existsSync } from 'node:fs'

const folder = process.env.LIQNB_REFERENCE_DATA

/** Folder with real market data to check against, which is not part of the project. Null when it is not there. */
export const referenceData: string | null = folder !== undefined && existsSync(folder) ? folder : null
