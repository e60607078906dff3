private import Foundation
internal import Records

/// Where the bytes of a source are on this machine: a file, or a part of a tar.
struct SourceFile {
  /// The source's own path below the root of its dataset; unique, though no file has it where it is a member.
  let name: String
  private let path: String
  private let member: ArchiveMember?

  /// - Parameter roots: folder of each dataset, by name.
  init(_ source: Source, roots: [String: String]) {
    let root = roots[source.dataset] ?? ""
    name = "\(root)/\(source.path)"
    path = "\(root)/\(source.filePath)"
    member = source.member
  }

  /// Time and inode of the file, size of the part.
  func identity() throws -> FileIdentity {
    let file = try FileSystem.identity(of: path)
    guard let member else { return file }
    return FileIdentity(bytes: member.length, modifiedNanoseconds: file.modifiedNanoseconds, inode: file.inode)
  }

  /// The mask video of a source, or `nil` where it names none that is there.
  static func mask(of source: Source, roots: [String: String]) -> String? {
    guard let mask = source.mask else { return nil }
    let path = "\(roots[source.dataset] ?? "")/\(mask)"
    return FileSystem.exists(URL(filePath: path)) ? path : nil
  }

  func digest() throws -> Digest {
    guard let member else { return try FileSystem.digest(of: path) }
    return Digest(of: try FileSystem.read(path, offset: member.offset, length: member.length))
  }
}
