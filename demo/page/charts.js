// The `data_visualization` block as inline SVG: line, bar, area, pie; the figures stand in a table for those who can't see it.

import { el, svg, uid } from "./dom.js";

const WIDEST = 520;
const NARROWEST = 260;
const AROUND = 120; // what stands left and right of a chart in a narrow window
const HEIGHT = 220;
const PAD = { left: 44, right: 12, top: 12, bottom: 42 };
const NO_TITLE = 18; // what the axis' title would take below
const LETTER = 6.2; // about the width of one below the axis
const SERIES = 6;

function niceStep(range, steps = 4) {
  const rough = range / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
}

/** Ticks that cover every value and zero: a bar that doesn't start at zero lies. */
function ticks(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const step = niceStep(high - low || 1);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(10)));
}

function shorten(number) {
  return new Intl.NumberFormat("en-GB", {
    notation: Math.abs(number) >= 10_000 ? "compact" : "standard",
    maximumFractionDigits: 1,
  }).format(number);
}

/** As wide as the window lets it be, so that letters keep their size. */
function room() {
  return Math.max(NARROWEST, Math.min(WIDEST, window.innerWidth - AROUND));
}

function label(x, y, text, props = {}) {
  return svg("text", { x, y, class: "chart-label", ...props }, text);
}

function frame(scale, categories, config, width) {
  const inner = width - PAD.left - PAD.right;
  const band = inner / Math.max(1, categories.length);
  const lines = scale.ticks.map((value) => [
    svg("line", {
      x1: PAD.left,
      x2: width - PAD.right,
      y1: scale.y(value),
      y2: scale.y(value),
      class: value === 0 ? "chart-zero" : "chart-grid",
    }),
    label(PAD.left - 6, scale.y(value) + 3.5, shorten(value), { "text-anchor": "end" }),
  ]);
  const every = Math.ceil(categories.length / 9);
  const longest = Math.max(4, Math.floor((band * every) / LETTER));
  const names = categories.map((name, index) =>
    index % every
      ? null
      : label(
          PAD.left + band * (index + 0.5),
          HEIGHT - PAD.bottom + 16,
          name.length > longest ? `${name.slice(0, longest - 1)}…` : name,
          { "text-anchor": "middle" },
        ),
  );
  const axis = [
    config.x_label
      ? label(PAD.left + inner / 2, HEIGHT - 4, config.x_label, { "text-anchor": "middle", class: "chart-axis" })
      : null,
    config.y_label
      ? label(0, 0, config.y_label, {
          "text-anchor": "middle",
          class: "chart-axis",
          transform: `translate(10 ${PAD.top + (HEIGHT - PAD.top - PAD.bottom) / 2}) rotate(-90)`,
        })
      : null,
  ];
  return { nodes: [lines, names, axis], band };
}

function bars(series, categories, scale, band) {
  const room = band * 0.72;
  const width = Math.min(46, room / series.length);
  return series.flatMap((each, nth) =>
    categories.map((category, index) => {
      const value = each.values.get(category);
      if (value === undefined) return null;
      const x = PAD.left + band * (index + 0.5) - (width * series.length) / 2 + nth * width;
      const top = scale.y(Math.max(0, value));
      return svg(
        "rect",
        {
          x: x + 1,
          y: top,
          width: Math.max(1, width - 2),
          height: Math.max(1, scale.y(Math.min(0, value)) - top),
          rx: 2,
          class: `chart-fill-${nth % SERIES}`,
        },
        svg("title", {}, `${each.name}, ${category}: ${value}`),
      );
    }),
  );
}

function curves(series, categories, scale, band, filled) {
  return series.flatMap((each, nth) => {
    const points = categories
      .map((category, index) => ({ category, value: each.values.get(category), x: PAD.left + band * (index + 0.5) }))
      .filter((point) => point.value !== undefined);
    if (!points.length) return [];
    const path = points
      .map((point, index) => `${index ? "L" : "M"}${point.x.toFixed(1)} ${scale.y(point.value).toFixed(1)}`)
      .join("");
    const area = filled
      ? svg("path", {
          d: `${path}L${points.at(-1).x.toFixed(1)} ${scale.y(0)}L${points[0].x.toFixed(1)} ${scale.y(0)}Z`,
          class: `chart-fill-${nth % SERIES} chart-area`,
        })
      : null;
    const dots = points.map((point) =>
      svg(
        "circle",
        { cx: point.x, cy: scale.y(point.value), r: 3, class: `chart-fill-${nth % SERIES}` },
        svg("title", {}, `${each.name}, ${point.category}: ${point.value}`),
      ),
    );
    return [area, svg("path", { d: path, class: `chart-stroke-${nth % SERIES}` }), ...dots].filter(Boolean);
  });
}

