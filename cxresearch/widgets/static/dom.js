// Building elements, and a few words about places on the screen.

export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "style") element.style.cssText = value;
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) element.append(child);
  }
  return element;
}

// letters without case and accents: "Ä" and "a" meet, as a hurried typist means them
export function fold(text) {
  return String(text || "").toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

// Ctrl on most machines, Cmd on a Mac
export function withCommand(event) {
  return (event.ctrlKey || event.metaKey) && !event.altKey;
}

export function isTyping(target) {
  return target instanceof HTMLElement
    && (target.matches("input, textarea, select") || target.isContentEditable);
}

export function clockOf(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = parts.map((n) => String(n).padStart(2, "0"));
  return parts[0] ? two.join(":") : two.slice(1).join(":");
}
