private import Foundation
private import Records

/// `splits/{train,val,test}.json` as FaceForensics++ has them: pairs of sequences.
enum FaceForensicsExport {
  static func plan(_ samples: [ExportSample]) throws(SplittingError) -> ExportPlan {
    var sides: [String: Set<String>] = [:]
    var pairs: [Set<String>: Set<String>] = [:]
    for export in samples where !export.sample.isMade {
      guard let name = VideoName(export.sample.path, dataset: "ff-"), let side = export.side,
        name.identity.allSatisfy(\.isNumber)
      else { continue }
      sides[name.identity, default: []].insert(side)
      if let donor = name.donor { pairs[[name.identity, donor], default: []].insert(side) }
    }
    guard !pairs.isEmpty else {
      throw SplittingError(
        code: .badInput, message: "the run has no fakes named as FaceForensics++ names them, `target_source`")
    }
    var lists: [String: [[String]]] = ["train": [], "val": [], "test": []]
    var torn: [[String]] = []
    for (pair, sidesOfFakes) in pairs {
      let sequences = pair.sorted()
      let all = sequences.reduce(into: sidesOfFakes) { $0.formUnion(sides[$1] ?? []) }
      if sequences.count == 2, all.count == 1, let side = all.first {
        lists[side, default: []].append(sequences)
      } else {
        torn.append(sequences)
      }
    }
    var files: [ExportFile] = []
    for (side, pairs) in lists {
      files.append(ExportFile(path: "splits/\(side).json", content: .text(try json(pairs.sorted { $0[0] < $1[0] }))))
    }
    let names = torn.sorted { $0[0] < $1[0] }.prefix(5).map { $0.joined(separator: "/") }.joined(separator: ", ")
    return try ExportPlan(
      files: files,
      notes: torn.isEmpty
        ? [] : ["\(torn.count) pairs are left out, their two sequences are not on one side: \(names)"])
  }

  private static func json(_ pairs: [[String]]) throws(SplittingError) -> String {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .prettyPrinted
      return String(decoding: try encoder.encode(pairs), as: UTF8.self) + "\n"
    } catch { throw SplittingError(code: .brokenInvariant, message: "\(error)") }
  }
}
