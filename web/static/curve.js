// A device's curves: drawn by uPlot, told in words at the cursor, moved through with the keyboard.
(() => {
  "use strict";
  const language = document.documentElement.lang || "en";
  const figure = new Intl.NumberFormat(language, { maximumSignificantDigits: 5 });
  const DAY = 86400;
  const plots = new WeakMap();
  const listening = new WeakSet();

  const clocks = (zone) => {
    const form = (options) => {
      const format = new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: "h23", ...options });
      return (seconds) => format.format(new Date(seconds * 1000));
    };
    const time = form({ hour: "2-digit", minute: "2-digit" });
    const day = form({ month: "short", day: "numeric" });
    const month = form({ year: "numeric", month: "short" });
    return {
      tick: (seconds, step) => (step >= 28 * DAY ? month(seconds) : step >= DAY || time(seconds) === "00:00" ? day(seconds) : time(seconds)),
      full: form({ month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" }),
    };
  };

  // One scale for each unit: the first two have an axis of their own.
  const unitsOf = (curves) => [...new Set(curves.map((curve) => curve.unit))];

  const reach = (curves) => (_, low, high) => {
    const limits = curves.map((curve) => curve.limit).filter((limit) => limit !== null);
    return uPlot.rangeNum(Math.min(low ?? 0, ...limits), Math.max(high ?? 1, ...limits), 0.1, true);
  };

  const axesOf = (units, colour, clock, font) => {
    const plain = { font, stroke: colour("--rw-quiet"), ticks: { show: false }, grid: { stroke: colour("--rw-line"), width: 1 } };
    const width = (_, said) => 14 + 8 * Math.max(3, ...(said ?? []).map((one) => one.length));
    const beside = units.slice(0, 2).map((unit, number) => ({
      ...plain,
      scale: `unit-${number}`,
      side: number ? 1 : 3,
      size: width,
      grid: { ...plain.grid, show: !number },
      values: (_, splits) => splits.map((one) => figure.format(one)),
    }));
    const below = { ...plain, size: 34, space: 64, values: (_, splits, __, ___, step) => splits.map((one) => clock.tick(one, step)) };
    return [below, ...beside];
  };

  const seriesOf = (curves, units, colour) => curves.flatMap((curve, number) => {
    const scale = `unit-${units.indexOf(curve.unit)}`;
    const stroke = colour(`--rw-curve-${number + 1}`);
    const dash = [[], [14, 4], [3, 3], [14, 4, 3, 4]][number];
    const edge = { scale, show: true, stroke: "transparent", width: 0, points: { show: false } };
    return [edge, { scale, stroke, dash, width: 2, points: { show: lonely(curve.mean), size: 5, fill: stroke } }, edge];
  });

  // A reading with nothing on either side has no line to be seen by.
  const lonely = (values) => values.some((one, n) => one !== null && (values[n - 1] ?? null) === null && (values[n + 1] ?? null) === null);

  const bandsOf = (curves, colour) => curves.flatMap((curve, number) => {
    const spread = curve.high.some((high, n) => high !== curve.low[n]);
    return spread ? [{ series: [3 * number + 3, 3 * number + 1], fill: `${colour(`--rw-curve-${number + 1}`)}33` }] : [];
  });

  const shade = (data, colour) => (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    for (const fault of data.faults) {
      const [left, right] = [fault.from, fault.to].map((at) => plot.valToPos(at, "x", true));
      ctx.fillStyle = `${colour({ emergency: "--rw-red", major: "--rw-amber" }[fault.severity] ?? "--rw-slate")}2b`;
      ctx.fillRect(left, bbox.top, Math.max(right - left, 2 * devicePixelRatio), bbox.height);
    }
    ctx.restore();
  };

  const limits = (data, units, colour) => (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.lineWidth = 1.5 * devicePixelRatio;
    data.curves.forEach((curve, number) => {
      if (curve.limit === null) return;
      const height = plot.valToPos(curve.limit, `unit-${units.indexOf(curve.unit)}`, true);
      ctx.strokeStyle = colour(data.curves.length > 1 ? `--rw-curve-${number + 1}` : "--rw-red");
      ctx.beginPath();
      ctx.moveTo(bbox.left, height);
      ctx.lineTo(bbox.left + bbox.width, height);
      ctx.stroke();
    });
    ctx.restore();
  };

  // Where the keyboard stands, by its instant: the curve is drawn anew as readings come.
  const keyedIn = (box, data) => {
    const number = data.at.indexOf(plots.get(box)?.keyed);
    return number < 0 ? null : number;
  };

  const tell = (box, data, clock) => (plot) => {
    const words = document.getElementById("curve-at");
    const number = keyedIn(box, data) ?? plot.cursor.idx;
    if (!words) return;
    if (number === null || number === undefined) {
      words.textContent = words.dataset.hint;
      return;
    }
    const at = data.at[number];
    const values = data.curves.filter((curve) => curve.mean[number] !== null).map((curve) => {
      const [low, mean, high] = [curve.low, curve.mean, curve.high].map((some) => figure.format(some[number]));
      const spread = low === high ? "" : ` (${low}–${high})`;
      return `${curve.name} ${mean}${spread}${curve.unit ? ` ${curve.unit}` : ""}`;
    });
    const faults = data.faults.filter((fault) => fault.from <= at && at <= fault.to).map((fault) => fault.name);
    words.textContent = [clock.full(at), ...(values.length ? values : ["—"]), ...faults].join(" · ");
  };

  const draw = (box, data) => {
    const style = getComputedStyle(box);
    const colour = (name) => style.getPropertyValue(name).trim();
    const clock = clocks(box.dataset.zone);
    const units = unitsOf(data.curves);
    const scaled = units.map((unit, number) => [`unit-${number}`, { range: reach(data.curves.filter((curve) => curve.unit === unit)) }]);
    const font = `13px ${style.fontFamily}`;
    const keyed = plots.get(box)?.keyed ?? null;
    plots.get(box)?.plot.destroy();
    const plot = new uPlot({
      width: box.clientWidth,
      height: box.clientHeight,
      legend: { show: false },
      padding: [8, units.length > 1 ? 0 : 28, 0, 0],
      cursor: { drag: { x: false, y: false }, y: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), box.dataset.zone),
      scales: { x: { time: true, range: [data.from, data.to] }, ...Object.fromEntries(scaled) },
      axes: axesOf(units, colour, clock, font),
      series: [{}, ...seriesOf(data.curves, units, colour)],
      bands: bandsOf(data.curves, colour),
      hooks: { drawClear: [shade(data, colour)], draw: [limits(data, units, colour)], setCursor: [tell(box, data, clock)] },
    }, [data.at, ...data.curves.flatMap((curve) => [curve.low, curve.mean, curve.high])], box);
    plots.set(box, { plot, data, keyed });
    if (keyedIn(box, data) !== null) plot.setCursor({ left: plot.valToPos(keyed, "x"), top: 1 });
    box.dataset.drawn = data.to; // up to when
  };

  // Left and right go from reading to reading, with Shift ten at a time; nulls are passed over.
  const move = (box, event) => {
    const known = plots.get(box);
    const way = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!known || (way === undefined && event.key !== "Escape")) return;
    event.preventDefault();
    const { plot, data } = known;
    const here = keyedIn(box, data) ?? plot.cursor.idx ?? data.at.length;
    known.keyed = null;
    if (event.key === "Escape") return plot.setCursor({ left: -10, top: -10 });
    const heard = data.at.map((_, number) => number).filter((number) => data.curves.some((curve) => curve.mean[number] !== null));
    const near = heard.findIndex((number) => number >= here);
    const from = near < 0 ? heard.length : near;
    const to = Math.min(Math.max(from + way * (event.shiftKey && Number.isFinite(way) ? 10 : 1), 0), heard.length - 1);
    known.keyed = data.at[heard[to]]; // several readings may share a pixel
    plot.setCursor({ left: plot.valToPos(known.keyed, "x"), top: 1 });
  };

  // A browser tells of a mouse that lies still when something moves below it.
  const pointed = (box, event) => {
    const known = plots.get(box);
    if (known && (event.movementX || event.movementY)) known.keyed = null;
  };

  // The newest question alone counts; where nothing is drawn yet, a missing answer is told.
  const asked = new WeakMap();
  const load = async (box) => {
    const mine = {};
    asked.set(box, mine);
    const data = await fetch(box.dataset.plot, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    if (asked.get(box) !== mine || !box.isConnected) return;
    const words = document.getElementById("curve-at");
    if (data) draw(box, data);
    else if (!plots.has(box) && words) words.textContent = words.dataset.unanswered;
  };

  const again = () => document.querySelectorAll("[data-plot]").forEach((box) => {
    if (plots.has(box)) draw(box, plots.get(box).data);
  });
  const fresh = () => document.querySelectorAll("[data-plot]").forEach((box) => {
    if (!listening.has(box)) {
      listening.add(box); // not an attribute: a fresh page would take it away again
      box.addEventListener("keydown", (event) => move(box, event));
      box.addEventListener("mousemove", (event) => pointed(box, event), true);
      new ResizeObserver(() => plots.get(box)?.plot.setSize({ width: box.clientWidth, height: box.clientHeight })).observe(box);
    }
    load(box);
  });
  document.addEventListener("htmx:after:swap", fresh);
  new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  fresh();
})();
