internal import Foundation
private import Records

/// The entries of a zip archive that are stored as they are, as `torch.save` stores them.
///
/// Compressed and encrypted entries, archives of several disks and names that are there twice are refused.
///
/// - Source: PKWARE, APPNOTE 6.3, sections 4.3 to 4.5.
struct ZipArchive {
  private struct Entry {
    let start: Int
    let count: Int
    let checksum: UInt32
  }

  private let bytes: Data
  private var entries: [String: Entry] = [:]

  var names: [String] { entries.keys.sorted() }

  /// - Throws: `unreadable-weights`.
  init(_ bytes: Data) throws(ModelError) {
    self.bytes = bytes
    let directory = try directory()
    var position = directory.start
    for _ in 0..<directory.count { position = try readEntry(at: position, end: directory.end) }
    guard position == directory.end else { throw Self.failure("its directory has bytes too many") }
  }

  /// An entry's bytes.
  ///
  /// - Throws: `unreadable-weights` when there is none, or when they do not match their checksum.
  func contents(of name: String) throws(ModelError) -> Data {
    guard let entry = entries[name] else { throw Self.failure("no entry '\(name)'") }
    let contents = bytes[bytes.startIndex + entry.start..<bytes.startIndex + entry.start + entry.count]
    guard contents.withUnsafeBytes(CRC32.of) == entry.checksum else {
      throw Self.failure("entry '\(name)' does not match its checksum: the file is damaged")
    }
    return contents
  }

  private static func failure(_ reason: String) -> ModelError {
    ModelError(.unreadableWeights, "zip archive: \(reason)")
  }

  /// Where the list of entries lies, and how many it has.
  private func directory() throws(ModelError) -> (start: Int, end: Int, count: Int) {
    let size = 22
    let candidates = stride(from: bytes.count - size, through: max(0, bytes.count - size - 0xFFFF), by: -1)
    guard let end = candidates.first(where: { (try? number(at: $0, bytes: 4)) == 0x0605_4b50 }) else {
      throw Self.failure("its end is not there: the file is cut short")
    }
    var (count, length) = (try number(at: end + 10, bytes: 2), try number(at: end + 12, bytes: 4))
    var (start, limit) = (try number(at: end + 16, bytes: 4), end)
    // A second end, of wider numbers, stands before the first where one of them does not fit.
    if count == 0xFFFF || length == 0xFFFF_FFFF || start == 0xFFFF_FFFF {
      guard try number(at: end - 20, bytes: 4) == 0x0706_4b50 else { throw Self.failure("no wide end") }
      let wide = try number(at: end - 12, bytes: 8)
      guard try number(at: wide, bytes: 4) == 0x0606_4b50 else { throw Self.failure("no wide end") }
      (count, length) = (try number(at: wide + 32, bytes: 8), try number(at: wide + 40, bytes: 8))
      (start, limit) = (try number(at: wide + 48, bytes: 8), wide)
    }
    guard start <= limit, length <= limit - start, count <= length / 46 else {
      throw Self.failure("\(count) entries in \(length) bytes at \(start) of \(bytes.count)")
    }
    return (start, start + length, count)
  }

  /// Takes the entry that is described at `position`; the place of the next description.
  private mutating func readEntry(at position: Int, end: Int) throws(ModelError) -> Int {
    guard try number(at: position, bytes: 4) == 0x0201_4b50 else { throw Self.failure("no entry at \(position)") }
    let nameCount = try number(at: position + 28, bytes: 2)
    let extraCount = try number(at: position + 30, bytes: 2)
    let next = try position + 46 + nameCount + extraCount + number(at: position + 32, bytes: 2)
    guard next <= end else { throw Self.failure("an entry at \(position) that does not end") }
    let name = try text(at: position + 46, count: nameCount)
    guard try number(at: position + 8, bytes: 2) & 1 == 0, try number(at: position + 10, bytes: 2) == 0 else {
      throw Self.failure("entry '\(name)' is compressed or encrypted")
    }
    var places = [
      try number(at: position + 24, bytes: 4), try number(at: position + 20, bytes: 4),
      try number(at: position + 42, bytes: 4),
    ]
    try widen(&places, from: position + 46 + nameCount, count: extraCount)
    let (count, stored, header) = (places[0], places[1], places[2])
    guard count == stored, try number(at: header, bytes: 4) == 0x0403_4b50 else {
      throw Self.failure("entry '\(name)' is not where it should be")
    }
    let headerNameCount = try number(at: header + 26, bytes: 2)
    let start = try header + 30 + headerNameCount + number(at: header + 28, bytes: 2)
    guard try text(at: header + 30, count: headerNameCount) == name, start <= bytes.count,
      count <= bytes.count - start
    else { throw Self.failure("entry '\(name)' is not where it should be") }
    let checksum = UInt32(truncatingIfNeeded: try number(at: position + 16, bytes: 4))
    guard entries.updateValue(Entry(start: start, count: count, checksum: checksum), forKey: name) == nil else {
      throw Self.failure("entry '\(name)' is there twice")
    }
    return next
  }

  /// Replaces the numbers that do not fit four bytes by those of the field for wide ones.
  private func widen(_ numbers: inout [Int], from start: Int, count: Int) throws(ModelError) {
    guard numbers.contains(0xFFFF_FFFF) else { return }
    var position = start
    while position + 4 <= start + count {
      let length = try number(at: position + 2, bytes: 2)
      if try number(at: position, bytes: 2) == 1 {
        var place = position + 4
        for index in numbers.indices where numbers[index] == 0xFFFF_FFFF {
          guard place + 8 <= position + 4 + length else { break }
          numbers[index] = try number(at: place, bytes: 8)
          place += 8
        }
        return
      }
      position += 4 + length
    }
  }

  private func text(at position: Int, count: Int) throws(ModelError) -> String {
    guard position >= 0, position <= bytes.count, count <= bytes.count - position,
      let text = String(
        validating: bytes[bytes.startIndex + position..<bytes.startIndex + position + count], as: UTF8.self)
    else { throw Self.failure("a name that cannot be read, at \(position)") }
    return text
  }

  /// An unsigned number, lowest byte first.
  private func number(at position: Int, bytes count: Int) throws(ModelError) -> Int {
    guard position >= 0, position <= bytes.count, count <= bytes.count - position else {
      throw Self.failure("it ends before byte \(position)")
    }
    let start = bytes.startIndex + position
    let value = bytes[start..<start + count].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    // Far below what would overflow when places and lengths are added.
    guard value < 1 << 48 else { throw Self.failure("the number \(value) at \(position)") }
    return Int(value)
  }
}
