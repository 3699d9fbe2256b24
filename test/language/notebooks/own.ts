export const threshold = 3
