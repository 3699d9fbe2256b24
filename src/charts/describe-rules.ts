/** The rules of a backtest in words. */
import { countText } from '../common/number-text.ts'
import type { Market } from '../market/market.ts'
import type { Backtest } from '../sfp/backtest.ts'
import { DEFAULT_ELSE_R } from '../sfp/backtest-options.ts'
import type { ImpactRule } from '../sfp/impact.ts'

/** Entries, exits and costs in words, one line each. */
export function describeRules(market: Market, { options }: Pick<Backtest, 'options'>): string[] {
  const {
    takerFee,
    makerFee,
    slippageBps,
    stopBuffer,
    stopBufferAtr,
    minRisk,
    targets,
    trailingStop,
    trendExit,
    size,
    equity,
  } = options
  const usd = (value: number) => `${value.toLocaleString('en-US')} USD`
  const percent = (share: number) => `${+(100 * share).toPrecision(4)} %`
  const sizes =
    'notional' in size
      ? `${usd(size.notional)} per trade`
      : 'fraction' in size
        ? `${percent(size.fraction)} of the equity per trade`
        : `${percent(size.risk)} of the equity at risk per trade`
  const exitTargets = targets.map(target => {
    const share = target.share === undefined || targets.length === 1 ? '' : ` (${percent(target.share)})`
    const where =
      'r' in target
        ? `${target.r} R`
        : 'percent' in target
          ? `${target.percent} %`
          : `the next level on the other side (else ${target.elseR ?? DEFAULT_ELSE_R} R)`
    return where + share
  })
  const stop = `${+(stopBuffer * 1e4).toPrecision(4)} bp${stopBufferAtr > 0 ? ` and ${stopBufferAtr} ATR` : ''} beyond the sweep`
  const trailing = trailingStop
    ? `, trailing by ${trailingStop.atr !== undefined ? `${trailingStop.atr} ATR` : `${trailingStop.r} R`}`
    : ''
  const exits = trendExit ? `, exit on a close ${trendExit.beyond} ATR beyond the level` : ''
  const time = options.maxBars < Infinity ? `, exit after ${countText(options.maxBars, 'bar')}` : ''
  const count = options.maxOpen === 1 ? 'one position at a time' : `at most ${options.maxOpen} positions at a time`
  const margin = options.leverage === null ? '' : `, isolated margin at ${options.leverage}x`
  const replay = options.lowerTimeframe
    ? `, or the order of the ${options.lowerTimeframe.timeframe} bars where they show it`
    : ''
  const fee = (rate: number) => `${+(rate * 1e4).toPrecision(4)} bp`
  const fees = makerFee === takerFee ? fee(takerFee) : `${fee(takerFee)} taker and ${fee(makerFee)} maker`
  const funding = !options.funding
    ? 'no funding (switched off)'
    : market.fundingRate
      ? 'funding'
      : 'no funding in the data'
  return [
    `entries: ${options.entry === 'limit' ? `by a limit order at the level for ${countText(options.limitBars, 'bar')}` : 'at the next open'}${minRisk > 0 ? ` if at least ${minRisk} ATR from the stop` : ''}, ${sizes}, initial equity ${usd(equity)}, ${count}${margin}`,
    `exits: stop ${stop}${trailing}; target ${exitTargets.join(', ') || 'none'}${options.breakeven ? ', stop at the entry after the first target' : ''}${exits}${time}; ${options.fill === 'through' ? 'targets fill when price goes through them; ' : ''}order within a bar: ${options.intrabar}${replay}`,
    `costs: ${fees} fee and ${slippageBps} bp slippage per side, ${describeImpact(options.impact)}, ${funding}${options.latency > 0 ? `, market orders ${countText(options.latency, 'bar')} late` : ''}`,
  ]
}

function describeImpact(impact: ImpactRule | null): string {
  if (impact === null) return 'no impact of the size'
  const { depth, exponent, coefficient, cascade } = impact
  const law =
    depth === null
      ? `${coefficient} daily volatilities × (size / daily volume)^${exponent}`
      : `1 % × (size / ${depth.toLocaleString('en-US')} USD)^${exponent}`
  const thin = cascade ? `, with ${100 * cascade.depth} % of the depth in cascades` : ''
  return `impact ${law}${thin}`
}
