private import Foundation
private import Records

/// DFDC preview: `dataset.json`, whose keys are paths of clips in `original_videos/`, `method_A/` and `method_B/`.
///
/// An entry has `label` (the words real and fake), `set` (train or test), `target_id` (who is seen) and `swapped_id`
/// (whose face was put in). Which original a fake was made from is not said; the target's identity ties them.
package enum DFDCPreviewReader: DatasetReader {
  package static let layout = "dfdc-preview"
  package static let holds = "dataset.json beside folders original_videos, method_A and method_B"

  private static let list = "dataset.json"
  private static let folders: Set = ["method_A", "method_B", "original_videos"]

  private struct Entry: Decodable {
    var label: String
    var set: String?
    var target: String?
    var swapped: String?

    private enum CodingKeys: String, CodingKey {
      case label, set
      case target = "target_id"
      case swapped = "swapped_id"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      label = try container.decode(String.self, forKey: .label)
      set = try container.decodeIfPresent(String.self, forKey: .set)
      target = try Self.identity(container, .target)
      swapped = try Self.identity(container, .swapped)
    }

    /// An id that is written as a number or as a text.
    private static func identity(
      _ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
    ) throws -> String? {
      guard container.contains(key), try !container.decodeNil(forKey: key) else { return nil }
      do { return String(try container.decode(Int.self, forKey: key)) } catch {
        return try container.decode(String.self, forKey: key)
      }
    }
  }

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    let names = try folder.folders()
    return folder.isFile(list) || names.contains("original_videos") && names.contains { $0.hasPrefix("method_") }
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    scan.expected = ExpectedCounts(reals: 1131, fakes: 4119)
    var clips: [String] = []
    for name in folders.sorted() { clips += try folder.clipsBelow(name) }
    scan.unexpected += try folder.clips(besides: folders)
    guard let entries = try entries(folder, &scan) else {
      scan.unexpected += clips
      return scan
    }
    scan.notes = [
      "\(list): the words real and fake; target_id is who is seen, swapped_id whose face was put in; no originals"
    ]
    let present = Set(clips)
    var named = Set<String>()
    var (backslashes, misplaced, badSplits): ([String], [String], [String]) = ([], [], [])
    for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
      guard let written = ListPath(key) else {
        scan.fail(list, "'\(key)' is not a path below the root; its entry is left out")
        continue
      }
      let path = written.path
      if written.hadBackslashes { backslashes.append(path) }
      named.insert(path)
      guard present.contains(path) else {
        scan.missing.append(path)
        continue
      }
      guard let label = LabelWords(one: nil).label(entry.label) else {
        scan.fail(path, "label '\(entry.label)' is neither real nor fake; the clip is left out")
        continue
      }
      let top = path.prefix { $0 != "/" }
      if (top == "original_videos") != (label == .real) { misplaced.append(path) }
      var source = declaration.source(path, label)
      source.method = label == .fake ? String(top) : nil
      source.identity = entry.target
      source.donor = label == .fake ? entry.swapped : nil
      source.officialSplit = entry.set.flatMap(OfficialSplit.name)
      if let set = entry.set, source.officialSplit == nil { badSplits.append("\(path) ('\(set)')") }
      scan.sources.append(source)
    }
    scan.warn(backslashes, "written with backslashes in \(list); read as slashes")
    scan.warn(misplaced, "\(list) contradicts the folder; \(list) is believed")
    scan.warn(badSplits, "a set that is not train or test; the clip counts as without one")
    scan.unexpected += clips.filter { !named.contains($0) }
    return scan
  }

  private static func entries(
    _ folder: DatasetFolder, _ scan: inout DatasetScan
  ) throws(DatasetsError) -> [String: Entry]? {
    guard folder.isFile(list) else {
      scan.fail(list, "not there; no clip has a label")
      return nil
    }
    let data = try folder.data(list)
    scan.warn(JSONNames.repeated(in: data), "named twice in \(list); one entry is taken")
    do { return try JSONDecoder().decode([String: Entry].self, from: data) } catch {
      scan.fail(list, "cut off, or not the list of the DFDC preview; no clip has a label (\(error))")
      return nil
    }
  }
}
