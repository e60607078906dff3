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
    let (path, part) = try place(of: source, roots)
    try self.init(path: path, part: part, limits: limits, deinterlacing: deinterlacing)
  }
}

extension VideoProperties {
  /// Those of a source of a dataset, from its headers.
  ///
  /// - Parameter roots: folder of each dataset, by name.
  /// - Throws: `DecodingError`.
  init(_ source: Source, roots: [String: String]) throws {
    let (path, part) = try place(of: source, roots)
    try self.init(path: path, part: part)
  }
}

extension Source {
  /// Length of the file, or of the member of a tar.
  ///
  /// - Parameter roots: folder of each dataset, by name.
  func bytes(_ roots: [String: String]) throws -> Int {
    let (path, part) = try place(of: self, roots)
    return try part?.count ?? FileSystem.identity(of: path).bytes
  }
}

/// The file that holds a source, and which bytes of it: all, unless it is a member of a tar.
private func place(of source: Source, _ roots: [String: String]) throws -> (path: String, part: Range<Int>?) {
  guard let root = roots[source.dataset] else { throw InternalFault("no root for \(source.dataset)") }
  return ("\(root)/\(source.filePath)", source.member.map { $0.offset..<$0.offset + $0.length })
}
