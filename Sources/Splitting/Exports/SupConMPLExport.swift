private import Foundation
private import Records

/// The tree that SupCon-MPL's code reads, which is not the one its README shows.
///
/// Folders bear the placeholders of its `utils.py`, so that nothing but the working folder is to be set. It wants
/// `<method>/<video>/<picture>` with a folder for every method and `Original`; Celeb-DF's fakes below a folder that is
/// called exactly `fake`; and of DFDC a `metadata.json` in a folder per part, each entry with `split` and `original`.
/// It has no validation: that goes with training. Celeb-DF it halves itself, so test and training lie together.
enum SupConMPLExport {
  private static let methods = ["Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures", "Original"]

  private struct Entry: Encodable {
    var label: String
    var split = "train"
    var original: String?

    private enum CodingKeys: String, CodingKey { case label, split, original }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(label, forKey: .label)
      try container.encode(split, forKey: .split)
      // Written even where it is null: its reader drops the column, and stops where there is none.
      try container.encode(original, forKey: .original)
    }
  }

  static func plan(_ samples: [ExportSample]) throws(SplittingError) -> ExportPlan {
    let (placed, remarks) = samples.placed()
    var notes = remarks
    let ordinals = placed.ordinals()
    var files: [ExportFile] = []
    var metadata: [String: [String: [String: Entry]]] = [:]
    var homeless: [String: Int] = [:]
    for export in placed {
      let sample = export.sample
      guard let folder = folder(of: export) else {
        homeless[sample.dataset, default: 0] += 1
        continue
      }
      let number = threeDigits(ordinals[sample.key] ?? 0)
      let isFlat = ["StyleGAN_face_imgs_path", "CelebA_face_imgs_path"].contains(folder)
      let name = isFlat ? "\(VideoName.stem(sample.path))_\(number)" : number
      files.append(ExportFile(path: "\(folder)/\(name).\(export.fileExtension)", content: .picture(sample.key)))
      if folder.hasPrefix("DFDC") {
        let part = export.folder.last ?? ""
        let isTest = export.side == "test"
        metadata[isTest ? "DFDC10_video_path" : "DFDC_video_path", default: [:]][part, default: [:]][
          "\(VideoName.stem(sample.path)).mp4"] =
          Entry(
            label: sample.label == .fake ? "FAKE" : "REAL",
            original: sample.label == .fake ? "\(VideoName.stem(export.originalPath)).mp4" : nil)
      }
    }
    for (folder, parts) in metadata {
      for (part, entries) in parts {
        files.append(ExportFile(path: "\(folder)/\(part)/metadata.json", content: .text(try json(entries))))
      }
    }
    let empty =
      ["DFDC_video_path", "DFDC10_video_path"].filter { metadata[$0] == nil }
      + ["train", "test"].flatMap { side in methods.map { "FaceForensics_face_imgs_path_\(side)/\($0)" } }
      .filter { folder in !files.contains { $0.path.hasPrefix("\(folder)/") } }
    files += empty.map { ExportFile(path: $0, content: .folder) }
    notes += homeless.sorted { $0.key < $1.key }.map {
      "\($0.value) samples of \($0.key) are left out: no place for it"
    }
    return try ExportPlan(files: files, notes: notes)
  }

  private static func folder(of export: ExportSample) -> String? {
    let parts = export.sample.path.split(separator: "/").map(String.init)
    let video = VideoName.stem(export.sample.path)
    let isTest = export.side == "test"
    func has(_ part: String) -> Bool { parts.contains(part) }
    if parts.contains(where: { $0.hasPrefix("dfdc_train_part_") }) {
      return "\(isTest ? "DFDC10_face_imgs_path" : "DFDC_face_imgs_path")/\(video)"
    }
    let faceForensics = "FaceForensics_face_imgs_path_\(isTest ? "test" : "train")"
    if has("original_sequences"), has("youtube") { return "\(faceForensics)/Original/\(video)" }
    if has("manipulated_sequences"), let method = methods.first(where: has) {
      return "\(faceForensics)/\(method)/\(video)"
    }
    if has("Celeb-synthesis") { return "CelebDF_face_imgs_path/fake/\(video)" }
    if has("Celeb-real") { return "CelebDF_face_imgs_path/real/\(video)" }
    if has("YouTube-real") { return "CelebDF_Youtube_face_imgs_path/\(video)" }
    if has("img_align_celeba") { return "CelebA_face_imgs_path" }
    if has("real-vs-fake"), export.sample.label == .fake { return "StyleGAN_face_imgs_path" }
    return nil
  }

  private static func json(_ entries: [String: Entry]) throws(SplittingError) -> String {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(entries), as: UTF8.self) + "\n"
    } catch { throw SplittingError(code: .brokenInvariant, message: "\(error)") }
  }
}
