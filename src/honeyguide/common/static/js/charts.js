// Draws the charts of a page from the JSON beside each canvas, in the page's colours and language. Arrow keys read them.
(() => {
  const SHAPES = ["circle", "rect", "triangle", "rectRot", "cross", "star"];
  const FILLED = ["circle", "rect", "triangle", "rectRot", "rectRounded"]; // the border of bars is the ground's colour
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const drawn = new Map();

  const axisWords = (given) => {
    const options = { notation: "compact", maximumFractionDigits: 1 };
    if (given.unit === "money") Object.assign(options, { style: "currency", currency: given.currency, currencyDisplay: "narrowSymbol" });
    const format = new Intl.NumberFormat(document.documentElement.lang || "en", options);
    return (value) => (given.unit === "percent" ? `${format.format(value)} %` : format.format(value));
  };

  const dataset = (series, place, given) => {
    const paint = series.dashed ? colour("--gray-mark") : colour(`--chart-${(place % 6) + 1}`);
    const line = series.kind === "line";
    return {
      type: series.kind, label: series.label, data: series.data, borderColor: line ? paint : colour("--surface"), backgroundColor: paint,
      borderWidth: line ? 2 : 1, borderDash: series.dashed ? [6, 4] : [], stepped: series.stepped, tension: 0.2, order: line ? 0 : 1,
      pointRadius: series.dashed || series.data.length > 40 ? 0 : 3, pointHoverRadius: 5, pointStyle: line ? SHAPES[place % SHAPES.length] : FILLED[place % FILLED.length],
      borderRadius: line ? 0 : 3, maxBarThickness: 36, stack: line || !given.stacked ? undefined : "all", spanGaps: true,
    };
  };

  const settings = (given) => {
    const soft = colour("--soft");
    const figures = { beginAtZero: true, stacked: given.stacked, border: { display: false }, grid: { color: colour("--line") }, ticks: { color: soft, maxTicksLimit: 6, callback: axisWords(given) } };
    const words = { stacked: given.stacked, grid: { display: false }, border: { color: colour("--line") }, ticks: given.few ? { color: soft, maxRotation: 50, autoSkip: false } : { color: soft, maxRotation: 0, autoSkipPadding: 16 } };
    return {
      responsive: true, maintainAspectRatio: false, animation: still ? false : { duration: 250 }, indexAxis: given.horizontal ? "y" : "x",
      interaction: { mode: "index", intersect: false, axis: given.horizontal ? "y" : "x" }, font: { family: colour("--tblr-font-sans-serif") },
      scales: given.horizontal ? { x: figures, y: words } : { x: words, y: figures },
      plugins: {
        legend: { display: given.series.length > 1, align: "start", labels: { color: soft, usePointStyle: true, boxHeight: 7, padding: 14 } },
        tooltip: {
          backgroundColor: colour("--raised"), titleColor: colour("--text"), bodyColor: colour("--text"), borderColor: colour("--line"), borderWidth: 1, padding: 10, usePointStyle: true,
          callbacks: { label: (item) => `${item.dataset.label}: ${given.series[item.datasetIndex].texts[item.dataIndex]}` },
        },
      },
    };
  };

  const draw = (figure) => {
    const canvas = figure.querySelector("canvas");
    const json = figure.querySelector("script[type='application/json']");
    if (!canvas || !json || !window.Chart) return;
    drawn.get(canvas)?.destroy();
    const given = JSON.parse(json.textContent);
    window.Chart.defaults.font.family = colour("--tblr-font-sans-serif");
    const chart = new window.Chart(canvas, { type: given.kind, data: { labels: given.x, datasets: given.series.map((each, place) => dataset(each, place, given)) }, options: settings(given) });
    drawn.set(canvas, chart);
    if (!canvas.dataset.keys) { canvas.dataset.keys = "1"; canvas.addEventListener("keydown", (event) => step(event, canvas, figure, given)); }
  };

  const step = (event, canvas, figure, given) => {
    const last = given.x.length - 1;
    const now = Number(canvas.dataset.at ?? -1);
    const to = { ArrowRight: Math.min(last, now + 1), ArrowLeft: Math.max(0, now - 1), Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    canvas.dataset.at = to;
    const chart = drawn.get(canvas);
    const active = given.series.map((_each, datasetIndex) => ({ datasetIndex, index: to }));
    chart.setActiveElements(active);
    chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
    chart.update("none");
    figure.querySelector("[data-chart-words]").textContent = [given.x[to], ...given.series.map((each) => `${each.label}: ${each.texts[to]}`)].join(", ");
  };

  const drawAll = (within) => { for (const figure of within.querySelectorAll("[data-chart]")) draw(figure); };
  drawAll(document);
  document.fonts?.ready.then(() => drawAll(document));
  document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) drawAll(event.detail.elt); });
  new MutationObserver(() => drawAll(document)).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
})();
