// The figures of rates: each category with its interval, against the baseline and what is allowed.
"use strict";

(() => {
  const { axis, color, legend, makers } = report.charts;
  const { isBaseline, number, shown, totalFirst, visible } = report;
  const SYMBOLS = {
    pass: "circle",
    regressed: "diamond",
    inconclusive: "triangle",
    not_measured: "pin",
    not_judged: "circle",
  };
  const ROW = 38,
    AROUND = 86; // Pixels of a category, and of what stands above and below all of them.

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
      const [a, y] = api.coord([api.value(0), api.value(2)]),
        [b] = api.coord([api.value(1), api.value(2)]);
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
        type: "category",
        inverse: true,
        data: rows.map((row) => visible(row.name)),
        axisTick: { show: false },
        splitLine: { show: true, lineStyle: { color: color("border"), opacity: 0.4 } },
        axisLabel: { color: color("text"), width: 130, overflow: "truncate", interval: 0 },
      }),
      {
        type: "category",
        inverse: true,
        position: "right",
        data: rows.map((row, at) => `${at}`),
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: {
          interval: 0,
          color: (_, at) => verdictColor(rows[at].verdict),
          fontWeight: 600,
          formatter: (_, at) => `${report.run.marks[rows[at].verdict]} ${result(rows[at])}`,
        },
      },
    ],
    series,
  });

  // Ends of the axis: all points, and intervals as long as they are not far beyond them.
  const range = (values, intervals) => {
    const known = values.filter((value) => value !== null && value !== undefined),
      low = Math.min(0, ...known),
      high = Math.max(0, ...known);
    const room = Math.max(1.5 * (high - low), 1),
      ends = intervals.filter(Boolean);
    const from = Math.max(low - room, Math.min(low, ...ends.map(([end]) => end))),
      to = Math.min(high + room, Math.max(high, ...ends.map(([, end]) => end)));
    const rough = (to - from) / 6,
      ten = 10 ** Math.floor(Math.log10(rough)),
      interval = [1, 2, 5, 10].map((each) => each * ten).find((each) => each >= rough);
    return { min: Math.floor(from / interval) * interval, max: Math.ceil(to / interval) * interval, interval };
  };

  const points = (rows, value) =>
    rows
      .map((row, at) =>
        value(row) === null || value(row) === undefined
          ? null
          : { value: [value(row), at], symbol: SYMBOLS[row.verdict], itemStyle: { color: verdictColor(row.verdict) } },
      )
      .filter(Boolean);

  const tip = (rows, text) => ({ formatter: (point) => (point.value ? text(rows[point.value[1]]) : "") });

  const describe = (row, unit) =>
    [
      visible(row.name),
      `rate ${number(row.rate)} ${unit}` + (row.ci95 ? ` [${row.ci95.map((end) => number(end)).join(", ")}]` : ""),
      `baseline ${number(row.baseline)}`,
      `allowed ${number(row.ceiling)}`,
      row.verdict.replace("_", " "),
    ].join("\n");

  makers.rates = (place) => {
    const metric = metricOf(place),
      rows = totalFirst(shown().metrics[metric.name] ?? []);
    if (!rows.length) return null;
    const others = (name, key, symbol, symbolSize, itemStyle) => ({
      name,
      type: "scatter",
      symbol,
      symbolSize,
      itemStyle,
      z: 3,
      tooltip: tip(rows, (row) => describe(row, metric.unit)),
      data: rows
        .map((row, at) => (row[key] === null || row[key] === undefined ? null : [row[key], at]))
        .filter(Boolean),
    });
    const series = [
      whiskers(
        rows.map((row) => row.ci95),
        rows.map((row) => verdictColor(row.verdict)),
      ),
      others("allowed at most", "ceiling", "rect", [3, 22], { color: color("limit") }),
      others("baseline", "baseline", "rect", 9, {
        color: color("background"),
        borderColor: color("text"),
        borderWidth: 1.5,
      }),
      {
        name: "this model",
        type: "scatter",
        symbolSize: 11,
        z: 4,
        itemStyle: { color: color("text") },
        tooltip: tip(rows, (row) => describe(row, metric.unit)),
        data: points(rows, (row) => row.rate),
      },
    ].filter((each) => each.data.length);
    return {
      height: AROUND + ROW * rows.length,
      label: `${metric.title} by category with intervals, baseline and limit; the same numbers are in the table`,
      option: byCategory(
        rows,
        series,
        {
          ...range(
            rows.flatMap((row) => [row.rate, row.baseline, row.ceiling]),
            rows.map((row) => row.ci95),
          ),
          min: 0,
        },
        (row) => number(row.rate),
      ),
    };
  };

  makers.differences = (place) => {
    const metric = metricOf(place),
      rows = totalFirst(shown().metrics[metric.name] ?? []);
    if (isBaseline() || rows.every((row) => row.delta === null || row.delta === undefined)) return null;
    const text = (row) =>
      [
        visible(row.name),
        `${row.delta > 0 ? "+" : ""}${number(row.delta)} ${metric.differenceUnit}` +
          (row.delta_ci95 ? ` [${row.delta_ci95.map((end) => number(end)).join(", ")}]` : ""),
        row.verdict.replace("_", " "),
      ].join("\n");
    const series = [
      {
        ...whiskers(
          rows.map((row) => row.delta_ci95),
          rows.map((row) => verdictColor(row.verdict)),
        ),
        markLine: {
          symbol: "none",
          silent: true,
          label: { show: false },
          lineStyle: { color: color("text"), type: "solid", width: 1 },
          data: [{ xAxis: 0 }],
        },
      },
      {
        name: "worsening allowed",
        type: "scatter",
        symbol: "rect",
        symbolSize: [3, 22],
        itemStyle: { color: color("limit") },
        z: 3,
        tooltip: tip(rows, text),
        data: rows
          .map((row, at) => (row.allowed === null || row.allowed === undefined ? null : [row.allowed, at]))
          .filter(Boolean),
      },
      {
        name: "this model",
        type: "scatter",
        symbolSize: 11,
        z: 4,
        itemStyle: { color: color("text") },
        tooltip: tip(rows, text),
        data: points(rows, (row) => row.delta),
      },
    ].filter((each) => each.data.length);
    return {
      height: AROUND + ROW * rows.length,
      label: `${metric.title}: difference to the baseline by category with intervals; the same numbers are in the table`,
      option: byCategory(
        rows,
        series,
        range(
          rows.flatMap((row) => [row.delta, row.allowed]),
          rows.map((row) => row.delta_ci95),
        ),
        (row) => report.signed(row.delta, 2),
      ),
    };
  };
})();
