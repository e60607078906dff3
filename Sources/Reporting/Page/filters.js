// Which samples are shown: by values, by ranges, by text in the key.

/// An element with properties and children.
const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

class Filters {
  constructor(map) {
    this.map = map;
    this.mask = new Uint8Array(map.count);
    this.clear();
  }

  clear() {
    this.hidden = new Map(this.map.categories.map(category => [category, new Set()]));
    this.ranges = new Map();
    this.text = "";
  }

  /// The mask as a new array, so that who keeps the old one sees that it changed.
  apply() {
    const {map} = this, mask = new Uint8Array(map.count).fill(1), text = this.text.trim().toLowerCase();
    for (const [category, hidden] of this.hidden) {
      if (!hidden.size) continue;
      const shows = category.names.map((_, code) => hidden.has(code) ? 0 : 1), {codes} = category;
      for (let index = 0; index < map.count; index++) mask[index] &= shows[codes[index]];
    }
    for (const [measure, {low, high}] of this.ranges) {
      const {steps, value} = measure;
      for (let index = 0; index < map.count; index++) {
        const known = steps[index] ? value(steps[index]) : NaN;
        if (!(known >= low && known <= high)) mask[index] = 0;
      }
    }
    if (text) {
      const asKey = escaped(text);
      map.keys().forEach((key, index) => {
        const small = key.toLowerCase();
        if (!small.includes(text) && !small.replaceAll("+", "").includes(asKey)) mask[index] = 0;
      });
    }
    this.mask = mask;
    this.visible = mask.reduce((sum, one) => sum + one, 0);
  }

  get isActive() {
    return this.text.trim() !== "" || this.ranges.size > 0 || [...this.hidden.values()].some(hidden => hidden.size > 0);
  }
}

/// A small picture of a look, for legends.
const swatch = look => {
  const canvas = make("canvas", {className: "swatch", width: 28, height: 28}), context = canvas.getContext("2d");
  context.fillStyle = look.colour;
  for (const {x, y, share} of coverage(look.shape, 9)) {
    context.globalAlpha = share / 256;
    context.fillRect(14 + x, 14 + y, 1, 1);
  }
  return canvas;
};

/// Boxes to tick, one per value, those of most samples first where they have no order of their own.
const valueList = (filters, category, looks, onChange) => {
  const hidden = filters.hidden.get(category), codes = category.names.map((_, code) => code).filter(code => category.counts[code]);
  const known = codes.filter(code => code > 0).concat(codes.filter(code => code === 0));
  const list = make("div", {className: "values"});
  const all = make("button", {type: "button", className: "plain", textContent: "all"});
  const none = make("button", {type: "button", className: "plain", textContent: "none"});
  const boxes = known.slice(0, 300).map(code => {
    const box = make("input", {type: "checkbox", checked: !hidden.has(code)});
    box.addEventListener("change", () => { box.checked ? hidden.delete(code) : hidden.add(code); onChange(); });
    list.append(make(
      "label", {title: category.names[code]}, box, ...(looks ? [swatch(looks[code])] : []),
      make("span", {textContent: category.names[code]}), make("output", {textContent: grouped(category.counts[code])})));
    return [box, code];
  });
  const every = shown => {
    hidden.clear();
    if (!shown) known.forEach(code => hidden.add(code));
    boxes.forEach(([box]) => { box.checked = shown; });
    onChange();
  };
  all.addEventListener("click", () => every(true));
  none.addEventListener("click", () => every(false));
  if (known.length > 2) list.prepend(make("div", {className: "every"}, all, none));
  if (known.length > 300) list.append(make("p", {textContent: `and ${grouped(known.length - 300)} more`}));
  return list;
};

const rangeInputs = (filters, measure, onChange) => {
  const range = filters.ranges.get(measure) || {low: measure.low, high: measure.high};
  const field = (value, name) => make("input", {type: "number", step: "any", value: Number(value.toPrecision(4)), ariaLabel: `${name} ${measure.name}`});
  const low = field(range.low, "least"), high = field(range.high, "greatest");
  const change = () => {
    const from = low.value === "" ? -Infinity : Number(low.value), to = high.value === "" ? Infinity : Number(high.value);
    const slack = (measure.high - measure.low) * 5e-4;
    if (from <= measure.low + slack && to >= measure.high - slack) filters.ranges.delete(measure);
    else filters.ranges.set(measure, {low: from - slack, high: to + slack});
    onChange();
  };
  low.addEventListener("change", change);
  high.addEventListener("change", change);
  return make("div", {className: "range"}, low, "\u2013", high);
};

/// A strip of the colours of a measure, with the values at its ends.
const scaleStrip = measure => {
  const canvas = make("canvas", {className: "strip", width: 256, height: 12}), context = canvas.getContext("2d");
  for (let x = 0; x < 256; x++) {
    context.fillStyle = scaleColour((Math.floor(x / 256 * bins) + 0.5) / bins);
    context.fillRect(x, 0, 1, 12);
  }
  const [low, high] = measureRange(measure).map(measure.value);
  return make(
    "div", {className: "scale"}, canvas, make("span", {textContent: `\u2264 ${measure.said(low)}`}),
    make("span", {textContent: measure.said((low + high) / 2)}), make("span", {textContent: `\u2265 ${measure.said(high)}`}));
};
