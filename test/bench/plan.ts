/** The benchmark's arguments: what to measure, and how often. */
import type { Repeats } from './measure.ts'

const SECTIONS = [
  'heatmap',
  'minutes',
  'growth',
  'prices',
  'references',
  'store',
  'import',
  'backtest',
  'portfolio',
  'sweep',
  'jobs',
  'jobsMemory',
  'kernel',
] as const
export type Section = (typeof SECTIONS)[number]

export interface BenchPlan {
  quick: boolean
  /** A CSV file instead of the simulated hourly market. */
  file: string | undefined
  sections: readonly Section[]
  /** Length of the simulated hourly market: that of BTC's perpetual from September 2019 to May 2026. */
  hourlyBars: number
  /** Length of the simulated market of minutes: six years. */
  minuteBars: number
  /** Positions whose liquidation price is computed. */
  positions: number
  /** Candles that are written and read. */
  storedBars: number
  /** For work of up to a second. */
  repeats: Repeats
  /** For work of seconds. */
  fewRepeats: Repeats
}

/** The size of the display in cells. */
export const DISPLAY = { columns: 1000, rows: 600 }

/** @throws Error naming an unknown argument */
export function parsePlan(args: readonly string[]): BenchPlan {
  let quick = false
  let file: string | undefined
  let sections: readonly Section[] = SECTIONS
  for (let i = 0; i < args.length; i++) {
    const value = () => {
      const text = args[++i]
      if (text === undefined) throw new Error(`${args[i - 1]} needs a value`)
      return text
    }
    if (args[i] === '--quick') quick = true
    else if (args[i] === '--file') file = value()
    else if (args[i] === '--only') sections = value().split(',').map(parseSection)
    else throw new Error(`Unknown argument ${args[i]}; there are --quick, --file FILE and --only ${SECTIONS.join(',')}`)
  }
  return {
    quick,
    file,
    sections,
    hourlyBars: 58_623,
    minuteBars: quick ? 500_000 : 3_100_000,
    positions: quick ? 200_000 : 1_000_000,
    storedBars: quick ? 200_000 : 1_000_000,
    repeats: quick ? { warmups: 3, runs: 5 } : { warmups: 10, runs: 15 },
    fewRepeats: quick ? { warmups: 1, runs: 1 } : { warmups: 1, runs: 3 },
  }
}

function parseSection(name: string): Section {
  const section = SECTIONS.find(candidate => candidate === name)
  if (!section) throw new Error(`--only: unknown section ${name}; there are ${SECTIONS.join(', ')}`)
  return section
}
