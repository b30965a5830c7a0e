"use strict";

// Figures are drawn when they come into sight, so that the page opens at once.
const BUTTONS = [["toImage", "zoom2d", "pan2d", "resetScale2d"]];
const CONFIG = { responsive: true, displaylogo: false, displayModeBar: "hover", modeBarButtons: BUTTONS };

function draw(panel) {
  const plot = panel.querySelector(".plot");
  if (!plot || panel.hidden || panel.dataset.drawn) return;
  panel.dataset.drawn = "yes";
  const { data, layout } = JSON.parse(panel.querySelector("script").textContent);
  const entries = layout.showlegend === false ? 0 : data.filter((t) => t.showlegend !== false).length;
  if (plot.clientWidth < 800 && entries > 1) {
    // no room beside the picture: the legend goes below it
    const rows = Math.ceil(entries / Math.max(1, Math.floor(plot.clientWidth / 260)));
    const side = Math.min(plot.clientHeight, 480);
    const height = side + rows * 20 + 40;
    plot.style.height = `${height}px`;
    Object.assign(layout.legend, { orientation: "h", x: 0, xanchor: "left", y: -70 / (side - 60), yanchor: "top" });
  }
  Plotly.newPlot(plot, data, layout, CONFIG);
}

const panels = [...document.querySelectorAll(".panel")];
const sight = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
}, { rootMargin: "400px" });
panels.forEach((panel) => sight.observe(panel));
addEventListener("beforeprint", () => panels.forEach(draw));

for (const bar of document.querySelectorAll(".tabs")) {
  bar.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    for (const tab of bar.children) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
    const panel = document.getElementById(chosen.getAttribute("aria-controls"));
    if (panel.dataset.drawn) Plotly.Plots.resize(panel.querySelector(".plot"));
    draw(panel);
  });
}

for (const button of document.querySelectorAll(".lanes thead button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement, body = head.closest("table").tBodies[0], at = head.cellIndex;
    const text = "text" in head.dataset;
    const sign = head.getAttribute("aria-sort") === (text ? "ascending" : "descending") ? -1 : 1;
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", (sign > 0) === text ? "ascending" : "descending");
    const key = (row) => row.cells[at].dataset.v;
    const order = (a, b) => (text ? key(a).localeCompare(key(b)) : key(b) - key(a));
    const empty = (row) => key(row) === ""; // no value: always last
    body.append(...[...body.rows].sort((a, b) => empty(a) - empty(b) || sign * order(a, b)));
  });
}
