internal import Foundation
internal import Records

/// One sample of a shard as its members say, read without the index.
struct ShardSample {
  let sample: Sample
  let image: MemberReference
  let record: MemberReference

  /// Reads the next sample: three members of one key.
  ///
  /// - Returns: `nil` at the end of the tar.
  /// - Throws: ``ShardingError`` `not-a-shard` for members that ``ShardWriter`` would not have written so.
  static func next(in tar: TarReader, path: String) throws -> ShardSample? {
    guard let classMember = try tar.next() else { return nil }
    func refuse(_ member: TarMember?, _ why: String) -> ShardingError {
      ShardingError(.notAShard, path: path, offset: member?.offset, "'\(member?.name ?? "the end")': \(why)")
    }
    let key = try requireExtension(["cls"], of: classMember, refuse: refuse).key
    guard let imageMember = try tar.next(), let recordMember = try tar.next() else {
      throw refuse(classMember, "the sample has no picture or no JSON")
    }
    let image = try requireExtension(["jpg", "png"], of: imageMember, refuse: refuse)
    let record = try requireExtension(["json"], of: recordMember, refuse: refuse)
    guard image.key == key, record.key == key else { throw refuse(imageMember, "members of two keys in one sample") }

    let json = try tar.read(offset: recordMember.offset, length: recordMember.length)
    let sample: Sample
    do { sample = try CanonicalJSON.decode(Sample.self, from: Data(json)) } catch {
      throw refuse(recordMember, "not the JSON of a sample: \(error)")
    }
    let label = try tar.read(offset: classMember.offset, length: classMember.length)
    guard sample.key == key, label == Array(String(sample.label.rawValue).utf8),
      sample.encoding.fileExtension == image.fileExtension
    else { throw refuse(recordMember, "key, label or kind of picture differ between the members of the sample") }
    let picture = try tar.read(offset: imageMember.offset, length: imageMember.length)
    return ShardSample(
      sample: sample, image: reference(imageMember, picture), record: reference(recordMember, json))
  }

  /// Cuts a member's name as WebDataset does: at the first dot of its last part.
  private static func requireExtension(
    _ extensions: [String], of member: TarMember, refuse: (TarMember, String) -> ShardingError
  ) throws -> (key: String, fileExtension: String) {
    let base = member.name.utf8.lastIndex(of: UInt8(ascii: "/")) ?? member.name.startIndex
    guard let dot = member.name[base...].firstIndex(of: ".") else { throw refuse(member, "a name without extension") }
    let fileExtension = String(member.name[member.name.index(after: dot)...])
    guard extensions.contains(fileExtension) else {
      throw refuse(member, "expected .\(extensions.joined(separator: " or .")) here")
    }
    return (String(member.name[..<dot]), fileExtension)
  }

  private static func reference(_ member: TarMember, _ bytes: [UInt8]) -> MemberReference {
    MemberReference(offset: member.offset, length: member.length, digest: Digest(of: bytes))
  }
}
