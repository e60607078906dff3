// Puts the map into the page.

const chooser = (name, groups, onChange) => {
  const select = make("select", {ariaLabel: name});
  const options = [];
  for (const [title, items] of groups) {
    const parent = title ? make("optgroup", {label: title}) : select;
    for (const item of items) {
      parent.append(make("option", {value: String(options.length), textContent: item.name}));
      options.push(item);
    }
    if (title && items.length) select.append(parent);
  }
  select.addEventListener("change", () => onChange(options[Number(select.value)]));
  return make("label", {className: "choice"}, `${name} `, select);
};

const explore = async place => {
  const map = await readMap(), filters = new Filters(map), faces = new Faces(map);
  const canvas = make("canvas", {className: "points", tabIndex: 0, ariaLabel: "Map of the samples: drag to move, wheel or + and \u2212 to zoom"});
  const stage = make("div", {className: "stage"}, canvas), side = make("div", {className: "side"});
  const status = make("output", {className: "status"}), axes = make("p", {className: "axes"});
  const view = new View(map, canvas), card = new Card(map, faces, stage);

  const render = () => {
    const attribute = view.attribute, looks = attribute.steps ? null : looksOfCategory(attribute);
    const open = new Set([...side.querySelectorAll("details[open]")].map(item => item.dataset.name));
    const more = make("details", {className: "more", open: open.has("") || !side.children.length && innerWidth > 820},
      make("summary", {textContent: "Filters"}));
    more.dataset.name = "";
    side.replaceChildren(make("h3", {textContent: attribute.name}), attribute.steps
      ? scaleStrip(attribute) : valueList(filters, attribute, looks, change));
    if (attribute.steps) side.append(rangeInputs(filters, attribute, change));
    const fold = (item, body) => {
      const details = make("details", {open: open.has(item.name)}, make("summary", {textContent: item.name}), body);
      details.dataset.name = item.name;
      more.append(details);
    };
    side.append(more);
    for (const item of map.categories) if (item !== attribute) fold(item, valueList(filters, item, null, change));
    for (const item of map.measures) if (item !== attribute) fold(item, rangeInputs(filters, item, change));
  };
  const change = () => {
    filters.apply();
    view.visible = filters.visible;
    view.filter(filters.mask);
    status.textContent = filters.isActive
      ? `${grouped(filters.visible)} of ${grouped(map.count)} samples` : `${grouped(map.count)} samples`;
    everything.disabled = !filters.isActive;
  };
  const colourBy = attribute => { view.colour(attribute); render(); };
  const project = plane => {
    view.show(plane);
    d3.select(canvas).call(view.zoom.transform, d3.zoomIdentity);
    axes.textContent = plane.axes.length === 2 ? `across: ${plane.axes[0]}; up: ${plane.axes[1]}` : "";
  };

  const search = make("input", {type: "search", placeholder: "file name or key", ariaLabel: "Text in the file name or key", spellcheck: false});
  search.addEventListener("input", () => { filters.text = search.value; change(); });
  const everything = make("button", {type: "button", textContent: "Show all"});
  everything.addEventListener("click", () => { filters.clear(); search.value = ""; change(); render(); });
  const whole = make("button", {type: "button", textContent: "Whole map", title: "Zooms out (0)"});
  const lassoButton = make("button", {type: "button", textContent: "Lasso", title: "Draw around samples; Shift does it at any time"});
  lassoButton.setAttribute("aria-pressed", "false");

  place.append(
    make("div", {className: "tools"},
      ...map.planes.length > 1 ? [chooser("Map", [["", map.planes]], project)] : [],
      chooser("Colour", [["", map.categories], ["Measures", map.measures]], colourBy), search, lassoButton, whole, everything, status),
    make("div", {className: "work"}, stage, side), axes);
  const selection = new Selection(map, faces, place);
  const choose = samples => { view.selected = new Set(samples); selection.show(samples); view.redraw(); };
  selection.onClear = () => choose([]);

  const lasso = new Lasso(canvas, path => choose(view.within(path)));
  const useLasso = isOn => {
    lasso.isOn = isOn;
    lassoButton.setAttribute("aria-pressed", String(isOn));
    canvas.classList.toggle("choosing", isOn);
  };
  lassoButton.addEventListener("click", () => useLasso(!lasso.isOn));

  // One finger scrolls the page, two move the map.
  view.zoom.filter(given => {
    const event = eventOf(given);
    if (event.type.startsWith("touch")) return event.touches.length > 1 && !lasso.isOn;
    return event.type === "wheel" || !event.button && !lasso.isOn && !event.shiftKey;
  });
  d3.select(canvas).call(view.zoom).on("dblclick.zoom", null);
  const zoomBy = factor => d3.select(canvas).call(view.zoom.scaleBy, factor);
  const zoomOut = () => d3.select(canvas).call(view.zoom.transform, d3.zoomIdentity);
  whole.addEventListener("click", zoomOut);
  canvas.addEventListener("keydown", event => {
    const step = 60 / view.transform.k;
    const actions = {
      "+": () => zoomBy(1.5), "=": () => zoomBy(1.5), "-": () => zoomBy(1 / 1.5), "0": zoomOut, Escape: () => { useLasso(false); choose([]); },
      ArrowLeft: () => d3.select(canvas).call(view.zoom.translateBy, step, 0), ArrowRight: () => d3.select(canvas).call(view.zoom.translateBy, -step, 0),
      ArrowUp: () => d3.select(canvas).call(view.zoom.translateBy, 0, step), ArrowDown: () => d3.select(canvas).call(view.zoom.translateBy, 0, -step)};
    if (actions[event.key] && !event.ctrlKey && !event.metaKey) { event.preventDefault(); actions[event.key](); }
  });

  const point = event => {
    const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    const index = lasso.path ? -1 : view.at(x, y);
    if (index !== view.hovered) { view.hovered = index; view.redraw(); }
    card.show(index, x, y);
    canvas.classList.toggle("pointing", index >= 0);
    return index;
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerleave", () => { view.hovered = -1; card.show(-1); view.redraw(); });
  canvas.addEventListener("click", event => {
    const index = point(event);
    if (index >= 0 && !lasso.isOn && !event.shiftKey) choose(view.selected.has(index) && view.selected.size === 1 ? [] : [index]);
  });

  document.documentElement.classList.add("scripted");
  place.hidden = false;
  change();
  view.colour(map.categories[0] || map.measures[0]);
  render();
  project(map.planes[0]);
  new ResizeObserver(() => view.fit()).observe(stage);
  dark.addEventListener("change", () => { view.colour(view.attribute); render(); });
  (window.requestIdleCallback || setTimeout)(() => { map.keys(); view.at(0, 0); });

  // For programs that drive the page: where a sample is drawn, and what it is called.
  window.sampleMap = Object.freeze({count: map.count, key: index => map.keys()[index], place: index => view.place(index)});
};

const place = document.querySelector(".explorer");
explore(place).catch(error => {
  document.documentElement.classList.remove("scripted");
  place.hidden = false;
  place.replaceChildren(make("p", {className: "remark", textContent: `This browser cannot draw the map to move in (${error.message}); the plot shows it.`}));
});
