// The cells of the list of utterances.
"use strict";

(() => {
  const { element, visible, number } = report;
  const byId = (id) => document.getElementById(id);
  const phone = matchMedia("(max-width: 600px)");

  const textCell = (cell) => {
    const row = cell.getData(),
      { columns } = report,
      m = columns.models[report.model],
      { i } = row;
    const reference = report.normalizedReference(i),
      unit = byId("unit").value || report.marks.suits(reference);
    const hypothesis = m.normalized[i] ?? reference;
    const speaker = columns.speakers[columns.speaker[i]];
    const about = [
      columns.categories[columns.category[i]],
      speaker,
      columns.seconds[i] === null ? undefined : `${columns.seconds[i].toFixed(1)} s`,
    ];
    const flags = [
      row.kinds || row.runaway ? "hallucinated" : null,
      row.status === "failed" ? "failed" : null,
      row.status === "empty_reference" ? "empty reference" : null,
    ];
    const second =
      row.status === "failed"
        ? [visible(m.reasons[i] ?? "")]
        : m.status[i] === null
          ? ["(not measured)"]
          : report.marks.line(reference, hypothesis, m[unit][i], unit);
    return element(
      "div",
      { class: "entry" },
      element(
        "div",
        { class: "about" },
        element("b", {}, visible(row.id)),
        element(
          "span",
          { class: "muted" },
          ` ${about
            .filter((each) => each !== undefined)
            .map(visible)
            .join(" · ")}`,
        ),
        flags.filter(Boolean).map((flag) => element("span", { class: "flag" }, flag)),
      ),
      element("div", { class: "line", dir: "auto" }, second),
    );
  };

  const playCell = (cell) => {
    const { i } = cell.getData();
    return element(
      "button",
      {
        type: "button",
        class: "quiet play",
        "aria-label": `play ${visible(report.columns.id[i])}`,
        click: (event) => {
          event.stopPropagation();
          report.open(i, false);
          report.detail.play();
        },
      },
      "▶",
    );
  };

  report.listColumns = () => [
    {
      title: "",
      field: "i",
      formatter: playCell,
      width: 44,
      headerSort: false,
      hozAlign: "center",
      titleFormatter: () => element("span", { class: "hidden" }, "play"),
    },
    { title: "utterance", field: "id", formatter: textCell, widthGrow: 1, minWidth: 180 },
    {
      title: `${report.run.rankedBy} %`,
      field: "rate",
      formatter: (cell) => number(cell.getValue(), 1),
      width: 96,
      hozAlign: "right",
      sorter: "number",
      sorterParams: { alignEmptyValues: "bottom" },
    },
    {
      title: "errors",
      field: "errors",
      visible: false,
      sorter: "number",
      sorterParams: { alignEmptyValues: "bottom" },
    },
    {
      title: "Δ errors",
      field: "added",
      visible: !phone.matches,
      formatter: (cell) => report.signed(cell.getValue()),
      width: 108,
      hozAlign: "right",
      sorter: "number",
      sorterParams: { alignEmptyValues: "bottom" },
      headerTooltip: "errors more than the baseline's",
    },
  ];
})();
