private import Foundation
private import Records

/// FaceForensics++ with FaceShifter and DeepFakeDetection: `original_sequences/{youtube,actors}/<compression>/videos`,
/// `manipulated_sequences/<method>/{<compression>,masks}/videos`, `splits/{train,val,test}.json`,
/// `conversion_dict.json`.
///
/// A fake `target_source` shows the body and scene of sequence `target` with the face of `source`.
package enum FaceForensicsReader: DatasetReader {
  package static let layout = "faceforensics"
  package static let options = ["compression"]
  package static let holds = "original_sequences and manipulated_sequences with clips in <name>/<compression>/videos"
  static let compressions = ["raw", "c0", "c23", "c40"]

  private static let methods = [
    "DeepFakeDetection", "Deepfakes", "Face2Face", "FaceShifter", "FaceSwap", "NeuralTextures",
  ]

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    let names = try folder.folders()
    return names.contains("original_sequences") || names.contains("manipulated_sequences")
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    let wanted = declaration.options.compression
    var (reals, fakes) = (0, 0)
    scan.notes = ["labels from the folders: original_sequences is real, manipulated_sequences is fake"]
    let splits = try FaceForensicsSplits(folder, &scan)
    let collections =
      ["youtube", "actors"].map { (path: "original_sequences/\($0)", name: $0, label: Label.real) }
      + methods.map { (path: "manipulated_sequences/\($0)", name: $0, label: Label.fake) }
    for collection in collections {
      let maskFolder = "\(collection.path)/masks/videos"
      let masks = collection.label == .fake ? Set(try folder.clips(in: maskFolder)) : []
      for compression in try folder.folders(in: collection.path) where compression != "masks" {
        guard compressions.contains(compression) else {
          scan.unexpected += try folder.clipsBelow("\(collection.path)/\(compression)")
          continue
        }
        guard wanted?.contains(compression) ?? true else { continue }
        let videos = "\(collection.path)/\(compression)/videos"
        var present = Set<String>()
        for clip in try folder.clips(in: videos) {
          guard let sequence = Sequence(clip, collection: collection.name) else {
            scan.unexpected.append("\(videos)/\(clip)")
            continue
          }
          present.insert(clip)
          var source = declaration.source("\(videos)/\(clip)", collection.label)
          source.compression = compression
          source.identity = sequence.identity
          source.donor = sequence.donor
          if collection.label == .fake {
            source.method = collection.name
            source.mask = masks.contains(clip) ? "\(maskFolder)/\(clip)" : nil
            let originals = sequence.isActor ? "actors" : "youtube"
            source.original = "original_sequences/\(originals)/\(compression)/videos/\(sequence.originalName).mp4"
          }
          if !sequence.isActor { splits.describe(&source, target: sequence.originalName, donor: sequence.donor, &scan) }
          scan.sources.append(source)
        }
        guard !present.isEmpty else { continue }
        let named = splits.names(ofFakes: collection.label == .fake)
        if collection.name == "actors" {
          reals += 363
        } else if collection.name == "DeepFakeDetection" {
          fakes += 3068
        } else {
          if collection.label == .real { reals += 1000 } else { fakes += 1000 }
          scan.missing += named.filter { !present.contains($0) }.map { "\(videos)/\($0)" }
        }
      }
    }
    scan.expected = ExpectedCounts(reals: reals, fakes: fakes)
    splits.noteCrossings(&scan)
    let present = Set(scan.sources.map(\.path))
    scan.missing += scan.sources.compactMap(\.original).filter { !present.contains($0) }
    for asked in wanted ?? [] where !scan.sources.contains(where: { $0.compression == asked }) {
      scan.fail("", "compression '\(asked)' is asked for and not there")
    }
    for (parent, known) in [("original_sequences", ["youtube", "actors"]), ("manipulated_sequences", methods)] {
      for name in try folder.folders(in: parent) where !known.contains(name) {
        scan.unexpected += try folder.clipsBelow("\(parent)/\(name)")
      }
    }
    scan.unexpected += try folder.clips(besides: ["original_sequences", "manipulated_sequences", "splits"])
    return scan
  }

  /// What a file's name says.
  private struct Sequence {
    var originalName: String
    var identity: String
    var donor: String?
    var isActor: Bool

    init?(_ clip: String, collection: String) {
      switch collection {
      case "youtube":
        guard let match = clip.wholeMatch(of: /(\d{3})\.mp4/) else { return nil }
        self.init(originalName: String(match.1), identity: String(match.1), donor: nil, isActor: false)
      case "actors":
        guard let match = clip.wholeMatch(of: /((\d{2})__.+)\.mp4/) else { return nil }
        self.init(originalName: String(match.1), identity: "actor-\(match.2)", donor: nil, isActor: true)
      case "DeepFakeDetection":
        guard let match = clip.wholeMatch(of: /(\d{2})_(\d{2})__(.+)__[0-9A-Z]{8}\.mp4/) else { return nil }
        self.init(
          originalName: "\(match.1)__\(match.3)", identity: "actor-\(match.1)", donor: "actor-\(match.2)",
          isActor: true)
      default:
        guard let match = clip.wholeMatch(of: /(\d{3})_(\d{3})\.mp4/) else { return nil }
        self.init(originalName: String(match.1), identity: String(match.1), donor: String(match.2), isActor: false)
      }
    }

    private init(originalName: String, identity: String, donor: String?, isActor: Bool) {
      self.originalName = originalName
      self.identity = identity
      self.donor = donor
      self.isActor = isActor
    }
  }
}
