// One utterance: what was said, what every model made of it, and the recording.
"use strict";

report.detail = (() => {
  const { element, visible, number } = report;
  let clips = null,
    address = null;

  // The recording as something that can be played; empty where there is none.
  const sourceOf = (i) => {
    clips ??= JSON.parse(report.textOf("audio-data"));
    if (address) URL.revokeObjectURL(address);
    address = null;
    if (!clips[i]) return report.columns.audio[i];
    address = URL.createObjectURL(new Blob([report.bytes(clips[i])], { type: "audio/mpeg" }));
    return address;
  };

  const player = (i) => {
    const source = sourceOf(i);
    if (!source) return element("p", { class: "muted" }, "The recording is not known.");
    const embedded = source.startsWith("blob:");
    const note = element(
      "p",
      { class: "muted small" },
      embedded ? "" : "Not in this page: played from where it lies on disk.",
    );
    const missing = () => {
      note.textContent = `The recording cannot be played; it was at ${decodeURI(report.columns.audio[i])}`;
    };
    return element(
      "div",
      {},
      element("audio", { id: "audio", controls: true, preload: "metadata", src: source, error: missing }),
      note,
    );
  };

  const classNames = (m, i) => {
    const bits = m.classes[i] ?? 0,
      kinds = m.kinds[i] ?? 0;
    const found = report.columns.classes.filter((_, at) => bits & (1 << at)).map((each) => each.title);
    const made = report.columns.kinds.filter((_, at) => kinds & (1 << at)).map((each) => `hallucination (${each})`);
    return [...found, ...made, ...(m.runaway[i] ? ["runaway"] : [])];
  };

  const counts = (m, i) => {
    const { metrics, metric } = report.columns,
      edits = m.edits[i];
    const parts = metrics
      .filter(({ name }) => m.errors[name]?.[i] !== null && m.errors[name]?.[i] !== undefined)
      .map(({ name, title }) => {
        const errors = m.errors[name][i],
          length = m.lengths[name][i];
        const rate = length ? `${number((100 * errors) / length)} %` : "no rate";
        return `${title} ${rate} (${errors} of ${length}${name === metric ? `: S ${edits[0]}, I ${edits[1]}, D ${edits[2]}` : ""})`;
      });
    if (m.before[i] !== null && m.name !== report.run.baselineModel) parts.push(`baseline ${m.before[i]} errors`);
    return parts.join("; ");
  };

  const ofModel = (m, i, unit) => {
    const { columns } = report,
      reference = report.normalizedReference(i),
      failed = m.status[i] === "failed";
    const heading = element("h4", {}, visible(m.name), m.name === report.run.baselineModel ? " (baseline)" : "");
    if (m.status[i] === null)
      return element("section", {}, heading, element("p", { class: "muted" }, "This model has no such utterance."));
    if (failed)
      return element(
        "section",
        {},
        heading,
        element("p", { class: "warning" }, "failed: ", visible(m.reasons[i] ?? "no reason given")),
      );
    const hypothesis = m.normalized[i] ?? reference,
      names = classNames(m, i);
    const way = unit || report.marks.suits(reference || hypothesis);
    const same = hypothesis === reference;
    return element(
      "section",
      {},
      heading,
      element("p", { class: "small" }, counts(m, i), names.length ? ` · ${names.join(", ")}` : ""),
      same
        ? element("p", { class: "right" }, "✓ right: ", element("span", { lang: "" }, visible(reference)))
        : report.marks.stacked(reference, hypothesis, m[way][i], way),
      m.hypothesis[i] === hypothesis
        ? null
        : element("p", { class: "small muted" }, "as recognized: ", element("span", {}, visible(m.hypothesis[i]))),
    );
  };

  // Show an utterance in the panel.
  const show = (i) => {
    const { columns } = report,
      panel = document.getElementById("detail"),
      unit = document.getElementById("unit").value;
    const speaker = columns.speakers[columns.speaker[i]],
      seconds = columns.seconds[i];
    const permalink = `#${new URLSearchParams({ u: columns.id[i] })}`;
    const order = [report.model, ...columns.models.keys()].filter((m, at, all) => all.indexOf(m) === at);
    panel.replaceChildren(
      element(
        "header",
        {},
        element("h3", {}, visible(columns.id[i])),
        element("a", { href: permalink, id: "permalink", title: "link to this utterance" }, "link"),
        element(
          "button",
          { type: "button", class: "quiet", click: () => report.step(-1), "aria-label": "previous utterance" },
          "↑",
        ),
        element(
          "button",
          { type: "button", class: "quiet", click: () => report.step(1), "aria-label": "next utterance" },
          "↓",
        ),
      ),
      element(
        "p",
        { class: "small muted" },
        [
          columns.categories[columns.category[i]],
          speaker === undefined ? null : `speaker ${speaker}`,
          seconds === null ? null : `${seconds.toFixed(1)} s`,
        ]
          .filter((each) => each !== null)
          .map(visible)
          .join(" · "),
      ),
      player(i),
      element(
        "p",
        { class: "reference" },
        element("span", { class: "label" }, "reference "),
        visible(columns.reference[i]) || "(empty)",
      ),
      ...order.map((m) => ofModel(columns.models[m], i, unit)),
    );
  };

  const play = () => {
    const audio = document.getElementById("audio");
    if (audio) (audio.paused ? audio.play() : Promise.resolve(audio.pause())).catch(() => {});
  };

  return { show, play };
})();
