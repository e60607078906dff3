package import Records

/// A way of cutting faces that has a name, as published with a detector or a benchmark.
package struct CropPreset: Sendable {
  package let name: String
  package let cut: CropCut
  /// Where it is from, and what had to be chosen because the source does not say.
  package let source: String

  /// The preset that is meant where none is named.
  package static let standard = "square"

  package static let all: [CropPreset] = [
    CropPreset(
      name: standard,
      cut: CropCut(
        .square, margin: 1.3, sizePixels: 256, padding: .replicate, resampling: .areaOrCubic,
        encoding: .jpeg(quality: 95, chroma: 444)),
      source: "dfprep's own"),
    CropPreset(
      name: "coccomini",
      cut: CropCut(
        .squaredBox, margin: 1, sizePixels: nil, fit: .letterbox, padding: .black, resampling: .areaOrCubic,
        encoding: .png),
      source: "Coccomini et al. 2022, Combining EfficientNet and Vision Transformers, preprocessing/extract_crops.py"),
    CropPreset(
      name: "deepfakebench",
      cut: CropCut(
        .similarity, margin: 1.3, sizePixels: 256, padding: .black, resampling: .linear, encoding: .png),
      source:
        "Yan et al. 2023, DeepfakeBench, preprocessing/preprocess.py; the template is ArcFace's (Deng et al. 2019)"),
    CropPreset(
      name: "deepfakedefenders",
      cut: CropCut(
        .square, margin: 1.3, sizePixels: 512, padding: .replicate, resampling: .areaOrCubic, encoding: .png),
      source: "JTGroup 2024, DeepFakeDefenders, thread 10: face-centred, 512; margin and resampling are dfprep's choice"
    ),
    CropPreset(
      name: "dfdc-winner",
      cut: CropCut(
        .box, margin: 5.0 / 3, sizePixels: nil, fit: .letterbox, padding: .black, resampling: .areaOrCubic,
        encoding: .png),
      source: "Seferbekov 2020, first of the DFDC, preprocessing/extract_crops.py: a third of the box on each side"),
    CropPreset(
      name: "faceforensics",
      cut: CropCut(
        .squareInFrame, margin: 1.3, sizePixels: nil, padding: .replicate, resampling: .areaOrCubic, encoding: .png),
      source: "Rössler et al. 2019, FaceForensics++, classification/detect_from_video.py"),
    CropPreset(
      name: "frame",
      cut: CropCut(
        .frame, margin: 1, sizePixels: nil, fit: .letterbox, padding: .black, resampling: .areaOrCubic, encoding: .png),
      source: "the whole frame, as full-image baselines take it"),
    CropPreset(
      name: "sbi",
      cut: CropCut(
        .coveringBox, margin: 1.25, sizePixels: 380, padding: .replicate, resampling: .linear, encoding: .png),
      source: "Shiohara and Yamasaki 2022, Self-Blended Images, crop_face in its test phase: an eighth on each side"),
    CropPreset(
      name: "supcon-mpl",
      cut: CropCut(
        .square, margin: 1.3, sizePixels: 64, padding: .replicate, resampling: .areaOrCubic, encoding: .png),
      source: "Moon et al. 2024, SupCon-MPL: 64 pixels; it starts from ready crops, so the rest is dfprep's choice"),
  ]

  /// In the order in which the documentation lists them.
  package static var names: [String] { all.map(\.name) }

  package static func named(_ name: String) -> CropPreset? { all.first { $0.name == name } }
}

extension CropCut {
  /// The same picture of a ready crop, which has its margin and its place already.
  package var forReadyCrops: CropCut {
    var cut = self
    switch geometry {
    case .square, .similarity: cut.geometry = .square
    case .box, .coveringBox, .squaredBox, .squareInFrame, .frame: cut.geometry = .frame
    }
    cut.margin = 1
    return cut
  }
}
