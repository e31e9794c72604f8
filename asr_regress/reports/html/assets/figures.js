// The figures: what each chart shows of the model that is chosen.
"use strict";

(() => {
  const { axis, color, legend, makers } = report.charts;
  const { number, visible } = report;
  const SYMBOLS = { pass: "circle", regressed: "diamond", inconclusive: "triangle", not_measured: "pin", not_judged: "circle" };
  const CONFUSIONS = 12;
  const ROW = 38, AROUND = 86; // Pixels of a category, and of what stands above and below all of them.

  const model = () => report.run.models[report.model];
  const isBaseline = () => model().name === report.run.baselineModel;
  const metricOf = (place) => report.run.metrics.find((each) => each.name === place.dataset.metric);
  const verdictColor = (verdict) => color(verdict.replace("_", "-"));

  // Lines from low to high, with ends, one a category.
  const whiskers = (intervals, colors) => ({
    type: "custom",
    silent: true,
    tooltip: { show: false },
    data: intervals.map((ends, row) => (ends ? [ends[0], ends[1], row] : null)).filter(Boolean),
    encode: { x: [0, 1], y: 2 },
    clip: true,
    renderItem: (params, api) => {
      const [a, y] = api.coord([api.value(0), api.value(2)]), [b] = api.coord([api.value(1), api.value(2)]);
      const style = { stroke: colors[api.value(2)], lineWidth: 2 };
      const stroke = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
      return { type: "group", children: [stroke(a, y, b, y), stroke(a, y - 4, a, y + 4), stroke(b, y - 4, b, y + 4)] };
    },
    z: 2,
  });

  // Categories from top to bottom; what a row comes to stands at its right end.
  const byCategory = (rows, series, ends, result) => ({
    grid: { left: 8, right: 8, top: 34, bottom: 8, containLabel: true },
    legend: legend({ data: series.filter((each) => each.name).map((each) => each.name) }),
    xAxis: axis({ type: "value", ...ends }),
    yAxis: [
      axis({
        type: "category", inverse: true, data: rows.map((row) => visible(row.name)), axisTick: { show: false },
        splitLine: { show: true, lineStyle: { color: color("border"), opacity: 0.4 } },
        axisLabel: { color: color("text"), width: 130, overflow: "truncate", interval: 0 },
      }),
      {
        type: "category", inverse: true, position: "right", data: rows.map((row, at) => `${at}`), axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { interval: 0, color: (_, at) => verdictColor(rows[at].verdict), fontWeight: 600, formatter: (_, at) => `${report.run.marks[rows[at].verdict]} ${result(rows[at])}` },
      },
    ],
    series,
  });

  // Ends of the axis: all points, and intervals as long as they are not far beyond them.
  const range = (values, intervals) => {
    const known = values.filter((value) => value !== null && value !== undefined), low = Math.min(0, ...known), high = Math.max(0, ...known);
    const room = Math.max(1.5 * (high - low), 1), ends = intervals.filter(Boolean);
    const from = Math.max(low - room, Math.min(low, ...ends.map(([end]) => end))), to = Math.min(high + room, Math.max(high, ...ends.map(([, end]) => end)));
    const rough = (to - from) / 6, ten = 10 ** Math.floor(Math.log10(rough)), interval = [1, 2, 5, 10].map((each) => each * ten).find((each) => each >= rough);
    return { min: Math.floor(from / interval) * interval, max: Math.ceil(to / interval) * interval, interval };
  };

  const points = (rows, value) =>
    rows.map((row, at) => (value(row) === null || value(row) === undefined ? null
      : { value: [value(row), at], symbol: SYMBOLS[row.verdict], itemStyle: { color: verdictColor(row.verdict) } })).filter(Boolean);

  const tip = (rows, text) => ({ formatter: (point) => (point.value ? text(rows[point.value[1]]) : "") });

  const totalFirst = (rows) => [...rows.slice(-1), ...rows.slice(0, -1)];

  const describe = (row, unit) => [
    visible(row.name), `rate ${number(row.rate)} ${unit}` + (row.ci95 ? ` [${row.ci95.map((end) => number(end)).join(", ")}]` : ""),
    `baseline ${number(row.baseline)}`, `allowed ${number(row.ceiling)}`, row.verdict.replace("_", " "),
  ].join("\n");

  makers.rates = (place) => {
    const metric = metricOf(place), rows = totalFirst(model().metrics[metric.name] ?? []);
    if (!rows.length) return null;
    const others = (name, key, symbol, symbolSize, itemStyle) => ({
      name, type: "scatter", symbol, symbolSize, itemStyle, z: 3, tooltip: tip(rows, (row) => describe(row, metric.unit)),
      data: rows.map((row, at) => (row[key] === null || row[key] === undefined ? null : [row[key], at])).filter(Boolean),
    });
    const series = [
      whiskers(rows.map((row) => row.ci95), rows.map((row) => verdictColor(row.verdict))),
      others("allowed at most", "ceiling", "rect", [3, 22], { color: color("limit") }),
      others("baseline", "baseline", "rect", 9, { color: color("background"), borderColor: color("text"), borderWidth: 1.5 }),
      {
        name: "this model", type: "scatter", symbolSize: 11, z: 4, itemStyle: { color: color("text") },
        tooltip: tip(rows, (row) => describe(row, metric.unit)),
        data: points(rows, (row) => row.rate),
      },
    ].filter((each) => each.data.length);
    return {
      height: AROUND + ROW * rows.length,
      label: `${metric.title} by category with intervals, baseline and limit; the same numbers are in the table`,
      option: byCategory(rows, series, { ...range(rows.flatMap((row) => [row.rate, row.baseline, row.ceiling]), rows.map((row) => row.ci95)), min: 0 }, (row) => number(row.rate)),
    };
  };

  makers.differences = (place) => {
    const metric = metricOf(place), rows = totalFirst(model().metrics[metric.name] ?? []);
    if (isBaseline() || rows.every((row) => row.delta === null || row.delta === undefined)) return null;
    const text = (row) => [
      visible(row.name), `${row.delta > 0 ? "+" : ""}${number(row.delta)} ${metric.differenceUnit}` +
        (row.delta_ci95 ? ` [${row.delta_ci95.map((end) => number(end)).join(", ")}]` : ""), row.verdict.replace("_", " "),
    ].join("\n");
    const series = [
      {
        ...whiskers(rows.map((row) => row.delta_ci95), rows.map((row) => verdictColor(row.verdict))),
        markLine: { symbol: "none", silent: true, label: { show: false }, lineStyle: { color: color("text"), type: "solid", width: 1 }, data: [{ xAxis: 0 }] },
      },
      {
        name: "worsening allowed", type: "scatter", symbol: "rect", symbolSize: [3, 22], itemStyle: { color: color("limit") }, z: 3,
        tooltip: tip(rows, text), data: rows.map((row, at) => (row.allowed === null || row.allowed === undefined ? null : [row.allowed, at])).filter(Boolean),
      },
      {
        name: "this model", type: "scatter", symbolSize: 11, z: 4, itemStyle: { color: color("text") }, tooltip: tip(rows, text),
        data: points(rows, (row) => row.delta),
      },
    ].filter((each) => each.data.length);
    return {
      height: AROUND + ROW * rows.length,
      label: `${metric.title}: difference to the baseline by category with intervals; the same numbers are in the table`,
      option: byCategory(rows, series, range(rows.flatMap((row) => [row.delta, row.allowed]), rows.map((row) => row.delta_ci95)), (row) => report.signed(row.delta, 2)),
    };
  };

  const HIGHEST = 100; // Percent: utterances above it stand at the edge.
  const TOGETHER = 3000; // Points that are drawn in one go.

  makers.scatter = () => {
    const category = report.columns?.categories.indexOf(chosen()) ?? -1;
    const rows = (report.rows ?? []).filter((row) => row.rate !== null && row.rateBefore !== null && (category < 0 || row.category === category));
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
      name: `${name} (${report.count(found.length)})`, type: "scatter", symbol, symbolSize: 9, z: 3,
      itemStyle: { color: shade, opacity: drawn.length > TOGETHER ? 0.45 : 0.7 },
      progressive: 0, large: false,
      data: found.map((row) => [at(row.rateBefore), at(row.rate), row.i]),
      tooltip: { formatter: ({ value }) => describeRow(value[2]) },
    }));
    series[0].markLine = {
      symbol: "none", silent: true, label: { show: false }, lineStyle: { color: color("muted"), type: "dashed" },
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
    const classes = (model().classes[chosen()] ?? []).filter((each) => each.edits || each.before);
    if (!classes.length) return null;
    const rows = [...classes].sort((a, b) => b.edits - a.edits);
    const compared = rows.some((row) => row.before !== null);
    const bars = (name, key, style) => ({
      name, type: "bar", barMaxWidth: 14, itemStyle: style, data: rows.map((row) => row[key]),
      label: { show: true, position: "right", color: color("text"), fontSize: 11 },
    });
    const striped = { color: color("muted"), decal: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: color("background") } };
    return {
      height: AROUND + (compared ? 44 : 30) * rows.length,
      label: `Edits by class: ${rows.map((row) => `${row.title} ${row.edits}`).join(", ")}`,
      option: {
        grid: { left: 8, right: 48, top: 34, bottom: 8, containLabel: true },
        legend: legend(),
        tooltip: { ...report.charts.base({}).tooltip, trigger: "axis" },
        xAxis: axis({ type: "value", minInterval: 1 }),
        yAxis: axis({ type: "category", inverse: true, data: rows.map((row) => row.title), axisLabel: { color: color("text"), interval: 0 } }),
        series: [bars("this model", "edits", { color: color("accent") }), ...(compared ? [bars("baseline", "before", striped)] : [])],
      },
    };
  };

  makers.durations = () => {
    const bins = model().durations[chosen()] ?? [];
    if (!bins.length) return null;
    const before = isBaseline() ? {} : model().baselineDurations[chosen()] ?? {};
    const rates = (name, symbol, style, value) => ({
      name, type: "scatter", symbol, symbolSize: 10, z: 4, itemStyle: style,
      data: bins.map((bin, place) => (value(bin) === undefined ? null : [place, value(bin)])).filter(Boolean),
    });
    const text = (bin) => [
      bin.name, `${report.count(bin.utterances)} utterances, ${number(bin.perfect_percent, 1)} % perfect`,
      `rate ${number(bin.rate)} %, baseline ${number(before[bin.name] ?? null)}`,
      `quartiles ${bin.quartiles.map((each) => number(each, 1)).join(", ")}; 95th percentile ${number(bin.percentile_95, 1)}`,
    ].join("\n");
    return {
      label: `Spread by length of the recordings: ${bins.map((bin) => `${bin.name} rate ${number(bin.rate)} %`).join(", ")}`,
      option: {
        grid: { left: 8, right: 16, top: 34, bottom: 8, containLabel: true },
        legend: legend(),
        tooltip: { ...report.charts.base({}).tooltip, trigger: "axis", formatter: ([first]) => text(bins[first.dataIndex]) },
        xAxis: axis({ type: "category", data: bins.map((bin) => `${bin.name}\n${report.count(bin.utterances)} utts`), axisLabel: { color: color("text"), interval: 0, fontSize: 11 } }),
        yAxis: axis({ type: "value", min: 0 }),
        series: [
          {
            name: "quartiles to 95th percentile", type: "boxplot", itemStyle: { color: color("panel"), borderColor: color("accent"), borderWidth: 1.5 },
            data: bins.map(({ quartiles: [low, middle, high], percentile_95: most }) => [low, low, middle, high, Math.max(most, high)]),
          },
          rates("pooled rate", "diamond", { color: color("accent") }, (bin) => bin.rate ?? undefined),
          rates("baseline's", "rect", { color: color("background"), borderColor: color("text"), borderWidth: 1.5 }, (bin) => before[bin.name]),
        ].filter((each) => each.data.length),
      },
    };
  };

  const LINES = 8; // Lines that are drawn before any is chosen from the legend.

  makers.curve = (place) => {
    const chart = report.run.charts[Number(place.dataset.number)];
    const marks = ["circle", "rect", "triangle", "diamond", "pin", "arrow"];
    const ends = (line) => line.values.map((_, at) => [line.low[at] ?? null, line.high[at] ?? null]);
    const lines = chart.lines.map((line, place_) => ({
      name: visible(line.name), type: "line", symbol: marks[place_ % marks.length], symbolSize: 8, data: line.values, connectNulls: false,
      lineStyle: { width: 2, type: place_ % 2 ? "dashed" : "solid" },
      ...(place_ === 0 && chart.best !== null ? {
        markLine: { symbol: "none", silent: true, lineStyle: { color: color("pass"), width: 2 }, label: { formatter: "best", color: color("pass") }, data: [{ xAxis: chart.best }] },
      } : {}),
    }));
    const text = (at) => [
      visible(chart.labels[at]),
      ...chart.lines.slice(0, LINES).map((line) => {
        const [low, high] = ends(line)[at];
        return `${visible(line.name)} ${number(line.values[at])} ${visible(chart.unit)}` + (low === null ? "" : ` [${number(low)}, ${number(high)}]`);
      }),
    ].join("\n");
    return {
      label: `${visible(chart.title)}. ${visible(chart.note)}`,
      option: {
        grid: { left: 8, right: 32, top: 40, bottom: 8, containLabel: true },
        legend: legend({ selected: Object.fromEntries(lines.slice(LINES).map(({ name }) => [name, false])) }),
        tooltip: { ...report.charts.base({}).tooltip, trigger: "axis", formatter: ([first]) => text(first.dataIndex) },
        xAxis: axis({ type: "category", data: chart.labels.map(visible), axisLabel: { color: color("text"), hideOverlap: true, width: 120, overflow: "truncate" } }),
        yAxis: axis({ type: "value", scale: true }),
        series: lines,
      },
    };
  };

  // The table of confusions beside the figures of errors.
  const confusions = () => {
    const found = (model().classes[chosen()] ?? []).flatMap(({ title, confusions: pairs }) => pairs.map((pair) => [...pair, title]));
    found.sort((a, b) => b[2] - a[2]);
    const { element } = report, text = (said) => (said === "" ? element("span", { class: "muted" }, "(nothing)") : visible(said));
    document.querySelector("#confusions tbody").replaceChildren(...found.slice(0, CONFUSIONS).map(([said, heard, times, title]) =>
      element("tr", {}, element("td", {}, text(said)), element("td", {}, text(heard)), element("td", { class: "number" }, report.count(times)),
        element("td", {}, title), element("td", {}, element("button", { type: "button", class: "quiet", click: () => report.find(heard || said) }, "find")))));
  };

  report.startErrors = () => {
    const select = document.getElementById("errors-category");
    if (!select) return;
    const fill = () => {
      const names = totalFirst(Object.keys(model().classes)), before = chosen();
      report.options(select, names.map((name) => [name, name]));
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
