// What is known of one sample, beside the pointer.

/// Draws faces out of their sheets, each sheet decoded once, when first wanted.
class Faces {
  constructor(map) { this.map = map; this.sheets = new Map(); }

  sheet(number) {
    if (!this.sheets.has(number)) {
      const image = new Image();
      const {type, textContent} = this.map.pictures[number];
      image.src = `data:${type},${textContent}`;
      this.sheets.set(number, image.decode().then(() => image));
    }
    return this.sheets.get(number);
  }

  /// A canvas with the face of a sample, or `null` where the page carries none.
  of(index, side) {
    const face = this.map.faces.get(index);
    if (!face) return null;
    const canvas = make("canvas", {className: "face", width: face.tile, height: face.tile});
    canvas.style.width = canvas.style.height = `${side}px`;
    this.sheet(face.number).then(image => canvas.getContext("2d").drawImage(
      image, face.x, face.y, face.tile, face.tile, 0, 0, face.tile, face.tile));
    return canvas;
  }
}

/// A key in words, where it is made of words, and as it is.
const named = key => {
  const words = inWords(key);
  return [...words === key ? [] : [make("b", {className: "words", textContent: words})], make("code", {textContent: key})];
};

class Card {
  constructor(map, faces, parent) {
    Object.assign(this, {map, faces, element: make("div", {className: "sample-card", hidden: true})});
    parent.append(this.element);
  }

  show(index, x, y) {
    const {element, map} = this;
    element.hidden = index < 0;
    if (index < 0) return;
    if (element.dataset.sample !== String(index)) {
      element.dataset.sample = index;
      const facts = make("dl");
      for (const attribute of [...map.categories, ...map.measures]) {
        const text = attribute.text(index);
        if (text !== "") facts.append(make("div", {}, make("dt", {textContent: attribute.name}), make("dd", {textContent: text})));
      }
      const face = this.faces.of(index, 112);
      const none = make("p", {className: "no-face", textContent: map.faces.size ? "no picture of this one here" : ""});
      element.replaceChildren(...[face || (map.faces.size ? none : null)].filter(Boolean), ...named(map.keys()[index]), facts);
    }
    const {clientWidth: width, clientHeight: height} = element.parentElement, own = element.getBoundingClientRect();
    const right = x + 18 + own.width > width ? x - own.width - 18 : x + 18;
    element.style.left = `${Math.max(4, Math.min(width - own.width - 4, right))}px`;
    element.style.top = `${Math.max(4, Math.min(height - own.height - 4, y - own.height / 2))}px`;
  }
}
