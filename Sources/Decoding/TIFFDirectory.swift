/// The first directory of a TIFF file, or of the EXIF block of another format: what its tags say.
///
/// Every offset is taken for hostile: what points outside the bytes is as good as absent.
struct TIFFDirectory {
  private let bytes: ArraySlice<UInt8>
  private let isBigEndian: Bool
  /// Where the value of each tag stands, of which type it is, and how many there are.
  private var entries: [Int: (type: Int, count: Int, start: Int)] = [:]

  /// - Parameter bytes: from the byte order mark on, to which all offsets are relative.
  init?(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    switch Array(bytes.prefix(4)) {
    case [0x49, 0x49, 42, 0]: isBigEndian = false
    case [0x4D, 0x4D, 0, 42]: isBigEndian = true
    default: return nil
    }
    guard let start = number(at: 4, bytes: 4), let count = number(at: start, bytes: 2) else { return nil }
    for index in 0..<count {
      let entry = start + 2 + 12 * index
      guard let tag = number(at: entry, bytes: 2), let type = number(at: entry + 2, bytes: 2),
        let values = number(at: entry + 4, bytes: 4), let width = Self.widths[type]
      else { continue }
      let place = values <= 4 / width ? entry + 8 : number(at: entry + 8, bytes: 4) ?? bytes.count
      entries[tag] = entries[tag] ?? (type, values, place)
    }
  }

  /// Bytes of a BYTE, SHORT and LONG; other types are not read.
  private static let widths = [1: 1, 3: 2, 4: 4]

  /// The whole numbers of a tag, none where it is absent; at most as many as the bytes hold.
  func values(of tag: Int) -> [Int] {
    guard let entry = entries[tag], let width = Self.widths[entry.type] else { return [] }
    return (0..<min(entry.count, bytes.count / width)).compactMap { number(at: entry.start + $0 * width, bytes: width) }
  }

  private func number(at offset: Int, bytes width: Int) -> Int? {
    guard offset >= 0, offset + width <= bytes.count else { return nil }
    let digits = bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + width)]
    return (isBigEndian ? Array(digits) : digits.reversed()).reduce(0) { $0 << 8 | Int($1) }
  }
}

extension TIFFDirectory {
  /// Tag 274: 1 ... 8, how the picture lies.
  var orientation: Int? { values(of: 274).first }

  /// Why FFmpeg would get the pixels wrong; `nil` where it would not.
  var unsupported: String? {
    // It takes tiles for strips, and tables of JPEG that stand in a tag of their own for absent.
    if entries[322] != nil { return "a tiled TIFF" }
    if let compression = values(of: 259).first, [6, 7].contains(compression) { return "a TIFF compressed as JPEG" }
    return nil
  }

  /// Whether a strip reaches beyond the end of the bytes.
  var isCutShort: Bool {
    zip(values(of: 273), values(of: 279)).contains { start, count in start + count > bytes.count }
  }
}
