/** An object of the same names with other values. */
export function mapValues<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  convert: (value: From, name: Name) => To,
): Record<Name, To> {
  const entries = Object.entries<From>(record).map(([name, value]) => [name, convert(value, name as Name)])
  return Object.fromEntries(entries) as Record<Name, To>
}
