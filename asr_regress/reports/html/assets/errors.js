// Where the errors are: utterance by utterance, by length, by class, and what is taken for what.
"use strict";

(() => {
  const { axis, color, legend, makers } = report.charts;
  const { isBaseline, number, shown, totalFirst, visible } = report;
  const CONFUSIONS = 12; // Of the table beside the classes.
  const AROUND = 86; // Pixels above and below the bars.
  const HIGHEST = 100; // Percent: utterances above it stand at the edge.
  const TOGETHER = 3000; // Points that are drawn in one go.

  makers.scatter = () => {
    const category = report.columns?.categories.indexOf(chosen()) ?? -1;
    const rows = (report.rows ?? []).filter(
      (row) => row.rate !== null && row.rateBefore !== null && (category < 0 || row.category === category),
    );
    const drawn = rows.filter((row) => row.rate || row.rateBefore);
    const perfect = rows.length - drawn.length;
    document.getElementById("scatter-note").textContent = rows.length
      ? `${report.count(drawn.length)} utterances; ${report.count(perfect)} without an error in either are not drawn. Rates above ${HIGHEST} % stand at the edge.`
      : "";
    if (!drawn.length || isBaseline()) return null;
    const at = (rate) => Math.min(rate, HIGHEST);
    const kinds = [
      ["worse", "triangle", color("regressed"), drawn.filter((row) => row.added > 0)],
      ["the same", "rect", color("muted"), drawn.filter((row) => row.added === 0)],
      ["better", "circle", color("pass"), drawn.filter((row) => row.added < 0)],
    ];
    const series = kinds.map(([name, symbol, shade, found]) => ({
      name: `${name} (${report.count(found.length)})`,
      type: "scatter",
      symbol,
      symbolSize: 9,
      z: 3,
      itemStyle: { color: shade, opacity: drawn.length > TOGETHER ? 0.45 : 0.7 },
      progressive: 0,
      large: false,
      data: found.map((row) => [at(row.rateBefore), at(row.rate), row.i]),
      tooltip: { formatter: ({ value }) => describeRow(value[2]) },
    }));
    series[0].markLine = {
      symbol: "none",
      silent: true,
      label: { show: false },
      lineStyle: { color: color("muted"), type: "dashed" },
      data: [[{ coord: [0, 0] }, { coord: [HIGHEST, HIGHEST] }]],
    };
    const ends = { type: "value", min: 0, max: HIGHEST };
    return {
      label: "Error rate of every utterance against the baseline's; the list below has the same utterances",
      click: ({ value }) => report.open(value[2]),
      option: {
        grid: { left: 26, right: 24, top: 40, bottom: 28, containLabel: true },
        legend: legend(),
        xAxis: axis({ ...ends, name: "baseline, %", nameLocation: "middle", nameGap: 28 }),
        yAxis: axis({ ...ends, name: "this model, %", nameLocation: "middle", nameGap: 36 }),
        series,
      },
    };
  };
  const describeRow = (i) => {
    const row = report.rows[i];
    return `${visible(row.id)}\n${number(row.rate)} % (${row.errors} errors), baseline ${number(row.rateBefore)} % (${row.before})`;
  };

  const chosen = () => document.getElementById("errors-category").value || report.run.total;

  makers.classes = () => {
    const classes = (shown().classes[chosen()] ?? []).filter((each) => each.edits || each.before);
    if (!classes.length) return null;
    const rows = [...classes].sort((a, b) => b.edits - a.edits);
    const compared = rows.some((row) => row.before !== null);
    const bars = (name, key, style) => ({
      name,
      type: "bar",
      barMaxWidth: 14,
      itemStyle: style,
      data: rows.map((row) => row[key]),
      label: { show: true, position: "right", color: color("text"), fontSize: 11 },
    });
    const striped = {
      color: color("muted"),
      decal: {
        symbol: "rect",
        dashArrayX: [1, 0],
        dashArrayY: [2, 4],
        rotation: -Math.PI / 4,
        color: color("background"),
      },
    };
    return {
      height: AROUND + (compared ? 44 : 30) * rows.length,
      label: `Edits by class: ${rows.map((row) => `${row.title} ${row.edits}`).join(", ")}`,
      option: {
        grid: { left: 8, right: 48, top: 34, bottom: 8, containLabel: true },
        legend: legend(),
        tooltip: { ...report.charts.base({}).tooltip, trigger: "axis" },
        xAxis: axis({ type: "value", minInterval: 1 }),
        yAxis: axis({
          type: "category",
          inverse: true,
          data: rows.map((row) => row.title),
          axisLabel: { color: color("text"), interval: 0 },
        }),
        series: [
          bars("this model", "edits", { color: color("accent") }),
          ...(compared ? [bars("baseline", "before", striped)] : []),
        ],
      },
    };
  };

  makers.durations = () => {
    const bins = shown().durations[chosen()] ?? [];
    if (!bins.length) return null;
    const before = isBaseline() ? {} : (shown().baselineDurations[chosen()] ?? {});
    const rates = (name, symbol, style, value) => ({
      name,
      type: "scatter",
      symbol,
      symbolSize: 10,
      z: 4,
      itemStyle: style,
      data: bins.map((bin, place) => (value(bin) === undefined ? null : [place, value(bin)])).filter(Boolean),
    });
    const text = (bin) =>
      [
        bin.name,
        `${report.count(bin.utterances)} utterances, ${number(bin.perfect_percent, 1)} % perfect`,
        `rate ${number(bin.rate)} %, baseline ${number(before[bin.name] ?? null)}`,
        `quartiles ${bin.quartiles.map((each) => number(each, 1)).join(", ")}; 95th percentile ${number(bin.percentile_95, 1)}`,
      ].join("\n");
    return {
      label: `Spread by length of the recordings: ${bins.map((bin) => `${bin.name} rate ${number(bin.rate)} %`).join(", ")}`,
      option: {
        grid: { left: 8, right: 16, top: 34, bottom: 8, containLabel: true },
        legend: legend(),
        tooltip: {
          ...report.charts.base({}).tooltip,
          trigger: "axis",
          formatter: ([first]) => text(bins[first.dataIndex]),
        },
        xAxis: axis({
          type: "category",
          data: bins.map((bin) => `${bin.name}\n${report.count(bin.utterances)} utts`),
          axisLabel: { color: color("text"), interval: 0, fontSize: 11 },
        }),
        yAxis: axis({ type: "value", min: 0 }),
        series: [
          {
            name: "quartiles to 95th percentile",
            type: "boxplot",
            itemStyle: { color: color("panel"), borderColor: color("accent"), borderWidth: 1.5 },
            data: bins.map(({ quartiles: [low, middle, high], percentile_95: most }) => [
              low,
              low,
              middle,
              high,
              Math.max(most, high),
            ]),
          },
          rates("pooled rate", "diamond", { color: color("accent") }, (bin) => bin.rate ?? undefined),
          rates(
            "baseline's",
            "rect",
            { color: color("background"), borderColor: color("text"), borderWidth: 1.5 },
            (bin) => before[bin.name],
          ),
        ].filter((each) => each.data.length),
      },
    };
  };

  // The table of confusions beside the figures of errors.
  const confusions = () => {
    const found = (shown().classes[chosen()] ?? []).flatMap(({ title, confusions: pairs }) =>
      pairs.map((pair) => [...pair, title]),
    );
    found.sort((a, b) => b[2] - a[2]);
    const { element } = report,
      text = (said) => (said === "" ? element("span", { class: "muted" }, "(nothing)") : visible(said));
    document
      .querySelector("#confusions tbody")
      .replaceChildren(
        ...found
          .slice(0, CONFUSIONS)
          .map(([said, heard, times, title]) =>
            element(
              "tr",
              {},
              element("td", {}, text(said)),
              element("td", {}, text(heard)),
              element("td", { class: "number" }, report.count(times)),
              element("td", {}, title),
              element(
                "td",
                {},
                element("button", { type: "button", class: "quiet", click: () => report.find(heard || said) }, "find"),
              ),
            ),
          ),
      );
  };

  report.startErrors = () => {
    const select = document.getElementById("errors-category");
    if (!select) return;
    const fill = () => {
      const names = totalFirst(Object.keys(shown().classes)),
        before = chosen();
      report.options(
        select,
        names.map((name) => [name, name]),
      );
      select.value = names.includes(before) ? before : report.run.total;
      confusions();
    };
    select.addEventListener("change", () => {
      confusions();
      report.charts.redraw();
    });
    report.onModel(fill);
    fill();
  };
})();
