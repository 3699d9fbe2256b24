export const INSIDE: Map<string, string>
export function packageFolders(inputs: string[]): string[]
export function writeNotices(inputs: string[]): Promise<void>
