import type { ColumnTable } from 'arquero'
import { type Displayable, displayed, figureBundle, htmlBundle } from '../charts/display.ts'
import { claimsHtml, claimsText } from '../charts/evidence.ts'
import type { Figure } from '../charts/figure.ts'
import { forestFigure } from '../charts/forest.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import type { Claim } from '../evidence/claim.ts'
import { CLAIMS, type ClaimName } from '../evidence/claims.ts'
import { type Evidence, gatherEvidence } from '../evidence/evidence.ts'
import { sessionLedger } from '../evidence/ledger.ts'
import type { EvidenceOptions } from '../evidence/settings.ts'
import { claimTable, ledgerTable } from '../evidence/tables.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import type { Market } from '../market/market.ts'

/** One claim's result; shows itself as its sentence and a table. */
export interface ShownClaim extends Claim, Displayable {
  table(): ColumnTable
  /** Its tests as a forest plot. */
  forest(): Displayable & { figure: Figure }
}

/** All six; shows itself as verdicts and a table of all tests. */
export interface ShownClaims extends Displayable {
  readonly claims: readonly ShownClaim[]
  table(): ColumnTable
  forest(): Displayable & { figure: Figure }
}

export interface ShownEvidence extends Record<ClaimName, () => ShownClaim>, Pick<Evidence, 'settings' | 'markets'> {
  all(): ShownClaims
  /** Every test made in this session, with corrections. */
  ledger(): ColumnTable
}

/**
 * Tests what is claimed of liquidation clusters.
 *
 * @param of a market, or several to be pooled
 * @param mapOrOptions the market's heatmap (several: in the order of the markets), or the options
 * @example liq.evidence(btc, map).magnet()
 * @throws DataError naming what cannot be used
 */
export function evidence(
  of: Market | readonly Market[],
  mapOrOptions?: LiquidationMap | readonly LiquidationMap[] | EvidenceOptions,
  options?: EvidenceOptions,
): ShownEvidence {
  const markets = isList(of) ? of : [of]
  const { maps, settings } = sorted(mapOrOptions, options)
  const found = gatherEvidence(markets, maps, settings)
  const names = Object.keys(CLAIMS) as ClaimName[]
  const claims = Object.fromEntries(names.map(name => [name, () => shown(found[name](), markets)])) as Record<
    ClaimName,
    () => ShownClaim
  >
  return {
    ...claims,
    settings: found.settings,
    markets,
    ledger: () => ledgerTable(sessionLedger),
    all() {
      const all = names.map(name => claims[name]())
      return displayed(
        {
          claims: all,
          table: () => claimTable(all),
          forest: () => forestOf(all, markets),
        },
        () => htmlBundle(claimsHtml(all), claimsText(all)),
      )
    },
  }
}

function shown(claim: Claim, markets: readonly Market[]): ShownClaim {
  const views = { table: () => claimTable([claim]), forest: () => forestOf([claim], markets) }
  const own = Object.defineProperties({ ...views } as ShownClaim, Object.getOwnPropertyDescriptors(claim))
  return displayed(own, () => htmlBundle(claimsHtml([own]), claimsText([own])))
}

function forestOf(claims: readonly Claim[], markets: readonly Market[]): Displayable & { figure: Figure } {
  const where = markets.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`).join(', ')
  const tests = claims.flatMap(claim => (claims.length > 1 ? claim.tests : [...claim.tests, ...claim.descriptive]))
  const figure = forestFigure(tests, `${claims.length > 1 ? 'The claims' : claims[0]!.title} · ${where}`)
  return displayed({ figure }, () => figureBundle(figure, claims.map(claim => claim.sentence).join('\n')))
}

function sorted(
  mapOrOptions: LiquidationMap | readonly LiquidationMap[] | EvidenceOptions | undefined,
  options: EvidenceOptions | undefined,
): { maps: readonly LiquidationMap[] | undefined; settings: EvidenceOptions } {
  if (mapOrOptions === undefined) return { maps: undefined, settings: options ?? {} }
  if (typeof mapOrOptions !== 'object' || mapOrOptions === null || mapOrOptions instanceof Promise)
    throw new DataError(
      `liq.evidence: the second argument is ${mapOrOptions instanceof Promise ? 'a Promise: write `await`' : quoteValue(mapOrOptions)}, but expected a heatmap as liq.heatmap gives it, or options`,
    )
  if (isList(mapOrOptions)) {
    for (const [index, map] of mapOrOptions.entries())
      if (!isMap(map))
        throw new DataError(`liq.evidence: ${quoteValue(map)} in place ${index + 1} of the heatmaps is none`)
    return { maps: mapOrOptions, settings: options ?? {} }
  }
  if (isMap(mapOrOptions)) return { maps: [mapOrOptions], settings: options ?? {} }
  if (options) throw new DataError('liq.evidence: options were given twice; the second argument is no heatmap')
  return { maps: undefined, settings: mapOrOptions }
}

function isMap(value: unknown): value is LiquidationMap {
  return typeof value === 'object' && value !== null && 'replay' in value && 'positionCohorts' in value
}

function isList<T>(value: T | readonly T[] | object): value is readonly T[] {
  return Array.isArray(value)
}
