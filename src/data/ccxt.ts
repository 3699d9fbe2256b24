/** The one door to ccxt. It is large, so it is built as a file of its own and loaded on first use. */
export * from 'ccxt'
export { default } from 'ccxt'
