private import Foundation
package import Records

/// The folders of the SupCon-MPL repository, as its README draws them and as its code reads them: pictures of faces in
/// `DFDC_imgs/<video>/` (labels from `DFDC_videos/<part>/metadata.json`), `FaceForensics++/{train_set,test_set}/<method>/img/` or
/// `<method>/<video>/img/`, `StyleGAN/img/`, `CelebDF/<folder>/img/`, `CelebA/img/`; or in folders named by the placeholders of
/// its code, as `dfprep export` leaves them.
///
/// Pictures of one video share its name as source video; those of a fake have its original's.
package enum SupConReader: DatasetReader {
  package static let layout = "supcon-mpl"
  package static let defaultInput = InputKind.face
  package static let holds =
    "folders DFDC_imgs, DFDC_videos, FaceForensics++, StyleGAN, CelebDF, CelebA of face pictures"

  /// Folders of crops, of the videos whose metadata labels them, and the split.
  private static let dfdc = [
    ("DFDC_imgs", "DFDC_videos", "train"), ("DFDC10_imgs", "DFDC10_videos", "test"),
    ("DFDC_face_imgs_path", "DFDC_video_path", "train"), ("DFDC10_face_imgs_path", "DFDC10_video_path", "test"),
  ]
  private static let faceForensics = "FaceForensics++"
  private static let faceForensicsSets = [
    ("FaceForensics++/train_set", "train"), ("FaceForensics++/test_set", "test"),
    ("FaceForensics_face_imgs_path_train", "train"), ("FaceForensics_face_imgs_path_test", "test"),
  ]
  private static let methods: [String: Label] = [
    "Deepfakes": .fake, "Face2Face": .fake, "FaceSwap": .fake, "NeuralTextures": .fake, "Original": .real,
    "Real": .real,
  ]
  private static let celebDF: [String: Label] = [
    "fake": .fake, "fake_imgs": .fake, "real": .real, "real_imgs": .real, "youtube_real": .real,
    "youtube_real_imgs": .real,
  ]

  private static let celebDFPlaces = ["CelebDF", "CelebDF_face_imgs_path"]
  private static let youTube = "CelebDF_Youtube_face_imgs_path"
  /// Folders whose pictures have one label.
  private static let flat: [(String, Label)] = [
    ("StyleGAN", .fake), ("StyleGAN_face_imgs_path", .fake), ("CelebA", .real), ("CelebA_face_imgs_path", .real),
  ]

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    try folder.folders().contains {
      ["DFDC_imgs", "CelebDF", faceForensics].contains($0) || $0.contains("_face_imgs_path")
    }
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    for (crops, videos, split) in dfdc {
      try readDFDC(crops, videos, split, folder, declaration, &scan)
    }
    try readFaceForensics(folder, declaration, &scan)
    try readCelebDF(folder, declaration, &scan)
    for (place, label) in flat where folder.isFolder(place) {
      scan.notes.append("\(place): all \(label.name)")
      for path in try folder.clipsBelow(place) {
        var source = declaration.source(path, label)
        source.method = label == .fake ? "StyleGAN" : nil
        scan.sources.append(source)
      }
    }
    let known =
      dfdc.flatMap { [$0.0, $0.1] } + faceForensicsSets.map { String($0.0.prefix { $0 != "/" }) } + celebDFPlaces
      + [youTube] + flat.map(\.0)
    scan.unexpected += try folder.clips(besides: Set(known))
    return scan
  }

  // MARK: - DFDC

  private struct Entry: Decodable {
    var label: String
    var original: String?
  }

  private static func readDFDC(
    _ crops: String, _ videos: String, _ split: String, _ folder: DatasetFolder, _ declaration: DatasetDeclaration,
    _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    guard folder.isFolder(crops) else { return }
    let entries = try entries(videos, folder, &scan)
    scan.notes.append("\(videos): the words REAL and FAKE of \(entries.count) videos label \(crops)")
    var unlabelled = 0
    for video in try folder.folders(in: crops) {
      let clips = try folder.clipsBelow("\(crops)/\(video)")
      guard let entry = entries[video], let label: Label = ["REAL": .real, "FAKE": .fake][entry.label] else {
        unlabelled += 1
        scan.unexpected += clips
        continue
      }
      for path in clips {
        var source = declaration.source(path, label)
        source.method = label == .fake ? "DFDC" : nil
        source.sourceVideo = entry.original.map(DatasetFolder.stem) ?? video
        source.officialSplit = split
        scan.sources.append(source)
      }
    }
    if unlabelled > 0 {
      scan.fail(crops, "\(unlabelled) videos are in no metadata.json below \(videos); their pictures have no label")
    }
    let found = Set(try folder.folders(in: crops))
    scan.missing += entries.keys.filter { !found.contains($0) }.map { "\(crops)/\($0)" }
    scan.unexpected += try folder.clips(in: crops, images: true).map { "\(crops)/\($0)" }
  }

  /// Entries of all metadata.json by a video's name without its end.
  private static func entries(
    _ videos: String, _ folder: DatasetFolder, _ scan: inout DatasetScan
  ) throws(DatasetsError) -> [String: Entry] {
    var all: [String: Entry] = [:]
    // The crops' own boxes lie beside the parts.
    for part in [""] + (try folder.folders(in: videos)) where part != "boxes" {
      let list = "\(DatasetFolder.join(videos, part))/metadata.json"
      guard folder.isFile(list) else {
        if !part.isEmpty { scan.fail(list, "not there; the crops of its videos have no label") }
        continue
      }
      do {
        let entries = try JSONDecoder().decode([String: Entry].self, from: try folder.data(list))
        all.merge(entries.map { (DatasetFolder.stem($0.key), $0.value) }) { first, _ in first }
      } catch let error as DatasetsError { throw error } catch {
        scan.fail(list, "cut off, or not the metadata of a part; the crops of its videos have no label (\(error))")
      }
    }
    return all
  }

  // MARK: - The others

  private static func readFaceForensics(
    _ folder: DatasetFolder, _ declaration: DatasetDeclaration, _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    let sets = faceForensicsSets.filter { folder.isFolder($0.0) }
    guard !sets.isEmpty || folder.isFolder(faceForensics) else { return }
    let grammar = /(\d{3})(?:_(\d{3}))?/
    scan.notes.append("\(faceForensics): Real and Original are real, the other methods fake")
    for (set, split) in sets {
      for method in try folder.folders(in: set) {
        let place = "\(set)/\(method)"
        let clips = try folder.clipsBelow(place)
        guard let label = methods[method] else {
          scan.unexpected += clips
          continue
        }
        for path in clips {
          var source = declaration.source(path, label)
          source.method = label == .fake ? method : nil
          source.officialSplit = split
          describe(&source, path.dropFirst(place.count + 1), grammar)
          scan.sources.append(source)
        }
      }
    }
    for name in try folder.folders(in: faceForensics) where name != "train_set" && name != "test_set" {
      scan.unexpected += try folder.clipsBelow("\(faceForensics)/\(name)")
    }
  }

  /// Reads target and donor from the folder of a video, where there is one.
  private static func describe(
    _ source: inout Source, _ below: Substring, _ grammar: Regex<(Substring, Substring, Substring?)>
  ) {
    let video = below.prefix { $0 != "/" }
    if let match = video.wholeMatch(of: grammar) {
      source.identity = String(match.1)
      source.donor = match.2.map(String.init)
      source.sourceVideo = String(match.1)
    } else if video != "img", below.contains("/") {
      source.sourceVideo = String(video)
    }
  }

  private static func readCelebDF(
    _ folder: DatasetFolder, _ declaration: DatasetDeclaration, _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    let fake = /(id\d+)_(id\d+)_(\d+)/
    let real = /(id\d+)_\d+/
    for root in celebDFPlaces where folder.isFolder(root) {
      for name in try folder.folders(in: root) {
        let place = "\(root)/\(name)"
        let clips = try folder.clipsBelow(place)
        guard let label = celebDF[name] else {
          scan.unexpected += clips
          scan.warn(
            place, "neither \(celebDF.keys.sorted().joined(separator: ", ")); its pictures have no label")
          continue
        }
        scan.notes.append("\(place): \(label.name)")
        for path in clips {
          var source = declaration.source(path, label)
          source.method = label == .fake ? "Celeb-DF" : nil
          let video = path.dropFirst(place.count + 1).prefix { $0 != "/" }
          if let match = video.wholeMatch(of: fake) {
            source.identity = String(match.1)
            source.donor = String(match.2)
            source.sourceVideo = "\(match.1)_\(match.3)"
          } else if let match = video.wholeMatch(of: real) {
            source.identity = String(match.1)
            source.sourceVideo = String(video)
          }
          scan.sources.append(source)
        }
      }
      scan.unexpected += try folder.clips(in: root, images: true).map { "\(root)/\($0)" }
    }
    guard folder.isFolder(youTube) else { return }
    scan.notes.append("\(youTube): real")
    for path in try folder.clipsBelow(youTube) {
      var source = declaration.source(path, .real)
      let below = path.dropFirst(youTube.count + 1).split(separator: "/")
      source.sourceVideo = below.count > 1 ? String(below[0]) : nil
      scan.sources.append(source)
    }
  }
}
