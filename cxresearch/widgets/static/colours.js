// Colours of codes that stay readable on the ground of any theme.

// Okabe and Ito's palette without its yellow and black, which vanish on one of the grounds
const PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F5FC4", "#8C6D31"];
const CONTRAST = 3.2;

function channels(colour) {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour);
  if (hex) return [0, 2, 4].map((i) => parseInt(hex[1].slice(i, i + 2), 16));
  const rgb = /rgba?\(([^)]+)\)/.exec(colour);
  return rgb ? rgb[1].split(/[ ,/]+/).slice(0, 3).map(Number) : [255, 255, 255];
}

export function luminance(colour) {
  const [r, g, b] = channels(colour).map((c) => {
    const share = c / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// the colour, moved towards black or white until it stands out from the ground
export function readable(colour, ground) {
  const aim = luminance(ground) > 0.35 ? 0 : 255;
  let mixed = channels(colour);
  for (let step = 0; step < 20; step += 1) {
    const now = `rgb(${mixed.map(Math.round).join(",")})`;
    if (contrast(now, ground) >= CONTRAST) return now;
    mixed = mixed.map((c) => c + (aim - c) * 0.1);
  }
  return `rgb(${mixed.map(Math.round).join(",")})`;
}

// the same colour, turned a little round the circle of hues, and a little lighter or darker
function turned(colour, degrees) {
  const [r, g, b] = channels(colour).map((c) => c / 255);
  const most = Math.max(r, g, b);
  const least = Math.min(r, g, b);
  const light = (most + least) / 2;
  const spread = most - least;
  const rich = spread ? spread / (1 - Math.abs(2 * light - 1)) : 0;
  const hue = !spread ? 0 : most === r ? ((g - b) / spread + 6) % 6 : most === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
  const wanted = (hue * 60 + degrees + 360) % 360;
  const lit = Math.min(0.7, Math.max(0.25, light + degrees / 400));
  const channel = (n) => {
    const k = (n + wanted / 30) % 12;
    const c = lit - rich * Math.min(lit, 1 - lit) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(c * 255).toString(16).padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

// a code without a colour takes a relative of its parent's; one at the top the next of the palette
export function coloursOf(codes) {
  const byId = new Map(codes.map((code) => [code.code, code]));
  const children = new Map();
  const own = new Map();
  let next = 0;
  const relative = (above) => {
    const n = (children.get(above.code) || 0) + 1;
    children.set(above.code, n);
    return turned(colourOf(above), (n % 2 ? 1 : -1) * Math.ceil(n / 2) * 34);
  };
  const colourOf = (code) => {
    if (own.has(code.code)) return own.get(code.code);
    const above = code.parent ? byId.get(code.parent) : null;
    const colour = code.colour || (above ? relative(above) : PALETTE[next++ % PALETTE.length]);
    own.set(code.code, colour);
    return colour;
  };
  codes.forEach(colourOf);
  return own;
}

// the ground as the page shows it, even where it is painted by an element further up
export function groundOf(element) {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour && colour !== "transparent" && !/,\s*0\)$/.test(colour)) return colour;
  }
  return "rgb(255,255,255)";
}
