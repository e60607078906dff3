// What of the map is in sight: projection, zoom, drawing, and which sample is under the pointer.

/// The event, which D3 handed over in a global before its version 6.
const eventOf = given => d3.event || given;

class View {
  constructor(map, canvas) {
    Object.assign(this, {map, canvas, plane: map.planes[0], raster: new Raster(canvas), transform: d3.zoomIdentity});
    this.selected = new Set();
    this.hovered = -1;
    this.order = View.scattered(map.count);
    this.zoom = d3.zoom().scaleExtent([1, 200]).on("zoom", given => {
      this.transform = eventOf(given).transform;
      this.redraw();
    });
  }

  /// All indexes in an order that lets no stretch of samples cover the others.
  static scattered(count) {
    const order = new Uint32Array(count), greatest = (a, b) => b ? greatest(b, a % b) : a;
    let step = Math.max(1, Math.floor(count * 0.6180339887));
    while (count > 1 && greatest(step, count) !== 1) step++;
    for (let place = 0, index = 0; place < count; place++, index = (index + step) % count) order[place] = index;
    return order;
  }

  colour(attribute) { this.attribute = attribute; Object.assign(this, paint(attribute)); this.redraw(); }

  show(plane) {
    this.plane = plane;
    this.tree = null;
    // In the order of drawing, one after the other in memory.
    this.across = Float32Array.from(this.order, index => plane.x[index]);
    this.up = Float32Array.from(this.order, index => plane.y[index]);
    this.fit();
  }

  filter(mask) { this.mask = mask; this.tree = null; this.redraw(); }

  /// Fits the plane into the canvas as it is now.
  fit() {
    const ratio = devicePixelRatio || 1, {clientWidth: width, clientHeight: height} = this.canvas, margin = 26;
    if (!width || !height) return;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.raster.resize(this.canvas.width, this.canvas.height);
    const extent = values => d3.extent(values.filter(value => !isNaN(value)));
    const [left, right] = extent(this.plane.x), [low, high] = extent(this.plane.y);
    const scale = Math.min((width - 2 * margin) / (right - left || 1), (height - 2 * margin) / (high - low || 1));
    Object.assign(this, {ratio, width, height, scale});
    this.offsetX = (width - scale * (left + right)) / 2;
    this.offsetY = (height + scale * (low + high)) / 2;
    this.zoom.extent([[0, 0], [width, height]]).translateExtent([[-width / 2, -height / 2], [1.5 * width, 1.5 * height]]);
    this.redraw();
  }

  /// Where a sample is drawn, in CSS pixels of the canvas.
  place(index) {
    const {x, y, k} = this.transform;
    return [
      x + k * (this.offsetX + this.scale * this.plane.x[index]),
      y + k * (this.offsetY - this.scale * this.plane.y[index])];
  }

  get radius() {
    const base = Math.min(4, Math.max(1.15, 0.3 * Math.sqrt(this.width * this.height / this.map.count)));
    return Math.min(6.5, base * Math.pow(this.transform.k, 0.4));
  }

  redraw() {
    if (this.isWaiting || !this.raster.image || !this.kinds || !this.mask) return;
    this.isWaiting = true;
    requestAnimationFrame(() => { this.isWaiting = false; this.draw(); });
  }

  draw() {
    const {raster, ratio, transform, mask, kinds, order, across, up} = this, radius = this.radius * ratio, back = paper();
    raster.clear(back);
    const scale = transform.k * this.scale * ratio;
    const left = (transform.x + transform.k * this.offsetX) * ratio, top = (transform.y + transform.k * this.offsetY) * ratio;
    const stamps = this.looks.map(look => raster.stamp(look, radius, back));
    const away = raster.stamp({shape: "circle", colour: faint()}, Math.max(1, 0.7 * radius));
    // What is filtered out, or not chosen where several are, becomes the ground; the rest lies on it.
    const front = this.chosenMask();
    for (let pass = front === mask && !this.isFiltered ? 1 : 0; pass < 2; pass++) {
      for (let turn = 0; turn < order.length; turn++) {
        const x = left + scale * across[turn], y = top - scale * up[turn];
        if (!raster.holds(x, y)) continue;
        const index = order[turn];
        if (front[index] === pass) raster.put(pass ? stamps[kinds[index]] : away, x, y);
      }
    }
    raster.show();
    this.drawMarks();
    if (!this.isDrawn) { this.isDrawn = true; performance.mark("map-drawn"); }
  }

