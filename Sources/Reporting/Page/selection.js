// Choosing samples with a lasso, and what can be done with those chosen.

class Lasso {
  constructor(canvas, onEnd) {
    this.isOn = false;
    this.path = null;
    const outline = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    outline.setAttribute("class", "lasso");
    outline.append(line);
    canvas.after(outline);
    const place = event => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    canvas.addEventListener("pointerdown", event => {
      if (event.button || !(this.isOn || event.shiftKey)) return;
      this.path = [place(event)];
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", event => {
      if (!this.path) return;
      this.path.push(place(event));
      line.setAttribute("d", `M${this.path.map(point => point.map(Math.round)).join("L")}Z`);
    });
    const end = () => {
      const path = this.path;
      this.path = null;
      line.removeAttribute("d");
      if (path && path.length > 3) onEnd(path);
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
  }
}

const quoted = text => /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;

const table = (map, samples) => {
  const attributes = [...map.categories, ...map.measures], keys = map.keys();
  const exact = (attribute, index) => attribute.steps
    ? attribute.steps[index] ? String(Number(attribute.value(attribute.steps[index]).toPrecision(4))) : "" : attribute.text(index);
  const lines = samples.map(index => [keys[index], ...attributes.map(attribute => exact(attribute, index))].map(quoted).join(","));
  return [["key", ...attributes.map(attribute => attribute.name)].map(quoted).join(","), ...lines].join("\n") + "\n";
};

const download = (name, text) => {
  const link = make("a", {href: URL.createObjectURL(new Blob([text], {type: "text/csv"})), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};

const copy = async text => {
  try { await navigator.clipboard.writeText(text); } catch {
    const field = make("textarea", {value: text});
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
};

/// The chosen samples, the first of them with faces; all of them can be copied and kept.
class Selection {
  constructor(map, faces, parent) {
    Object.assign(this, {map, faces, samples: []});
    this.title = make("b");
    this.list = make("div", {className: "chosen-list"});
    const button = (text, action) => {
      const element = make("button", {type: "button", textContent: text});
      element.addEventListener("click", () => action(element));
      return element;
    };
    this.element = make(
      "div", {className: "chosen", hidden: true},
      make(
        "div", {className: "chosen-head"}, this.title,
        button("Copy keys", async element => {
          await copy(this.samples.map(index => map.keys()[index]).join("\n") + "\n");
          element.textContent = "Copied";
          setTimeout(() => { element.textContent = "Copy keys"; }, 1500);
        }),
        button("Download CSV", () => download("samples.csv", table(map, this.samples))),
        button("Clear", () => this.onClear())), this.list);
    parent.append(this.element);
  }

  show(samples) {
    this.samples = samples;
    this.element.hidden = !samples.length;
    this.title.textContent = `${grouped(samples.length)} ${samples.length === 1 ? "sample" : "samples"} chosen`;
    const shown = ["cluster", "label", "method", "dataset", "role"].map(name => this.map.categories.find(category => category.name === name))
      .filter(Boolean);
    this.list.replaceChildren(...samples.slice(0, 200).map(index => make(
      "div", {className: "chosen-row"}, this.faces.of(index, 34) || make("i"), make("div", {}, ...named(this.map.keys()[index])),
      make("span", {textContent: shown.map(category => category.name === "cluster" ? `cluster ${category.text(index)}` : category.text(index))
        .filter(Boolean).join(" \u00B7 ")}))));
    if (samples.length > 200) this.list.append(make("p", {textContent: "The first 200; copying and downloading take them all."}));
  }
}
