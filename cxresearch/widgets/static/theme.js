// Colours of codes as CSS variables, set anew when the theme changes.

import { groundOf, luminance, readable } from "./colours.js";
import { colourName } from "./rowmarks.js";

export function paint(root, store) {
  const ground = groundOf(root);
  root.classList.toggle("cxc-dark", luminance(ground) < 0.35);
  for (const [code, colour] of store.colours || []) {
    root.style.setProperty(colourName(code), readable(colour, ground));
  }
}

// a theme's styles come after its name: look again a little later
export function watchTheme(repaint) {
  const later = () => [0, 150, 600].forEach((wait) => setTimeout(repaint, wait));
  const observer = new MutationObserver(later);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light", "data-jp-theme-name"] });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", later);
  return () => {
    observer.disconnect();
    scheme.removeEventListener("change", later);
  };
}
