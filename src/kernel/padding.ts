/** Replacement texts that keep the code behind them on its line and column. */

/** The same text as spaces, with its line breaks kept. */
export function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ')
}

/** `text`, padded with line breaks to as many lines as the text that it replaces. */
export function keepLines(replaced: string, text: string): string {
  return text + '\n'.repeat(replaced.split('\n').length - text.split('\n').length)
}
