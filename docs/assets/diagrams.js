// Draws the diagrams of a page (Mermaid) with the copy that lies beside this script: no network is asked.
(() => {
  const blocks = [...document.querySelectorAll("pre.diagram")];
  if (!blocks.length) return;
  const sources = blocks.map((block) => block.textContent);
  const script = document.createElement("script");
  script.src = new URL("mermaid.tiny.js", document.currentScript.src).href;

  async function draw() {
    const dark = document.body.getAttribute("data-md-color-scheme") === "slate";
    window.mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: dark ? "dark" : "default" });
    for (const [number, block] of blocks.entries()) {
      const { svg } = await window.mermaid.render(`diagram-${number}`, sources[number]);
      block.innerHTML = svg;
      block.classList.add("drawn");
    }
  }

  script.onload = () => {
    draw();
    new MutationObserver(draw).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  };
  document.head.append(script);
})();
