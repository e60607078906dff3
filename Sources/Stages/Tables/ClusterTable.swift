internal import Engine
internal import Foundation
internal import Records

/// `clusters.csv`: for every sample its nearest cluster, and whether its class was clustered at all.
struct ClusterTable {
  struct Row {
    var key: String
    /// Index of the nearest centroid.
    var nearest: Int
    /// False for reals under `classes: each`: the cluster is for looking at, not for folds.
    var isClustered: Bool
  }

  var rows: [Row]

  init(rows: [Row]) { self.rows = rows }

  func write(to folder: URL) throws {
    let lines = rows.map { "\($0.key),\($0.nearest),\($0.isClustered ? 1 : 0)\n" }
    try Data(("key,cluster,clustered\n" + lines.joined()).utf8).write(to: folder.appending(path: "clusters.csv"))
  }

  /// Keys hold no comma: they are escaped.
  init(_ product: Product) throws {
    let text = try String(contentsOf: product.file("clusters.csv"), encoding: .utf8)
    rows = try text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",")
      guard fields.count == 3, let cluster = Int(fields[1]) else {
        throw ToolError(.failed, "\(product.folder)/clusters.csv: cannot read '\(line)'")
      }
      return Row(key: String(fields[0]), nearest: cluster, isClustered: fields[2] == "1")
    }
  }
}
