// Places in texts. Python counts code points, the browser counts UTF-16 units: a sign outside the
// basic plane (an emoji) is one code point and two units. The index holds where those signs are.

export function astralIndex(text, points) {
  if (text.length === points) return new Uint32Array(0);
  const index = new Uint32Array(text.length - points);
  const pair = /[\ud800-\udbff][\udc00-\udfff]/g;
  let found = 0;
  while (pair.exec(text) !== null) {
    index[found] = pair.lastIndex - 2 - found;
    found += 1;
  }
  return index;
}

function countBelow(length, isBelow) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function toUnits(index, point) {
  return point + countBelow(index.length, (i) => index[i] < point);
}

// a unit in the middle of a pair gives the code point of the pair
export function toPoints(index, unit) {
  return unit - countBelow(index.length, (i) => index[i] + i < unit);
}

// the last i with values[i] <= wanted, or -1
export function lastAtMost(values, wanted, length = values.length) {
  return countBelow(length, (i) => values[i] <= wanted) - 1;
}
