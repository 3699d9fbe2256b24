export default function own(x) {
  return x + 1
}
