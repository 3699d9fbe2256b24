/** The page docs/liquidity-sweep.md, from what was measured. Every figure and every "none" is computed. */
import { usdText } from '../../src/common/number-text.ts'
import { holm } from '../../src/evidence/ledger.ts'
import { liq } from '../../src/liqnb.ts'
import { type CaseResult, COSTS, type Control, GRID, PLACEBO_SEEDS, SIZES, type Variants } from './measure.ts'

export interface MeasuredCase {
  result: CaseResult
  variants: Variants
}

/** Fewer trades tell nothing. */
const ENOUGH = 10

const number = (value: number, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits).replace('-', '−') : '–')
const count = (value: number) => value.toLocaleString('en-US')
const date = (ms: number) => new Date(ms).toISOString().slice(0, 10)
const interval = ({ low, high }: { low: number; high: number }) =>
  Number.isFinite(low) ? `${number(low)} to ${number(high)}` : 'too few'
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), `|${head.map((_, i) => (i === 0 ? '---|' : '---:|')).join('')}`, ...rows.map(row)].join('\n')

/** One line of the first table. */
export function resultCells({ name, strategy: s, beforeCosts }: CaseResult): string[] {
  return [
    name,
    count(s.trades),
    number(s.winRate, 0),
    number(s.meanR.mean),
    interval(s.meanR),
    number(beforeCosts),
    number(s.profitFactor),
    number(s.expectancy),
    number(s.ambiguousPct, 0),
  ]
}

export function page(cases: readonly MeasuredCase[]): string {
  const results = cases.map(({ result }) => result)
  return `# Does the liquidity sweep pay?

${answer(cases)}

This page is written by \`npm run strategy\` from candles that are not part of the project; with such files it can be computed again.

## What was tried

\`liq.sfp(market, { preset: 'liquidity-sweep' })\`: ${liq.presets['liquidity-sweep'].about}. It sets

\`\`\`ts
liq.presets['liquidity-sweep']
\`\`\`

${presetLines()}

The values were written down from the words of the pattern and not chosen by a result, but no plan was registered before: 12 exploratory variants
had been run on BTC before the values were fixed (\`minConvergence\` 0, 2 and 3, \`brightest\` 1 and 5, \`timeframes\` 4h and 1d). So the figures on BTC
are not out of sample. Everything else has the defaults of the library. Entry at the open after
the signal, ${(COSTS.takerFee ?? 0) * 1e4} bp fee and ${COSTS.slippageBps} bp slippage a side, funding where it is known, in one bar the stop before the target.

${table(
  ['market', 'from', 'to', 'bars', 'clusters from'],
  results.map(({ name, from, to, bars, clusters }) => [name, date(from), date(to), count(bars), clusters]),
)}

All are perpetuals of Binance. The maps have the default leverage mix, which nobody knows to be right. A month of minutes has too few old positions
for maps of its own, so its 4h and 1d clusters are those of the hourly bars, known at their closes.

## What it earned

Mean result of a trade in multiples of its risk (R), with its 95 % interval where there are at least ten trades. R weighs trades with a near
stop most; profit factor and mean % of the notional weigh all the same, so the two can differ in sign.

${table(
  ['', 'trades', 'win %', 'mean R', '95 % interval', 'before costs', 'profit factor', 'mean %', 'order assumed %'],
  results.map(resultCells),
)}

## Against other levels

The same rule, entries, exits and costs at other levels: mean R, and trades in brackets. *Random* is the mean of ${PLACEBO_SEEDS} placebos with the number, strength
and distances of the clusters; *p* is the share of them that earned as much as the clusters or more, the clusters counted too.

${table(
  ['', 'clusters', 'random', 'p', 'mirrored', 'pivots', 'round numbers', 'any convergence'],
  results.map(({ name, strategy, placebo, controls }) => [
    name,
    withTrades(strategy.meanR.mean, strategy.trades),
    withTrades(placebo.meanR, Math.round(placebo.trades)),
    number(placebo.p),
    ...(['mirrored', 'pivots', 'round', 'any convergence'] as const).map(kind => controlCell(controls[kind])),
  ]),
)}

## At which size

Until here an order of any size fills at the same price. With the square-root law of the market's volume and volatility over 30 days, and a thinner book within
a cascade (\`impact: true\`), a trade of so many USD earns on average, in % of its notional and net of all costs:

${table(
  ['', ...SIZES.map(size => `${count(size)} USD`), '0 at', 'pivots: 0 at'],
  results.map(({ name, capacity: { expectancy, zeroAt, pivotsZeroAt } }) => [
    name,
    ...expectancy.map(value => number(value)),
    sizeWords(zeroAt),
    sizeWords(pivotsZeroAt),
  ]),
)}

${capacityWords(cases)}

## Year by year

${results
  .filter(({ years }) => years.length > 1)
  .map(
    ({ name, years }) => `### ${name}

${table(
  ['', 'trades', 'mean R', 'random', 'pivots'],
  years.map(year => [year.year, count(year.trades), number(year.meanR), number(year.placebo), number(year.pivots)]),
)}`,
  )
  .join('\n\n')}

## After the number of variants

Each case was also run with every combination of ${gridWords()}: ${count(cases[0]!.variants.count)} variants a case. The best by Sharpe ratio is what a search
would have reported. *Skill* is its deflated Sharpe ratio, the probability that it is not luck given that many trials; *p* is Hansen's test that
no variant earns anything.

The trials counted are not all that were made. The grid was changed once, after a first one gave no trades on BTC 1m: its 162 variants, run on BTC 1h,
4h and 1m, are not among the ${count(cases.length * cases[0]!.variants.count)}, nor are the 12 from before the preset. More trials ask for a
stronger correction.

${table(
  ['', 'traded', 'above 0', 'best: trades', 'best: mean R', 'skill', 'p'],
  cases.map(({ result, variants: { traded, profitable, best } }) => [
    result.name,
    count(traded),
    count(profitable),
    best ? count(best.trades) : '–',
    number(best?.meanR ?? Number.NaN),
    number(best?.deflated ?? Number.NaN),
    number(best?.superior ?? Number.NaN),
  ]),
)}

## What this does not say

- Other coins, other years, or clusters of observed positions may differ. The maps are estimates; [what they are worth](model.md#how-good-it-is) is measured.
- A few trades a year cannot show a small edge: see the intervals.
- The rule has many readings. To measure yours, name its options beside the preset, and count it:

\`\`\`ts
const market = await liq.market({ sample: true, timeframe: '1h' })
const study = liq.sfp(market, { preset: 'liquidity-sweep', maxDistance: 0.05, minConvergence: 2 }).backtest()
study.summary
\`\`\`
`
}

