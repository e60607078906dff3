internal import Foundation
internal import Records

/// One sample of a shard as its members say, read without the index.
struct ShardSample {
  let sample: Sample
  let image: MemberReference
  /// By extension.
  let companions: [String: MemberReference]
  let record: MemberReference

  /// Reads the next sample: three members of one key, and what stands between picture and JSON.
  ///
  /// - Returns: `nil` at the end of the tar.
  /// - Throws: ``ShardingError`` `not-a-shard` for members that ``ShardWriter`` would not have written so.
  static func next(in tar: TarReader, path: String) throws -> ShardSample? {
    guard let classMember = try tar.next() else { return nil }
    func refuse(_ member: TarMember?, _ why: String) -> ShardingError {
      ShardingError(.notAShard, path: path, offset: member?.offset, "'\(member?.name ?? "the end")': \(why)")
    }
    let key = try requireExtension(["cls"], of: classMember, refuse: refuse).key
    guard let imageMember = try tar.next(), var recordMember = try tar.next() else {
      throw refuse(classMember, "the sample has no picture or no JSON")
    }
    let image = try requireExtension(["jpg", "png"], of: imageMember, refuse: refuse)
    var companions: [String: MemberReference] = [:]
    while let (name, companion) = try companion(recordMember, of: key, in: tar) {
      companions[name] = companion
      guard let next = try tar.next() else { throw refuse(recordMember, "the sample has no JSON") }
      recordMember = next
    }
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
      sample: sample, image: reference(imageMember, picture), companions: companions,
      record: reference(recordMember, json))
  }

  /// A member of the sample that is not its JSON.
  private static func companion(
    _ member: TarMember, of key: String, in tar: TarReader
  ) throws -> (name: String, reference: MemberReference)? {
    guard member.name.hasPrefix("\(key)."), member.name != "\(key).json" else { return nil }
    let bytes = try tar.read(offset: member.offset, length: member.length)
    return (String(member.name.dropFirst(key.count + 1)), reference(member, bytes))
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
