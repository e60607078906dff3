// The columns of the map, as MapPayload.swift writes them.

const bytesOf = base64 => {
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
};

const inflated = async bytes => {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

class Reader {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  narrow(count) { return this.bytes.subarray(this.at, this.at += count); }
  wide(count) {
    const low = this.narrow(count), high = this.narrow(count), values = new Uint16Array(count);
    for (let index = 0; index < count; index++) values[index] = low[index] | high[index] << 8;
    return values;
  }
  long(count) {
    const bytes = this.narrow(4 * count), values = new Uint32Array(count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let index = 0; index < count; index++) values[index] = view.getUint32(4 * index, true);
    return values;
  }
}

const readPlane = (reader, count, {name, axes}) => {
  const axis = () => Float32Array.from(reader.wide(count), value => value === 65535 ? NaN : value / 65534);
  return {name, axes, x: axis(), y: axis()};
};

const readCategory = (reader, count, {name, values, isWide}) => {
  const codes = isWide ? reader.wide(count) : reader.narrow(count), counts = new Uint32Array(values.length + 1);
  for (const code of codes) counts[code]++;
  return {name, codes, counts, names: ["not known", ...values], text: index => codes[index] ? values[codes[index] - 1] : ""};
};

const readMeasure = (reader, count, {name, unit, low, high}) => {
  const steps = reader.wide(count), value = step => low + (step - 1) / 1023 * (high - low);
  const histogram = new Uint32Array(1025);
  for (const step of steps) histogram[step]++;
  const said = known => number(known) + (unit ? unit === "\u00B0" ? unit : `\u202F${unit}` : "");
  return {name, low, high, steps, value, said, histogram, text: index => steps[index] ? said(value(steps[index])) : ""};
};

/// Keys are wanted for searching and pointing only, and take a while: made when first asked for.
const keyReader = (reader, count) => {
  const shared = reader.narrow(count), lengths = reader.wide(count), rest = reader.bytes.subarray(reader.at);
  let keys;
  return () => {
    if (keys) return keys;
    let size = count, at = 0, from = 0, before = 0;
    for (let index = 0; index < count; index++) size += shared[index] + lengths[index];
    const bytes = new Uint8Array(size);
    for (let index = 0; index < count; index++) {
      bytes.copyWithin(at, before, before + shared[index]);
      bytes.set(rest.subarray(from, from + lengths[index]), at + shared[index]);
      before = at;
      from += lengths[index];
      at += shared[index] + lengths[index];
      bytes[at++] = 10;
    }
    keys = new TextDecoder().decode(bytes.subarray(0, size - 1)).split("\n");
    return keys;
  };
};

const readMap = async () => {
  const header = JSON.parse(document.getElementById("map-header").textContent);
  const reader = new Reader(await inflated(bytesOf(document.getElementById("map-columns").textContent)));
  const count = header.count;
  const planes = header.planes.map(plane => readPlane(reader, count, plane));
  const categories = header.categories.map(category => readCategory(reader, count, category));
  const measures = header.measures.map(measure => readMeasure(reader, count, measure));
  const pictures = document.querySelectorAll("script.map-sheet"), faces = new Map();
  header.sheets.forEach((sheet, number) => {
    const tile = sheet.tilePixels;
    reader.long(sheet.count).forEach((sample, place) => faces.set(
      sample, {number, tile, x: place % sheet.columns * tile, y: Math.floor(place / sheet.columns) * tile}));
  });
  return {count, total: header.total, planes, categories, measures, faces, pictures, keys: keyReader(reader, count)};
};

/// What a key was made of, as SampleKey.swift escapes it: path, then time, face and variant.
const inWords = key => {
  const parts = key.split("/");
  if (parts.length < 5) return key;
  const [pts, track, variant] = parts.splice(-3);
  try {
    const path = decodeURIComponent(parts.slice(1).join("/").replace(/%/g, "%25").replace(/\+([a-z])/g, (_, letter) => letter.toUpperCase())
      .replace(/=([0-9a-f]{2})/g, "%$1"));
    return `${path}, tick ${Number(pts)}${track === "0" ? "" : `, face ${track}`}${variant === "crop" ? "" : `, ${variant}`}`;
  } catch { return key; }
};

/// Text as keys hold it, capitals as small letters: what somebody searches for is the name of a file.
const escaped = text => Array.from(new TextEncoder().encode(text), byte => /[a-z0-9\-_\/]/.test(String.fromCharCode(byte))
  ? String.fromCharCode(byte) : `=${byte.toString(16).padStart(2, "0")}`).join("");

/// Three digits that mean something, without an exponent.
const number = value => {
  const size = Math.abs(value);
  if (size >= 100 || value === Math.round(value)) return Math.round(value).toLocaleString("en").replace(/,/g, "\u202F");
  return value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 4);
};
const grouped = value => value.toLocaleString("en").replace(/,/g, "\u202F");
