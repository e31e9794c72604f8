// The list of utterances: lists, search, filters, keys and permalinks, over rows that are made as they scroll.
"use strict";

(() => {
  const { element, visible } = report;
  const WORST = 100,
    PAGE = 10; // Utterances of a list, and of a page of it.
  const LISTS = {
    all: ["All", () => true],
    broken: ["Newly broken", (row) => row.added > 0 && row.before === 0],
    fixed: ["Newly fixed", (row) => row.errors === 0 && row.before > 0],
    worse: ["Worse than the baseline", (row) => row.added > 0],
    better: ["Better than the baseline", (row) => row.added !== null && row.added < 0],
    worst: ["Worst", (row) => row.worst],
    hallucinated: ["Hallucinated", (row) => row.kinds !== 0 || row.runaway],
    failed: ["Failed", (row) => row.status === "failed"],
  };
  const ORDER = {
    broken: ["added", "desc"],
    worse: ["added", "desc"],
    fixed: ["added", "asc"],
    better: ["added", "asc"],
  };
  const STATUS = { right: "right", wrong: "wrong", empty_reference: "empty reference", failed: "failed" };
  const byId = (id) => document.getElementById(id);
  const narrow = matchMedia("(max-width: 1000px)"); // The panel stands above the list, as in page.css.
  let table = null,
    list = "all",
    chosen = null;

  report.normalizedReference = (i) => report.columns.normalized[i] ?? report.columns.reference[i];

  // What the list has of every utterance, of the model that is shown.
  const rowsOf = (m) => {
    const { columns } = report,
      lengths = m.lengths[columns.metric] ?? [];
    const rows = columns.id.map((id, i) => {
      const scored = m.status[i] === "scored" && m.edits[i] !== null;
      const errors = scored ? m.edits[i][0] + m.edits[i][1] + m.edits[i][2] : null;
      const before = m.before[i],
        percent = (value) => (scored && value !== null && lengths[i] ? (100 * value) / lengths[i] : null);
      return {
        i,
        id,
        errors,
        before: scored ? before : null,
        rate: percent(errors),
        rateBefore: percent(before),
        added: errors === null || before === null ? null : errors - before,
        status: m.status[i],
        classes: m.classes[i],
        kinds: m.kinds[i],
        runaway: m.runaway[i] === 1,
        worst: false,
        category: columns.category[i],
        speaker: columns.speaker[i],
      };
    });
    const wrong = rows.filter((row) => row.errors).sort((a, b) => b.errors - a.errors || (a.id < b.id ? -1 : 1));
    for (const row of wrong.slice(0, WORST)) row.worst = true;
    return rows;
  };

  const texts = []; // What is searched, by utterance; made when it is first needed.
  const searched = (i) =>
    (texts[i] ??= [
      report.columns.id[i],
      report.columns.reference[i],
      report.columns.normalized[i],
      ...report.columns.models.flatMap((m) => [m.hypothesis[i], m.normalized[i]]),
    ]
      .filter(Boolean)
      .join("\n")
      .normalize()
      .toLowerCase());

  // ---- What is shown -------------------------------------------------------------------------------------------------
  const statusOf = (row) => (row.status === "scored" ? (row.errors ? "wrong" : "right") : row.status);

  const filter = () => {
    const words = byId("search").value.normalize().toLowerCase().trim();
    const [category, speaker, status, kind] = ["category", "speaker", "status", "class"].map((id) => byId(id).value);
    const [, inList] = LISTS[list];
    table.setFilter(
      (row) =>
        inList(row) &&
        (category === "" || row.category === Number(category)) &&
        (speaker === "" || row.speaker === Number(speaker)) &&
        (status === "" || statusOf(row) === status) &&
        (kind === "" || row.classes & (1 << Number(kind))) &&
        (words === "" || searched(row.i).includes(words)),
    );
    byId("count").textContent =
      `${report.count(table.getDataCount("active"))} of ${report.count(report.columns.id.length)} utterances. `;
  };

  const choose = (name) => {
    list = name;
    for (const button of byId("lists").children)
      button.setAttribute("aria-pressed", String(button.dataset.list === name));
    table.setSort(
      ...(ORDER[name] ??
        (name === "all" && !report.rows.some((row) => row.errors) ? ["id", "asc"] : ["errors", "desc"])),
    );
    filter();
  };

  const reset = () => {
    for (const id of ["search", "category", "speaker", "status", "class"]) byId(id).value = "";
    choose("all");
  };

  const lists = () => {
    const counted = Object.entries(LISTS).map(([name, [title, test]]) => [
      name,
      title,
      report.rows.filter(test).length,
    ]);
    const known = counted.filter(([name, , count]) => name === "all" || name === list || count);
    const button =
      (place) =>
      ([name, title, count]) =>
        element(
          "button",
          {
            type: "button",
            "data-list": name,
            "aria-pressed": place === "list" ? String(name === list) : null,
            click: () => {
              choose(name);
              if (place === "above") byId("utterances").scrollIntoView();
            },
          },
          `${title} `,
          element("b", {}, report.count(count)),
        );
    byId("lists").replaceChildren(...known.map(button("list")));
    byId("lists-above").replaceChildren(...known.filter(([name]) => name !== "all").map(button("above")));
  };

  // ---- One utterance -------------------------------------------------------------------------------------------------
  // All rows are of one height: where one stands is known without its being there.
  const scrollTo = (i) => {
    const holder = document.querySelector("#list .tabulator-tableholder"),
      rows = table.getRows("active");
    const each = holder.scrollHeight / rows.length,
      top = each * rows.findIndex((row) => row.getData().i === i);
    const isSeen = top >= holder.scrollTop && top + each <= holder.scrollTop + holder.clientHeight;
    if (!isSeen) holder.scrollTop = top - (holder.clientHeight - each) / 2;
  };

  const isShown = (i) => table.getRows("active").some((row) => row.getData().i === i);

  // Show an utterance: in the panel, in the list, and in the page's address.
  report.open = (i, move = true) => {
    chosen = i;
    if (!isShown(i)) reset();
    table.deselectRow();
    table.selectRow(i);
    scrollTo(i);
    report.detail.show(i);
    const address = `#${new URLSearchParams({ u: report.columns.id[i] })}`;
    if (location.hash !== address) history.replaceState(null, "", address);
    const { top, bottom } = byId("detail").getBoundingClientRect();
    if (move && (top > innerHeight * 0.7 || bottom < 0))
      byId(narrow.matches ? "detail" : "utterances").scrollIntoView();
  };

  // Something to look at before anything was chosen.
  const showFirst = () => {
    const first = table.getRows("active")[0];
    if (!first) return;
    chosen = first.getData().i;
    table.selectRow(chosen);
    report.detail.show(chosen);
  };

  report.step = (by) => {
    const rows = table.getRows("active"),
      at = rows.findIndex((row) => row.getData().i === chosen);
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next) report.open(next.getData().i, false);
  };

  // The utterance of an address such as #u=D01/3; whoever wrote it by hand may have left a plus sign as it is.
  const fromAddress = () => {
    if (!location.hash.startsWith("#u=")) return;
    const plain = location.hash.slice("#u=".length);
    const names = [new URLSearchParams(location.hash.slice(1)).get("u")];
    try {
      names.push(decodeURIComponent(plain));
    } catch {
      /* no such name */
    }
    const i = names.map((name) => report.columns.id.indexOf(name)).find((at) => at >= 0);
    if (i !== undefined) report.open(i);
    else byId("count").textContent = `There is no utterance ${visible(names[0])} in this page. `;
  };

  report.find = (text) => {
    reset();
    byId("search").value = text;
    filter();
    byId("utterances").scrollIntoView();
  };

  const keys = (event) => {
    if (event.target.closest("button, a, input, select")) return;
    const acts = {
      ArrowDown: () => report.step(1),
      ArrowUp: () => report.step(-1),
      PageDown: () => report.step(PAGE),
      PageUp: () => report.step(-PAGE),
      Home: () => report.step(-Infinity),
      End: () => report.step(Infinity),
      " ": () => report.detail.play(),
      Enter: () => byId("detail").focus(),
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  };

  // ---- Start ---------------------------------------------------------------------------------------------------------
  const fillFilters = () => {
    const { columns: c } = report,
      numbered = (names) => names.map((name, at) => [at, name]);
    report.options(byId("category"), [["", "all"], ...numbered(c.categories)]);
    report.options(byId("speaker"), [["", "all"], ...numbered(c.speakers)]);
    byId("speaker").closest("label").hidden = !c.speakers.length;
    report.options(byId("status"), [["", "all"], ...Object.entries(STATUS)]);
    report.options(byId("class"), [["", "all"], ...numbered(c.classes.map((each) => each.title))]);
    for (const id of ["category", "speaker", "status", "class"]) byId(id).addEventListener("change", filter);
    byId("search").addEventListener("input", filter);
    byId("unit").addEventListener("change", () => {
      table.redraw(true);
      if (chosen !== null) report.detail.show(chosen);
    });
    byId("reset").addEventListener("click", reset);
    report.startCsv();
  };

  const ofPart = ({ currentTarget }) => {
    const part = JSON.parse(currentTarget.dataset.part);
    reset();
    const at = report.columns.categories.indexOf(part);
    byId("category").value = at < 0 ? "" : String(at);
    choose(report.rows.some((row) => row.added > 0 && (at < 0 || row.category === at)) ? "worse" : "all");
  };

  report.startUtterances = async () => {
    report.columns = await report.unpacked("utterance-data");
    if (!report.columns || !report.columns.models.length) return;
    report.rows = rowsOf(report.columns.models[report.model]);
    fillFilters();
    table = new Tabulator("#list", {
      data: report.rows,
      index: "i",
      columns: report.listColumns(),
      layout: "fitColumns",
      height: "min(70vh, 760px)",
      rowHeight: 56,
      selectableRows: 1,
      selectableRowsCheck: () => false,
      keybindings: false,
      autoResize: false,
      placeholder: "No utterance matches.",
      columnHeaderSortMulti: false,
      resizableColumnFit: false,
      initialSort: [{ column: "errors", dir: "desc" }],
      columnDefaults: { resizable: false },
      headerSortClickElement: "header",
    });
    report.table = table;
    await new Promise((done) => table.on("tableBuilt", done));
    const grid = byId("list"); // Takes the focus itself: what is in a grid may only be rows.
    grid.querySelector(".tabulator-tableholder").removeAttribute("tabindex");
    grid.setAttribute("aria-label", "utterances");
    grid.tabIndex = 0;
    table.on("rowClick", (_, row) => report.open(row.getData().i, false));
    grid.addEventListener("keydown", keys);
    addEventListener("resize", () => table.redraw()); // Tabulator itself draws anew whenever the panel beside it grows.
    for (const link of document.querySelectorAll(".show-part")) link.addEventListener("click", ofPart);
    report.onModel(() => {
      report.rows = rowsOf(report.columns.models[report.model]);
      table.replaceData(report.rows).then(() => {
        lists();
        choose(list);
        if (chosen !== null) report.open(chosen, false);
      });
    });
    lists();
    choose(report.rows.some((row) => row.added > 0) ? "worse" : "all");
    addEventListener("hashchange", fromAddress);
    if (location.hash.startsWith("#u=")) fromAddress();
    else showFirst();
  };
})();
