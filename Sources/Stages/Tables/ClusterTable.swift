internal import Engine
internal import Foundation
internal import Records

/// `clusters.csv`: for every sample its nearest cluster, how far it is, and whether its class was clustered at all.
struct ClusterTable {
  struct Row {
    var key: String
    /// Index of the nearest centroid.
    var nearest: Int
    /// False for reals under `classes: each`: the cluster is for looking at, not for folds.
    var isClustered: Bool
    /// From that centroid, by the features that were clustered, in the metric.
    var distance: Float
  }

  var rows: [Row]

  init(rows: [Row]) { self.rows = rows }

  func write(to folder: URL) throws {
    let lines = rows.map { "\($0.key),\($0.nearest),\($0.isClustered ? 1 : 0),\($0.distance)\n" }
    try Data(("key,cluster,clustered,distance\n" + lines.joined()).utf8)
      .write(to: folder.appending(path: "clusters.csv"))
  }

  /// Keys hold no comma: they are escaped.
  init(_ product: Product) throws {
    let file = product.file("clusters.csv")
    rows = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).dropFirst().map { line in
      let fields = line.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 4, let cluster = Int(fields[1]), let distance = Float(fields[3]) else {
        throw ToolError(
          .failed, "\(product.folder)/clusters.csv: cannot read '\(String(decoding: line, as: UTF8.self))'")
      }
      return Row(key: fields[0], nearest: cluster, isClustered: fields[2] == "1", distance: distance)
    }
  }
}
