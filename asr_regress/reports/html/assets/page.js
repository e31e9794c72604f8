// What happens first: theme, the model that is shown, then figures and utterances.
"use strict";

(async () => {
  const root = document.documentElement,
    theme = document.getElementById("theme"),
    select = document.getElementById("model");
  const kept = (act) => {
    try {
      return act();
    } catch {
      /* a browser that keeps nothing for files */
    }
    return null;
  };
  const prefers = matchMedia("(prefers-color-scheme: dark)");

  let given = kept(() => localStorage.getItem("asr_regress.theme"));
  const paint = () => {
    const dark = given ? given === "dark" : prefers.matches;
    root.dataset.theme = dark ? "dark" : "light";
    theme.textContent = dark ? "Light" : "Dark";
    theme.setAttribute("aria-label", `switch to ${dark ? "light" : "dark"} colors`);
    report.charts.redraw();
  };
  theme.addEventListener("click", () => {
    given = root.dataset.theme === "dark" ? "light" : "dark";
    kept(() => localStorage.setItem("asr_regress.theme", given));
    paint();
  });
  prefers.addEventListener("change", paint);
  root.classList.add("scripted");
  paint();

  const ofModel = () => {
    const model = report.run.models[report.model];
    if (!model) return;
    for (const place of document.querySelectorAll(".model-name")) place.textContent = report.visible(model.name);
    for (const place of document.querySelectorAll(".ranked-by")) place.textContent = report.run.rankedBy;
    for (const section of document.querySelectorAll("section.model"))
      section.hidden = Number(section.dataset.model) !== report.model;
  };
  report.model = Math.max(
    0,
    report.run.models.findIndex((each) => each.name === report.run.first),
  );
  if (select) {
    select.value = String(report.model);
    select.addEventListener("change", () => report.show(Number(select.value)));
  }
  report.onModel(ofModel);
  ofModel();
  report.startErrors();
  try {
    await report.startUtterances();
  } catch (error) {
    document.getElementById("count").textContent = "This browser cannot show the utterances. ";
    console.error(error);
  }
  report.onModel(report.charts.redraw);
  report.charts.start();
  root.dataset.ready = "true";
})();
