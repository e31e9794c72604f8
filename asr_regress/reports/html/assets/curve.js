// Curves over checkpoints or runs.
"use strict";

(() => {
  const { axis, color, legend, makers } = report.charts;
  const { number, visible } = report;
  const LINES = 8; // Lines that are drawn before any is chosen from the legend.

  makers.curve = (place) => {
    const chart = report.run.charts[Number(place.dataset.number)];
    const marks = ["circle", "rect", "triangle", "diamond", "pin", "arrow"];
    const ends = (line) => line.values.map((_, at) => [line.low[at] ?? null, line.high[at] ?? null]);
    const lines = chart.lines.map((line, place_) => ({
      name: visible(line.name),
      type: "line",
      symbol: marks[place_ % marks.length],
      symbolSize: 8,
      data: line.values,
      connectNulls: false,
      lineStyle: { width: 2, type: place_ % 2 ? "dashed" : "solid" },
      ...(place_ === 0 && chart.best !== null
        ? {
            markLine: {
              symbol: "none",
              silent: true,
              lineStyle: { color: color("pass"), width: 2 },
              label: { formatter: "best", color: color("pass") },
              data: [{ xAxis: chart.best }],
            },
          }
        : {}),
    }));
    const text = (at) =>
      [
        visible(chart.labels[at]),
        ...chart.lines.slice(0, LINES).map((line) => {
          const [low, high] = ends(line)[at];
          return (
            `${visible(line.name)} ${number(line.values[at])} ${visible(chart.unit)}` +
            (low === null ? "" : ` [${number(low)}, ${number(high)}]`)
          );
        }),
      ].join("\n");
    return {
      label: `${visible(chart.title)}. ${visible(chart.note)}`,
      option: {
        grid: { left: 8, right: 32, top: 40, bottom: 8, containLabel: true },
        legend: legend({ selected: Object.fromEntries(lines.slice(LINES).map(({ name }) => [name, false])) }),
        tooltip: { ...report.charts.base({}).tooltip, trigger: "axis", formatter: ([first]) => text(first.dataIndex) },
        xAxis: axis({
          type: "category",
          data: chart.labels.map(visible),
          axisLabel: { color: color("text"), hideOverlap: true, width: 120, overflow: "truncate" },
        }),
        yAxis: axis({ type: "value", scale: true }),
        series: lines,
      },
    };
  };
})();