function plot(chart) {
  const config = chart.axis_config ?? {};
  const series = (chart.series ?? []).map((each) => ({
    name: each.name,
    values: new Map((each.data ?? []).map((point) => [point.label, point.value])),
  }));
  const categories = config.categories ?? [...new Set(series.flatMap((each) => [...each.values.keys()]))];
  const marks = ticks(series.flatMap((each) => [...each.values.values()]));
  const span = marks.at(-1) - marks[0];
  const scale = {
    ticks: marks,
    y: (value) => PAD.top + (1 - (value - marks[0]) / span) * (HEIGHT - PAD.top - PAD.bottom),
  };
  const width = room();
  const { nodes, band } = frame(scale, categories, config, width);
  const shapes =
    chart.type === "bar"
      ? bars(series, categories, scale, band)
      : curves(series, categories, scale, band, chart.type === "area");
  return {
    picture: svg(
      "svg",
      {
        viewBox: `0 0 ${width} ${config.x_label ? HEIGHT : HEIGHT - NO_TITLE}`,
        class: "chart-svg",
        "aria-hidden": "true",
      },
      nodes,
      shapes,
    ),
    names: series.map((each) => each.name),
    head: ["", ...series.map((each) => each.name)],
    rows: categories.map((category) => [category, ...series.map((each) => each.values.get(category) ?? "")]),
  };
}

function pie(chart) {
  const segments = (chart.segments ?? []).filter((segment) => segment.value > 0);
  const total = segments.reduce((sum, segment) => sum + segment.value, 0);
  let angle = -Math.PI / 2;
  const at = (radians) => `${(110 + 96 * Math.cos(radians)).toFixed(2)} ${(110 + 96 * Math.sin(radians)).toFixed(2)}`;
  const shapes = segments.map((segment, nth) => {
    const turn = (segment.value / total) * 2 * Math.PI;
    const from = angle;
    angle += turn;
    const title = svg("title", {}, `${segment.label}: ${segment.value}`);
    if (segments.length === 1) return svg("circle", { cx: 110, cy: 110, r: 96, class: `chart-fill-${nth}` }, title);
    return svg(
      "path",
      {
        d: `M110 110L${at(from)}A96 96 0 ${turn > Math.PI ? 1 : 0} 1 ${at(angle)}Z`,
        class: `chart-fill-${nth % SERIES} chart-slice`,
      },
      title,
    );
  });
  const percent = (segment) => `${Math.round((segment.value / total) * 100)} %`;
  return {
    picture: svg("svg", { viewBox: "0 0 220 220", class: "chart-svg chart-pie", "aria-hidden": "true" }, shapes),
    names: segments.map((segment) => `${segment.label} · ${percent(segment)}`),
    head: ["", "Value", "Share"],
    rows: segments.map((segment) => [segment.label, segment.value, percent(segment)]),
  };
}

/** The block as a figure: title, picture, legend, and the same figures as a table for screen readers. */
export function chart(block) {
  const id = uid("chart");
  const drawn = block.chart?.type === "pie" ? pie(block.chart) : plot(block.chart ?? {});
  const legend = el(
    "ul",
    { class: "chart-legend", "aria-hidden": "true" },
    drawn.names.map((name, nth) => el("li", {}, el("span", { class: `chart-key chart-key-${nth % SERIES}` }), name)),
  );
  const figures = el(
    "table",
    { class: "vh" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        drawn.head.map((name) => el("th", { scope: "col", text: name })),
      ),
    ),
    el(
      "tbody",
      {},
      drawn.rows.map(([name, ...values]) =>
        el(
          "tr",
          {},
          el("th", { scope: "row", text: name }),
          values.map((value) => el("td", { text: value })),
        ),
      ),
    ),
  );
  return el(
    "figure",
    { class: "chart", "aria-labelledby": id, dataset: { chart: block.chart?.type ?? "" } },
    el("figcaption", { id, class: "chart-title", dir: "auto", text: block.title ?? "" }),
    drawn.picture,
    legend,
    figures,
  );
}
