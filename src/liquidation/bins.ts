export { binOf, binPrice } from '../market/bins.ts'