  get isFiltered() { return this.visible < this.map.count; }

  chosenMask() {
    if (this.selected.size < 2) return this.mask;
    const chosen = new Uint8Array(this.map.count);
    for (const index of this.selected) chosen[index] = this.mask[index];
    return chosen;
  }

  /// Rings around the one that is chosen and the one pointed at, and the names of clusters.
  drawMarks() {
    const {context} = this.raster;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.lineWidth = 2.2;
    context.strokeStyle = ink();
    for (const index of [...this.selected.size === 1 ? this.selected : [], this.hovered]) {
      if (index < 0 || !this.mask[index]) continue;
      context.beginPath();
      context.arc(...this.place(index), this.radius + 4, 0, 7);
      context.stroke();
    }
    if (this.attribute.name === "cluster" && !this.attribute.steps) this.drawNames(context);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  drawNames(context) {
    Object.assign(context, {
      font: "600 15px ui-sans-serif,system-ui,sans-serif", textAlign: "center", textBaseline: "middle", lineWidth: 4,
      lineJoin: "round", strokeStyle: paper(), fillStyle: ink()});
    for (const [code, index] of this.middles()) {
      const [x, y] = this.place(index);
      context.strokeText(this.attribute.names[code], x, y);
      context.fillText(this.attribute.names[code], x, y);
    }
  }

  /// For each value the sample in the middle of those in sight by one axis, then by the other.
  middles() {
    if (this.middlesOf === this.plane && this.middleMask === this.mask) return this.middleCache;
    const members = new Map(), {x, y} = this.plane;
    for (const index of this.order) {
      const code = this.kinds[index];
      if (!code || !this.mask[index] || isNaN(x[index])) continue;
      if (!members.has(code)) members.set(code, []);
      const list = members.get(code);
      if (list.length < 400) list.push(index);
    }
    const centre = (list, axis) => d3.median(list, index => axis[index]);
    this.middleCache = members.size > 60 ? [] : [...members].map(([code, list]) => {
      const [middleX, middleY] = [centre(list, x), centre(list, y)];
      return [code, list[d3.scan(list, (a, b) =>
        Math.hypot(x[a] - middleX, y[a] - middleY) - Math.hypot(x[b] - middleX, y[b] - middleY))]];
    });
    Object.assign(this, {middlesOf: this.plane, middleMask: this.mask});
    return this.middleCache;
  }

  /// The sample nearest to a place in CSS pixels of the canvas, or -1 where none is near.
  at(x, y) {
    if (!this.tree) {
      const {x: planeX, y: planeY} = this.plane, shown = [];
      for (let index = 0; index < this.map.count; index++) if (this.mask[index] && !isNaN(planeX[index])) shown.push(index);
      this.tree = d3.quadtree().x(index => planeX[index]).y(index => planeY[index]).addAll(shown);
    }
    const [dataX, dataY] = this.transform.invert([x, y]), reach = (this.radius + 9) / (this.transform.k * this.scale);
    const found = this.tree.find((dataX - this.offsetX) / this.scale, (this.offsetY - dataY) / this.scale, reach);
    return found === undefined ? -1 : found;
  }

  /// Samples in sight within a polygon of places in CSS pixels of the canvas.
  within(polygon) {
    const [left, right] = d3.extent(polygon, place => place[0]), [top, bottom] = d3.extent(polygon, place => place[1]);
    const found = [];
    for (let index = 0; index < this.map.count; index++) {
      if (!this.mask[index]) continue;
      const place = this.place(index);
      if (place[0] >= left && place[0] <= right && place[1] >= top && place[1] <= bottom &&
        d3.polygonContains(polygon, place)) found.push(index);
    }
    return found;
  }
}
