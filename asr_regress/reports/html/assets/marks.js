// Alignments as marked text. A code such as "=12s2i1d3" (alignment_codes.py) says what became of each token.
"use strict";

report.marks = (() => {
  const { element, visible } = report;
  const UNSPACED =
    /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
  const WORDS = { s: "substituted", i: "added", d: "left out" };

  // Words suit writing whose letters are small; syllables and signs are told apart one by one.
  const suits = (text) =>
    (text.match(UNSPACED) ?? []).length * 2 > (text.match(/\p{L}/gu) ?? []).length ? "letters" : "words";

  const tokensOf = (text, unit) => (unit === "letters" ? Array.from(text) : text === "" ? [] : text.split(" "));

  // Runs of tokens: {kind, said, heard}, both arrays.
  const runs = (reference, hypothesis, code, unit) => {
    const said = tokensOf(reference, unit),
      heard = tokensOf(hypothesis, unit);
    if (!code) return said.length ? [{ kind: "=", said, heard: said }] : [];
    let i = 0,
      j = 0;
    return Array.from(code.matchAll(/([=sid])(\d+)/g), ([, kind, length]) => {
      const n = Number(length),
        s = kind === "i" ? 0 : n,
        h = kind === "d" ? 0 : n;
      return { kind, said: said.slice(i, (i += s)), heard: heard.slice(j, (j += h)) };
    });
  };

  const joined = (tokens, unit) => visible(tokens.join(unit === "letters" ? "" : " "));
  const shown = (text) => text.replaceAll(" ", "␣");
  const error = (tokens, unit) => (unit === "letters" ? shown(joined(tokens, unit)) : joined(tokens, unit));

  const marked = ({ kind, said, heard }, unit) => {
    const before = error(said, unit),
      after = error(heard, unit);
    if (kind === "=") return document.createTextNode(joined(said, unit));
    if (kind === "d") return element("del", { class: "deleted" }, before);
    if (kind === "i") return element("ins", { class: "inserted" }, after);
    return element("span", { class: "sub" }, element("del", {}, before), element("ins", {}, after));
  };

  // One line of text with its marks, beginning shortly before the first error.
  const line = (reference, hypothesis, code, unit, most = 160) => {
    const all = runs(reference, hypothesis, code, unit),
      context = unit === "letters" ? 10 : 4;
    const nodes = [];
    let length = 0;
    for (const [place, run] of all.entries()) {
      if (length > most) {
        nodes.push("…");
        break;
      }
      const cut = place === 0 && run.kind === "=" && all.length > 1 && run.said.length > context;
      const shownRun = cut ? { ...run, said: run.said.slice(-context) } : run;
      if (cut) nodes.push("…");
      nodes.push(marked(shownRun, unit));
      if (unit === "words" && place + 1 < all.length) nodes.push(" ");
      length += Math.max(run.said.length, run.heard.length) * (unit === "letters" ? 1 : 5);
    }
    return nodes;
  };

  const column = (above, below, kind) =>
    element(
      "span",
      { class: `column ${kind === "=" ? "same" : WORDS[kind].replace(" ", "-")}` },
      element("span", { class: "said" }, above || " "),
      element("span", { class: "heard" }, below || " "),
      element("span", { class: "letter", title: WORDS[kind] ?? null }, kind === "=" ? " " : kind.toUpperCase()),
    );

  // The reference above the hypothesis, column by column, each error with its letter: S, I or D.
  const stacked = (reference, hypothesis, code, unit) => {
    const made = element("div", { class: `stacked ${unit}`, dir: "auto" });
    for (const { kind, said, heard } of runs(reference, hypothesis, code, unit)) {
      if (kind !== "s" && unit === "letters") {
        // Syllables side by side stay a word: it wraps between words, and is read as one.
        for (const piece of (kind === "i" ? heard : said).join("").match(/[^ ]+ ?| /g) ?? []) {
          const text = visible(piece);
          made.append(
            kind === "="
              ? column(text, text, kind)
              : kind === "i"
                ? column("", shown(text), kind)
                : column(shown(text), "", kind),
          );
        }
        continue;
      }
      for (let n = 0; n < Math.max(said.length, heard.length); n++) {
        made.append(column(shown(visible(said[n] ?? "")), shown(visible(heard[n] ?? "")), kind));
      }
    }
    return made;
  };

  return { suits, runs, line, stacked };
})();
