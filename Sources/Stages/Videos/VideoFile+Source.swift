internal import Decoding
internal import Engine
internal import Records

extension VideoFile {
  /// A source of a dataset: a file, or a member of a tar.
  ///
  /// - Parameter roots: folder of each dataset, by name.
  /// - Throws: `DecodingError`.
  convenience init(
    _ source: Source, roots: [String: String], limits: DecodingLimits = .init(), deinterlacing: Bool = false
  ) throws {
    guard let root = roots[source.dataset] else { throw InternalFault("no root for \(source.dataset)") }
    let part = source.member.map { $0.offset..<$0.offset + $0.length }
    try self.init(path: "\(root)/\(source.filePath)", part: part, limits: limits, deinterlacing: deinterlacing)
  }
}
