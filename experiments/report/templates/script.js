"use strict";

// Figures are drawn when they come into sight, so that the page opens at once.
const BUTTONS = [["toImage", "zoom2d", "pan2d", "resetScale2d"]];
const CONFIG = { responsive: true, displaylogo: false, displayModeBar: "hover", modeBarButtons: BUTTONS };
const FONT = { family: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif", size: 13 };
const AXIS = { title: { standoff: 10 }, gridcolor: "#e8e8e8", linecolor: "#bdbdbd", showline: true, zeroline: false,
  ticks: "outside", tickcolor: "#bdbdbd", automargin: true };
const SHARED = { // by all layouts
  xaxis: AXIS, yaxis: AXIS, font: { ...FONT, color: "#222222" }, paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff",
  margin: { l: 60, r: 10, t: 34, b: 50 }, hovermode: "closest", hoverlabel: { font: FONT, namelength: -1, align: "left" },
  legend: { font: { size: 12 }, tracegroupgap: 0, itemsizing: "constant" } };
const NARROW = 800, PHONE = 520; // pixels: below the first the legend has no room beside the picture
const DARK = matchMedia("(prefers-color-scheme: dark)");
const panels = [...document.querySelectorAll(".panel")];
let printing = false;

function draw(panel) {
  const plot = panel.querySelector(".plot");
  if (!plot || panel.hidden) return;
  if (panel.dataset.drawn === scheme()) return Plotly.Plots.resize(plot);
  panel.dataset.drawn = scheme();
  const { data, layout } = JSON.parse(painted(panel.querySelector("script").textContent));
  layout.template = JSON.parse(painted(JSON.stringify({ layout: SHARED })));
  layout.legend ??= {};
  layout.uirevision = "kept"; // what was hidden or enlarged stays so when the colours change
  if (plot.clientWidth < PHONE) shrink(plot, data, layout);
  if (plot.clientWidth < NARROW) lower(plot, data, layout);
  Plotly.react(plot, data, layout, CONFIG);
}

function scheme() {
  return DARK.matches && !printing ? "dark" : "light";
}

// The text with the colours of a dark screen: greys are turned round, and dark colours get brighter.
function painted(text) {
  if (scheme() === "light") return text;
  return text.replace(/"#([0-9a-f]{6})([0-9a-f]{2})?"/gi, (_, rgb, alpha = "") => `"${bright(rgb)}${alpha}"`);
}

function bright(rgb) {
  const parts = [0, 2, 4].map((at) => parseInt(rgb.slice(at, at + 2), 16) / 255);
  const top = Math.max(...parts), least = Math.min(...parts), light = (top + least) / 2;
  const turned = (part) => {
    if (top - least < 0.05) return 0.1 + 0.88 * (1 - light); // white becomes the page's own #1a1a1a
    return light < 0.5 ? part + 0.22 * (1 - part) : part;
  };
  return "#" + parts.map((part) => Math.round(255 * turned(part)).toString(16).padStart(2, "0")).join("");
}

// On a phone: short names, titles in several lines, grids of pictures in one column.
function shrink(plot, data, layout) {
  const axes = Object.keys(layout).filter((key) => /^[xy]axis/.test(key));
  const wide = layout.yaxis.ticktext || layout.yaxis.type === "category" ? 0.55 : 0.8; // what row names leave of the width
  for (const key of axes) {
    const axis = layout[key], across = key[0] === "x";
    const room = across ? wide * plot.clientWidth : 0.75 * plot.clientHeight;
    axis.tickfont = { size: 11 };
    axis.title = { ...axis.title, text: lines(axis.title?.text ?? "", room / 6.5), font: { size: 13 } };
    if (across) Object.assign(axis, { tickangle: axis.ticktext?.length > 5 ? -90 : 0, nticks: axis.nticks ?? 5 });
    if (!across && axis.ticktext) axis.ticktext = axis.ticktext.map((name) => short(name));
    if (!across && axis.type === "category") for (const trace of data) trace.y = trace.y.map((name) => short(name));
  }
  for (const trace of data) if (trace.name) trace.name = short(trace.name, 32);
  layout.margin = { ...layout.margin, l: 40, r: 24 };
  if (layout.xaxis2) stack(plot, layout, axes.filter((key) => key[0] === "x"));
}

// A name that has lost its middle; tags and entities count as they are read.
function short(name, most = 22) {
  const signs = name.match(/<[^>]*>|&\w+;|./gsu) ?? [];
  if (signs.length <= most || /<[^>]*>/.test(name)) return name;
  const brief = name.replace(" ◂ baseline", " ◂").replace(" alike)", ")");
  if (brief !== name) return short(brief, most);
  return [...signs.slice(0, most * 0.6), "…", ...signs.slice(1 - most * 0.4)].join("");
}

function lines(text, most) {
  const made = [""];
  for (const word of text.split(" ")) {
    if (made.at(-1) && made.at(-1).length + word.length >= most) made.push(word);
    else made.push(`${made.pop()} ${word}`.trim());
  }
  return made.join("<br>");
}

function stack(plot, layout, axes) {
  plot.style.height = `${60 + 260 * axes.length}px`;
  const high = 1 / (axes.length - 0.28);
  axes.forEach((key, i) => {
    layout[key].domain = [0, 1];
    layout[key.replace("x", "y")].domain = [1 - (i + 0.72) * high, 1 - i * high];
  });
}

// The legend goes below the picture.
function lower(plot, data, layout) {
  const shown = data.filter((trace) => trace.showlegend !== false).length;
  const asked = data.some((trace) => trace.showlegend); // plotly hides the legend of one trace unless it is asked for
  if (layout.showlegend === false || (shown < 2 && !asked)) return;
  plot.dataset.side ??= Math.min(plot.clientHeight, 480);
  const columns = Math.max(1, Math.floor(plot.clientWidth / 260));
  const below = Math.ceil(shown / columns) * 20 + (layout.legend.title ? 34 : 4);
  plot.style.height = `${Number(plot.dataset.side) + below + 20}px`;
  layout.margin = { ...layout.margin, b: below + 70 };
  const place = { orientation: "h", xref: "container", x: 0, xanchor: "left", yref: "container", y: 0, yanchor: "bottom" };
  Object.assign(layout.legend, place, { entrywidth: plot.clientWidth / columns - 90 });
  if (layout.legend.title) layout.legend.title.side = "top";
}

function paint() {
  for (const dot of document.querySelectorAll("tbody th i[style]")) {
    dot.dataset.colour ??= dot.getAttribute("style").split(":")[1];
    dot.style.background = JSON.parse(painted(`"${dot.dataset.colour}"`));
  }
  for (const panel of panels) if (panel.dataset.drawn) draw(panel);
}

function drawToPrint(on) {
  printing = on;
  paint();
  if (on) panels.forEach(draw);
}

const sight = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting && !entry.target.dataset.drawn) draw(entry.target);
}, { rootMargin: "400px" });
panels.forEach((panel) => sight.observe(panel));
paint();
DARK.addEventListener("change", paint);
addEventListener("beforeprint", () => drawToPrint(true));
addEventListener("afterprint", () => drawToPrint(false));

for (const bar of document.querySelectorAll(".tabs")) {
  bar.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    for (const tab of bar.children) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
    draw(document.getElementById(chosen.getAttribute("aria-controls")));
  });
}

for (const button of document.querySelectorAll(".lanes thead button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement, body = head.closest("table").tBodies[0], at = head.cellIndex;
    const text = "text" in head.dataset;
    const sign = head.getAttribute("aria-sort") === (text ? "ascending" : "descending") ? -1 : 1;
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", (sign > 0) === text ? "ascending" : "descending");
    const key = (row) => row.cells[at].dataset.v ?? row.cells[at].textContent;
    const order = (a, b) => (text ? key(a).localeCompare(key(b)) : key(b) - key(a));
    const empty = (row) => key(row) === ""; // no value: always last
    body.append(...[...body.rows].sort((a, b) => empty(a) - empty(b) || sign * order(a, b)));
  });
}
