private import Foundation
internal import Records

/// A tree to lay over a checkout of DeepfakeBench: `datasets/rgb/<dataset>/…/frames/<video>/000.png` and
/// `preprocessing/dataset_json/<dataset>.json`.
///
/// Frames are numbered, because its loader sorts them by number; their paths begin with `./`, which all its versions
/// take as they are, from the root of the checkout. Every class has all three splits, without which the loader stops.
enum DeepfakeBenchExport {
  private struct Video: Encodable {
    var label: String
    var frames: [String]
  }

  /// `{split: {video: …}}`, or `{split: {compression: {video: …}}}`.
  private struct Splits: Encodable {
    var hasCompressions: Bool
    /// By split, compression and name.
    var videos: [String: [String: [String: Video]]] = [:]
    var compressions = Set<String>()

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      let sides = ["train", "val", "test"]
      if hasCompressions {
        try container.encode(
          Dictionary(
            sides.map { side in
              (side, Dictionary(compressions.map { ($0, videos[side]?[$0] ?? [:]) }) { first, _ in first })
            }
          ) { first, _ in first })
      } else {
        try container.encode(Dictionary(sides.map { ($0, videos[$0]?[""] ?? [:]) }) { first, _ in first })
      }
    }
  }

  static func plan(_ samples: [ExportSample]) throws(SplittingError) -> ExportPlan {
    let (placed, remarks) = samples.placed()
    var notes = remarks
    let names = ShortNames(placed) { sample in
      let place = BenchPlace(sample)
      return "\(place.dataset)/\(place.label)/\(place.compression ?? "")"
    }
    let ordinals = placed.ordinals()
    var lists: [String: [String: Splits]] = [:]
    var files: [ExportFile] = []
    var unknown = Set<String>()
    // A loader asks every class of a list for the compression that it is set to.
    var compressions: [String: Set<String>] = [:]
    for export in placed {
      let place = BenchPlace(export.sample)
      compressions[place.dataset, default: []].insert(place.compression ?? "")
    }
    for export in placed {
      let sample = export.sample
      let place = BenchPlace(sample)
      if !place.isKnown { unknown.insert(place.label) }
      let video = names.name(of: sample)
      let folders = ["datasets", "rgb", place.dataset] + export.folder + ["frames", video]
      let path =
        folders.joined(separator: "/")
        + "/\(threeDigits(ordinals[sample.key] ?? 0)).\(export.fileExtension)"
      files.append(ExportFile(path: path, content: .picture(sample.key)))
      var splits = lists[place.dataset]?[place.label] ?? Splits(hasCompressions: place.compression != nil)
      splits.compressions = compressions[place.dataset] ?? []
      splits.videos[export.side ?? "", default: [:]][place.compression ?? "", default: [:]][
        video, default: Video(label: place.label, frames: [])
      ].frames.append("./\(path)")
      lists[place.dataset, default: [:]][place.label] = splits
    }
    for (dataset, labels) in lists.sorted(by: { $0.key < $1.key }) {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
      let data: Data
      do { data = try encoder.encode([dataset: labels]) } catch {
        throw SplittingError(code: .brokenInvariant, message: "\(error)")
      }
      files.append(
        ExportFile(
          path: "preprocessing/dataset_json/\(dataset).json",
          content: .text(String(decoding: data, as: UTF8.self) + "\n")))
    }
    let untested = lists.filter { $0.value.values.allSatisfy { $0.videos["test"] == nil } }.keys.sorted()
    if !untested.isEmpty {
      notes.append(
        "DeepfakeBench reads `train` and `test` alone, and there is no test of \(untested.joined(separator: ", ")): "
          + "`hold-out` in the pipeline makes one")
    }
    if !unknown.isEmpty {
      notes.append(
        "put into label_dict of DeepfakeBench's configuration: "
          + unknown.sorted().map { "\($0): \(BenchLabel(name: $0).label.rawValue)" }.joined(separator: ", "))
    }
    return try ExportPlan(files: files, notes: notes)
  }
}

/// Where DeepfakeBench has a clip, told from its path.
struct BenchPlace: Hashable {
  var dataset: String
  var label: String
  /// For the lists that have such a level.
  var compression: String?
  /// Whether DeepfakeBench's own configuration has the label.
  var isKnown = true

  private static let methods = [
    "Deepfakes": "FF-DF", "Face2Face": "FF-F2F", "FaceSwap": "FF-FS", "NeuralTextures": "FF-NT", "FaceShifter": "FF-FH",
  ]

  init(_ sample: Sample) {
    let parts = sample.path.split(separator: "/").map(String.init)
    let isFake = sample.label == .fake
    func has(_ part: String) -> Bool { parts.contains(part) }
    if has("actors") || has("DeepFakeDetection") {
      (dataset, label, compression) = (
        "DeepFakeDetection", isFake ? "DFD_fake" : "DFD_real", sample.compression ?? "c23"
      )
    } else if has("original_sequences") {
      (dataset, label, compression) = ("FaceForensics++", "FF-real", sample.compression ?? "c23")
    } else if has("manipulated_sequences"), let name = parts.lazy.compactMap({ Self.methods[$0] }).first {
      (dataset, label, compression) = ("FaceForensics++", name, sample.compression ?? "c23")
    } else if has("Celeb-real") || has("YouTube-real") || has("Celeb-synthesis") {
      (dataset, label) = ("Celeb-DF-v2", isFake ? "CelebDFv2_fake" : "CelebDFv2_real")
    } else if parts.contains(where: { $0.hasPrefix("dfdc_train_part_") }) {
      (dataset, label) = ("DFDC", isFake ? "DFDC_Fake" : "DFDC_Real")
    } else {
      (dataset, label) = (sample.dataset, "\(sample.dataset)_\(isFake ? "Fake" : "Real")")
      isKnown = false
    }
  }
}
