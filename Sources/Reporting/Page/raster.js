// Points as pixels: small pictures of marks, stamped into one image. A hundred thousand take some milliseconds.

const inside = {
  circle: (x, y) => x * x + y * y <= 1,
  triangle: (x, y) => y <= 0.75 && y >= 1.85 * Math.abs(x) - 1.3,
  inverse: (x, y) => -y <= 0.75 && -y >= 1.85 * Math.abs(x) - 1.3,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.88,
  diamond: (x, y) => Math.abs(x) + Math.abs(y) <= 1.25,
  cross: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 1.15 && Math.min(Math.abs(x), Math.abs(y)) <= 0.36,
  saltire: (x, y) => inside.cross((x + y) * 0.7071, (x - y) * 0.7071),
};

/// Which share, 0 ... 256, of each pixel of a mark it covers.
const coverage = (shape, radius) => {
  const reach = Math.ceil(radius * 1.3), cells = [];
  for (let y = -reach; y <= reach; y++) for (let x = -reach; x <= reach; x++) {
    let hits = 0;
    for (let part = 0; part < 16; part++) {
      const within = inside[shape]((x + (part % 4 - 1.5) / 4) / radius, (y + ((part >> 2) - 1.5) / 4) / radius);
      if (within) hits++;
    }
    if (hits) cells.push({x, y, share: hits * 16});
  }
  return cells;
};

const packed = colour => {
  const {r, g, b} = d3.rgb(colour);
  return (255 << 24 | b << 16 | g << 8 | r) >>> 0;
};

class Raster {
  constructor(canvas) {
    this.context = canvas.getContext("2d", {alpha: false});
    this.margin = 24;
  }

  resize(width, height) {
    this.width = width + 2 * this.margin;
    this.height = height + 2 * this.margin;
    this.image = new ImageData(this.width, this.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  clear(colour) { this.pixels.fill(packed(colour)); }

  /// A mark ready to be stamped; one of some size has a rim of paper, which parts it from those below.
  stamp({shape, colour}, radius, rim) {
    const marks = [[coverage(shape, radius), packed(colour)]];
    if (rim && radius >= 2.5) marks.unshift([coverage(shape, radius + 1), packed(rim)]);
    const cells = marks.flatMap(([cells, tint]) => cells.map(cell => ({...cell, tint})));
    return {
      count: cells.length, offsets: Int32Array.from(cells, cell => cell.y * this.width + cell.x),
      shares: Uint16Array.from(cells, cell => cell.share), tints: Uint32Array.from(cells, cell => cell.tint),
    };
  }

  /// Whether a place in device pixels is near enough for its mark to be seen; false for what is no number.
  holds(x, y) { return x > -4 && y > -4 && x < this.width - 2 * this.margin + 4 && y < this.height - 2 * this.margin + 4; }

  /// Stamps a mark around a place that the image holds.
  put(stamp, x, y) {
    const {pixels} = this, {offsets, shares, tints, count} = stamp;
    const base = (Math.round(y) + this.margin) * this.width + Math.round(x) + this.margin;
    for (let cell = 0; cell < count; cell++) {
      const at = base + offsets[cell], share = shares[cell], over = tints[cell];
      if (share === 256) { pixels[at] = over; continue; }
      const under = pixels[at], rest = 256 - share;
      const purple = ((under & 0xff00ff) * rest + (over & 0xff00ff) * share) >>> 8 & 0xff00ff;
      const green = ((under & 0xff00) * rest + (over & 0xff00) * share) >>> 8 & 0xff00;
      pixels[at] = 0xff000000 | purple | green;
    }
  }

  show() { this.context.putImageData(this.image, -this.margin, -this.margin); }
}