/** The size at which a result reaches 0, in USD. */
function sizeWords(zeroAt: number): string {
  if (Number.isNaN(zeroAt)) return '–'
  if (zeroAt === 0) return 'any size'
  return zeroAt === Infinity ? 'none' : `${usdText(zeroAt)} USD`
}

/** Mean net % of a trade without the best one. */
function withoutBest({ expectancy, best, trades }: CaseResult['strategy']): number {
  return (expectancy * trades - best) / (trades - 1)
}

/** Where nothing can be earned at any size, and where it ends, with enough trades. */
function capacityWords(cases: readonly MeasuredCase[]): string {
  const enough = cases.filter(({ result }) => result.strategy.trades >= ENOUGH)
  const losing = enough.filter(({ result }) => result.capacity.zeroAt === 0)
  const ends = enough.filter(({ result }) => result.capacity.zeroAt > 0)
  return [
    losing.length > 0 ? `On ${names(losing)} it loses at any size.` : '',
    ...ends.map(
      ({ result: { name, capacity, strategy } }) =>
        `On ${name} the mean of ${number(strategy.expectancy)} % is gone at ${sizeWords(capacity.zeroAt)}${strategy.meanR.mean < 0 ? ', and the mean R is below 0 from the first' : ''}. Its best trade made ${number(strategy.best, 1)} % of its notional; without that one the mean is ${number(withoutBest(strategy))} %.`,
    ),
  ]
    .filter(Boolean)
    .join(' ')
}

/** The answer in sentences, each of them chosen by the figures. */
function answer(cases: readonly MeasuredCase[]): string {
  const enough = cases.filter(({ result }) => result.strategy.trades >= ENOUGH)
  const up = enough.filter(({ result }) => result.strategy.meanR.low > 0)
  const down = enough.filter(({ result }) => result.strategy.meanR.high < 0)
  const p = holm(enough.map(({ result }) => result.strategy.meanR.p))
  const significant = enough.filter((_, i) => p[i]! < 0.05)
  const better = enough.filter(({ result }) => result.placebo.p < 0.05)
  const worse = enough.filter(({ result }) => result.placebo.p > 0.95)
  const variants = cases.reduce((sum, { variants: { count: n } }) => sum + n, 0)
  const bests = cases.flatMap(({ variants: { best } }) => best ?? [])
  const skill = Math.max(...bests.map(({ deflated }) => deflated))
  const superior = Math.min(...bests.map(({ superior: least }) => least))
  return [
    `**${up.length > 0 ? `It paid on ${names(up)}.` : 'Not here.'}**`,
    `Of ${cases.length} markets and timeframes, ${enough.length} have at least ${ENOUGH} trades (${names(enough)}).`,
    down.length > 0
      ? `On ${names(down)} it lost money, with an interval wholly below 0${significant.length > 0 ? `; corrected for all ${enough.length} (Holm), on ${names(significant)}` : ''}.`
      : '',
    better.length > 0
      ? `It beat random levels on ${names(better)}.`
      : `Nowhere did clusters beat random levels at the same distances${worse.length > 0 ? `; on ${names(worse)} they did worse than at least 95 % of them` : ''}.`,
    `Of ${count(variants)} variants of the rule the best has a probability of skill of ${number(skill)} after deflation, and the smallest p of Hansen's test is ${number(superior)}.`,
  ]
    .filter(part => part !== '')
    .join(' ')
}

const names = (cases: readonly MeasuredCase[]) => {
  const list = cases.map(({ result }) => result.name)
  return list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} and ${list.at(-1)}`
}

const withTrades = (meanR: number, trades: number) => `${number(meanR)} (${count(trades)})`
const controlCell = ({ meanR, trades }: Control) => withTrades(meanR, trades)

function presetLines(): string {
  const { sfp, backtest } = liq.presets['liquidity-sweep']
  return Object.entries({ ...sfp, ...backtest })
    .map(([name, value]) => `\`${name}: ${JSON.stringify(value).replaceAll('"', "'")}\``)
    .join(', ')
}

function gridWords(): string {
  return Object.entries(GRID)
    .map(([name, values]) => {
      const list = values.map(value => (Array.isArray(value) ? value.join(' and ') : String(value)))
      return `\`${name}\` (${list.join(', ')})`
    })
    .join(', ')
}
