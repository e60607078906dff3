// Which colour and form a sample has. Of categories both differ, so that either tells.

const shapes = ["circle", "triangle", "square", "diamond", "cross", "inverse", "saltire"];
const dark = matchMedia("(prefers-color-scheme:dark)");

/// Okabe and Ito 2008, as the plots have it; the fifth is theirs for fakes.
const colours = () => ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#1c1e21"]
  .map((colour, index) => dark.matches ? {0: "#3d9bd6", 5: "#F0803C", 6: "#e6e7e9"}[index] || colour : colour);

const unknown = () => dark.matches ? "#6a7078" : "#a3a8ae";
const paper = () => getComputedStyle(document.documentElement).getPropertyValue("--paper").trim() || "#fff";
const ink = () => getComputedStyle(document.documentElement).getPropertyValue("--ink").trim() || "#000";
const faint = () => dark.matches ? "#30343a" : "#e4e4e0";

const looksOfCategory = category => {
  const palette = colours();
  const places = category.name === "label" ? {real: 0, fake: 5} : {};
  return category.names.map((name, code) => {
    if (code === 0) return {colour: unknown(), shape: "circle"};
    const place = places[name];
    const number = code - 1;
    if (place !== undefined) return {colour: palette[place], shape: place ? "triangle" : "circle"};
    return {colour: palette[number % 7], shape: shapes[(number + Math.floor(number / 7)) % 7]};
  });
};

const bins = 32;
/// What is very dark, or very bright, could not be seen on the paper.
const scaleColour = share => d3.interpolateViridis(dark.matches ? 0.2 + 0.8 * share : 0.92 * share);

/// Between which values the colours run: an outlier must not take them all.
const measureRange = measure => {
  const known = measure.histogram.reduce((sum, count, step) => step ? sum + count : 0, 0);
  const quantile = share => {
    let sum = 0;
    for (let step = 1; step < 1025; step++) if ((sum += measure.histogram[step]) > share * (known - 1)) return step;
    return 1024;
  };
  return [quantile(0.02), quantile(0.98)];
};

/// For every sample the number of its look, and the looks; 0 is for what is not known.
const paint = attribute => {
  if (!attribute.steps) return {kinds: attribute.codes, looks: looksOfCategory(attribute)};
  const [low, high] = measureRange(attribute), kinds = new Uint8Array(attribute.steps.length);
  attribute.steps.forEach((step, index) => {
    if (step) kinds[index] = 1 + Math.min(bins - 1, Math.max(0, Math.floor((step - low) / Math.max(1, high - low) * bins)));
  });
  const looks = [{colour: unknown(), shape: "circle"}];
  for (let bin = 0; bin < bins; bin++) looks.push({colour: scaleColour((bin + 0.5) / bins), shape: "circle"});
  return {kinds, looks};
};
