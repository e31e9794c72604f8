// What the list shows, as CSV.
"use strict";

(() => {
  const { element } = report;
  const byId = (id) => document.getElementById(id);

  // A spreadsheet takes a cell that begins like this for a formula.
  const cell = (value) => {
    const text =
      value === null || value === undefined
        ? ""
        : typeof value === "string" && /^[=+\-@\t\r\n]/.test(value)
          ? `'${value}`
          : String(value);
    return /[",\r\n\t]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
  };

  const csv = () => {
    const { columns: c } = report,
      m = c.models[report.model];
    const head = [
      "model",
      "id",
      "category",
      "speaker",
      "seconds",
      "status",
      "errors",
      "reference_length",
      "rate_percent",
      "baseline_errors",
      "reference",
      "hypothesis",
      "normalized_reference",
      "normalized_hypothesis",
      "reason",
    ];
    const lines = report.table
      .getData("active")
      .map(({ i, status, errors, rate, before }) => [
        m.name,
        c.id[i],
        c.categories[c.category[i]],
        c.speakers[c.speaker[i]],
        c.seconds[i],
        status,
        errors,
        m.lengths[c.metric]?.[i],
        rate === null ? null : Number(rate.toFixed(4)),
        before,
        c.reference[i],
        m.hypothesis[i],
        report.normalizedReference(i),
        status === "failed" ? null : (m.normalized[i] ?? report.normalizedReference(i)),
        m.reasons[i],
      ]);
    return [head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
  };

  const said = (button, text) => {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => {
      button.textContent = before;
    }, 1500);
  };

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(csv());
      said(byId("copy"), "Copied");
    } catch {
      save(); // where the browser lets no page write to the clipboard
    }
  };

  const save = () => {
    const address = URL.createObjectURL(new Blob(["\ufeff", csv()], { type: "text/csv" }));
    element("a", { href: address, download: "utterances.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };

  report.csv = csv;
  report.startCsv = () => {
    byId("copy").addEventListener("click", copy);
    byId("save").addEventListener("click", save);
  };
})();
