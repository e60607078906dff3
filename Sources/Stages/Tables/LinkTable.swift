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

  /// What speaks for each link, in words, as ``SplitTable/evidence`` has it.
  var evidence: [String: String] {
    Dictionary(
      rows.map { row in
        let measure = row.kind == .nearDuplicate ? "correlation" : "cosine"
        let bits = row.bits.map { "\($0) bits apart, " } ?? ""
        return (
          SplitTable.evidenceKey(row.kind, row.first, row.second),
          "\(bits)\(measure) \(String(format: "%.2f", row.similarity))\(row.isMirrored ? ", in a mirror" : "")"
        )
      }
    ) { first, _ in first }
  }

  /// The links among `keys`, as the groups take them.
  func extraLinks(among keys: Set<String>) -> [ExtraLink] {
    rows.filter { keys.contains($0.first) && keys.contains($0.second) }.map { ExtraLink($0.first, $0.second, $0.kind) }
  }
}
