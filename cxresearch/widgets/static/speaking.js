// The texts of the page in its language.

export function textsOf(model) {
  const texts = model.get("_texts");
  return (key, values = {}) => {
    const text = texts[key];
    if (text === undefined) return key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  };
}
