internal import Engine
internal import Foundation
internal import Splitting

/// `links.csv`: pairs of samples of different families that something found to belong together, with the evidence.
struct LinkTable {
  /// One pair.
  struct Row: Hashable {
    var first: String
    var second: String
    var kind: LinkKind
    /// Correlation of edges for near-duplicates, cosine of features for faces and scenes.
    var similarity: Double
    /// Bits in which hashes differ, for near-duplicates.
    var bits: Int?
    /// Whether one shows the other in a mirror.
    var isMirrored = false

    var evidence: LinkEvidence {
      LinkEvidence(
        measure: kind == .nearDuplicate ? "correlation" : "cosine", similarity: similarity, bits: bits,
        isMirrored: isMirrored)
    }
  }

  static let fileName = "links.csv"
  private static let header = "first,second,kind,similarity,bits,mirrored"

  private(set) var rows: [Row] = []

  init() {}

  /// All that the stages before found.
  init(_ inputs: TableInputs) throws {
    for product in inputs.products(.links) { rows += try LinkTable(product).rows }
  }

  init(_ product: Product) throws {
    let text = try String(contentsOf: product.file(Self.fileName), encoding: .utf8)
    for line in text.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 6, let kind = LinkKind(rawValue: fields[2]), let similarity = Double(fields[3]) else {
        throw ToolError(.failed, "\(product.folder)/\(Self.fileName): cannot read '\(line)'")
      }
      rows.append(
        Row(
          first: fields[0], second: fields[1], kind: kind, similarity: similarity, bits: Int(fields[4]),
          isMirrored: fields[5] == "1"))
    }
  }

  mutating func add(_ row: Row) { rows.append(row) }

  /// Takes out what concerns any of `keys`.
  mutating func remove(_ keys: Set<String>) { rows.removeAll { keys.contains($0.first) || keys.contains($0.second) } }

  func write(to folder: URL) throws {
    let lines = rows.map { row in
      let similarity = String(format: "%.4f", row.similarity)
      return "\(row.first),\(row.second),\(row.kind.rawValue),\(similarity),\(row.bits.map(String.init) ?? ""),"
        + (row.isMirrored ? "1" : "0")
    }
    let text = ([Self.header] + lines).joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: folder.appending(path: Self.fileName))
  }

  /// What speaks for each link, as ``SplitTable/evidence`` has it.
  var evidence: [String: LinkEvidence] {
    Dictionary(rows.map { (SplitTable.evidenceKey($0.kind, $0.first, $0.second), $0.evidence) }) { first, _ in first }
  }

  /// The links that are least alike, each two sources once.
  ///
  /// - Parameter source: of a key; `nil` for a sample that is gone.
  func weakest(_ count: Int, source: (String) -> String?) -> [Row] {
    var seen = Set<[String]>()
    var chosen: [Row] = []
    for row in rows.sorted(by: { ($0.similarity, $0.first, $0.second) < ($1.similarity, $1.first, $1.second) }) {
      guard chosen.count < count, let first = source(row.first), let second = source(row.second) else { continue }
      if seen.insert([first, second].sorted()).inserted { chosen.append(row) }
    }
    return chosen
  }

  /// The links among `keys`, as the groups take them.
  func extraLinks(among keys: Set<String>) -> [ExtraLink] {
    rows.filter { keys.contains($0.first) && keys.contains($0.second) }.map { ExtraLink($0.first, $0.second, $0.kind) }
  }
}
