export const EXACT_NOTEBOOK: string
