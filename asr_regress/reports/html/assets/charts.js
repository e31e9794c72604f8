// Drawing with ECharts: colors of the theme, and charts that are drawn when they come into sight.
"use strict";

report.charts = (() => {
  const drawn = new Map(); // Chart by element.
  const makers = {}; // What makes the options, by the element's data-chart.
  const seen = new Set();

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // What all charts have in common. Text is drawn on a canvas, where no markup means anything.
  const base = (option) => ({
    animation: false,
    backgroundColor: "transparent",
    textStyle: { color: color("text"), fontFamily: "system-ui, sans-serif" },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: color("panel"),
      borderColor: color("border"),
      textStyle: { color: color("text"), fontSize: 12 },
    },
    ...option,
  });

  const axis = (option) => ({
    axisLine: { lineStyle: { color: color("border") } },
    axisLabel: { color: color("muted"), hideOverlap: true },
    nameTextStyle: { color: color("muted") },
    splitLine: { lineStyle: { color: color("border"), opacity: 0.5 } },
    ...option,
  });

  const legend = (option = {}) => ({
    top: 0,
    left: 0,
    itemGap: 14,
    itemWidth: 12,
    itemHeight: 12,
    textStyle: { color: color("text") },
    type: "scroll",
    ...option,
  });

  const draw = (place) => {
    drawn.get(place)?.dispose();
    drawn.delete(place);
    const made = makers[place.dataset.chart]?.(place);
    const figure = place.closest("figure");
    figure.hidden = !made;
    if (!made) return;
    if (made.height) place.style.height = `${made.height}px`;
    const chart = echarts.init(place);
    chart.setOption(base(made.option));
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", made.label);
    if (made.click) chart.on("click", made.click);
    drawn.set(place, chart);
  };

  const watch = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting && !seen.has(target)) {
          seen.add(target);
          draw(target);
        }
      }
    },
    { rootMargin: "300px" },
  );
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) drawn.get(target)?.resize();
  });

  const start = () => {
    for (const place of document.querySelectorAll("[data-chart]")) {
      watch.observe(place);
      resized.observe(place);
    }
  };

  // Draw again whatever was drawn: other figures, or another theme.
  const redraw = () => {
    for (const place of seen) draw(place);
  };

  return { axis, base, color, legend, makers, redraw, start };
})();
