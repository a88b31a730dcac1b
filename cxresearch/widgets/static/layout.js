// Which quotations lie where: lanes for the underlines, pieces of a row.

// give each quotation a lane so that no two that overlap share one; longer ones go outermost
export function lanesOf(marks) {
  const sorted = [...marks].sort((a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1));
  const ends = [];
  const furthest = new Uint32Array(sorted.length);
  let reach = 0;
  sorted.forEach((mark, i) => {
    let lane = 0;
    while (lane < ends.length && ends[lane] > mark.start) lane += 1;
    ends[lane] = mark.end;
    mark.lane = lane;
    reach = Math.max(reach, mark.end);
    furthest[i] = reach;
  });
  return { sorted, furthest, starts: Uint32Array.from(sorted, (m) => m.start) };
}

// the quotations that touch start..end, in order
export function marksBetween(lanes, start, end) {
  const found = [];
  let low = 0;
  let high = lanes.sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lanes.starts[middle] < end) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i >= 0 && lanes.furthest[i] > start; i -= 1) {
    if (lanes.sorted[i].end > start) found.push(lanes.sorted[i]);
  }
  return found.reverse();
}

// cut start..end wherever a quotation or a hit begins or ends
export function piecesOf(start, end, marks, hits) {
  const cuts = new Set([start, end]);
  for (const range of [...marks, ...hits]) {
    if (range.start > start && range.start < end) cuts.add(range.start);
    if (range.end > start && range.end < end) cuts.add(range.end);
  }
  const places = Uint32Array.from(cuts).sort();
  const pieces = [];
  for (let i = 0; i + 1 < places.length; i += 1) {
    const covers = (range) => range.start <= places[i] && range.end > places[i];
    pieces.push({
      start: places[i],
      end: places[i + 1],
      marks: marks.filter(covers),
      hit: hits.find(covers) || null,
    });
  }
  return pieces;
}
