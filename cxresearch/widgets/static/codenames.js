// Names of codes in the language of the screen.

export function nameOfCode(byCode, code, language) {
  const found = byCode.get(code);
  if (!found) return code;
  const other = language === "fi" ? "name_en" : "name_fi";
  return found[`name_${language}`] || found[other] || found.name_sv || found.code;
}

export function pathOfCode(byCode, code, language) {
  const names = [];
  for (let at = byCode.get(code); at; at = byCode.get(at.parent)) names.unshift(nameOfCode(byCode, at.code, language));
  return names.join(" › ");
}
