/** The only import of ccxt. It is large, so it is bundled as its own file and loaded on first use. */
export * from 'ccxt'
export { default } from 'ccxt'
