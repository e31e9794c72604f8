// What the page holds, and the few helpers that every part of it uses.
"use strict";

const report = { handlers: [] };

report.textOf = (id) => document.getElementById(id)?.textContent ?? "null";
report.run = JSON.parse(report.textOf("run-data"));
report.model = 0; // Place of the model that is shown.

report.bytes = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

// Compressed JSON from a script element; null where the page has none.
report.unpacked = async (id) => {
  const packed = JSON.parse(report.textOf(id));
  if (packed === null) return null;
  const stream = new Blob([report.bytes(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
};

// Text in which nothing is invisible and nothing turns the direction of writing: such characters as escapes.
report.visible = (text) =>
  String(text).replace(
    /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|(?! )\p{Zs}/gu,
    (char) => `\\u${char.codePointAt(0).toString(16).padStart(4, "0")}`,
  );

// An element with attributes; children are elements, or text that stays text.
report.element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null));
  return made;
};

report.options = (select, entries) => {
  select.replaceChildren(...entries.map(([value, text]) => report.element("option", { value }, report.visible(text))));
};

report.number = (value, digits = 2) => (value === null || value === undefined ? "-" : value.toFixed(digits));
report.signed = (value, digits = 0) =>
  value === null ? "-" : (value > 0 ? "+" : value < 0 ? "−" : "±") + Math.abs(value).toFixed(digits);
report.count = (value) => value.toLocaleString("en-US");

report.shown = () => report.run.models[report.model];
report.isBaseline = () => report.shown().name === report.run.baselineModel;
report.totalFirst = (rows) => [...rows.slice(-1), ...rows.slice(0, -1)]; // The total comes last in the data.

// Called with nothing whenever another model is shown.
report.onModel = (handler) => report.handlers.push(handler);
report.show = (model) => {
  report.model = model;
  for (const handler of report.handlers) handler();
};
