/// How a JPEG file was compressed, by its marker segments; no pixel is decoded.
///
/// Source: ITU-T T.81 (JPEG), annex B.
package struct JPEGHeader: Codable, Hashable, Sendable {
  package var width: Int
  package var height: Int
  /// `444`, `422`, `420`, `440`, `411`, `410`, `grey`, or the sampling factors as they are written.
  package var chroma: String
  package var isProgressive: Bool
  /// Steps of quantisation of the first component, 64 of them, in rows of rising vertical frequency.
  package var luminance: [Int]
  /// Those of the second component; `nil` where there is none.
  package var chrominance: [Int]?

  /// - Returns: `nil` for bytes that are no JPEG, or whose header is damaged or ends early.
  package init?(_ bytes: ArraySlice<UInt8>) {
    var tables: [UInt8: [Int]] = [:]
    var frame: (marker: UInt8, body: [UInt8])?
    for segment in JPEGSegments(bytes) {
      switch segment.marker {
      case 0xDB: Self.readTables(segment.body, into: &tables)
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF: frame = frame ?? (segment.marker, Array(segment.body))
      default: break
      }
    }
    guard let frame, frame.body.count >= 6 else { return nil }
    let body = frame.body
    let components = stride(from: 6, to: 6 + 3 * Int(body[5]), by: 3).compactMap { place in
      place + 2 < body.count ? (sampling: body[place + 1], table: body[place + 2]) : nil
    }
    guard components.count == Int(body[5]), let first = components.first, let luminance = tables[first.table] else {
      return nil
    }
    width = Int(body[3]) << 8 | Int(body[4])
    height = Int(body[1]) << 8 | Int(body[2])
    isProgressive = [0xC2, 0xC6, 0xCA, 0xCE].contains(frame.marker)
    self.luminance = luminance
    chrominance = components.count > 1 ? tables[components[1].table] : nil
    chroma = Self.chroma(components.map(\.sampling))
  }

  /// Tables stand in zigzag order, each behind a byte of precision and number.
  private static func readTables(_ body: ArraySlice<UInt8>, into tables: inout [UInt8: [Int]]) {
    var rest = body
    while let head = rest.popFirst() {
      let isWide = head >> 4 != 0
      guard rest.count >= (isWide ? 128 : 64) else { return }
      var table = [Int](repeating: 0, count: 64)
      for place in zigzag {
        guard let high = rest.popFirst() else { return }
        table[place] = isWide ? Int(high) << 8 | Int(rest.popFirst() ?? 0) : Int(high)
      }
      tables[head & 15] = table
    }
  }

  /// - Parameter sampling: horizontal and vertical factor of each component, four bits each.
  private static func chroma(_ sampling: [UInt8]) -> String {
    guard sampling.count > 1 else { return "grey" }
    let factors = sampling.map { (across: Int($0 >> 4), down: Int($0 & 15)) }
    let (luma, chroma) = (factors[0], factors[1])
    let names = ["1x1": "444", "2x1": "422", "2x2": "420", "1x2": "440", "4x1": "411", "4x2": "410"]
    if sampling.count == 3, sampling[1] == sampling[2], chroma.across > 0, chroma.down > 0,
      luma.across.isMultiple(of: chroma.across), luma.down.isMultiple(of: chroma.down),
      let name = names["\(luma.across / chroma.across)x\(luma.down / chroma.down)"]
    {
      return name
    }
    return factors.map { "\($0.across)x\($0.down)" }.joined(separator: ",")
  }

  /// Place in rows of the values of a table as they are stored.
  private static let zigzag = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
    55, 62, 63,
  ]
}

extension JPEGHeader {
  /// The quality, 1 ... 100, that makes libjpeg's tables of these, or of the nearest ones.
  package var quality: Int {
    if let exact = Self.libjpegQualities[luminance] { return exact }
    let distances = Self.libjpegTables.map { tables in
      zip(luminance, tables.luminance).reduce(0) { $0 + abs($1.0 - $1.1) }
    }
    return 1 + (distances.indices.min { distances[$0] < distances[$1] } ?? 99)
  }

  /// Whether the tables are libjpeg's own for ``quality``, as against those of a camera or of another encoder.
  package var hasStandardTables: Bool {
    let tables = Self.libjpegTables[quality - 1]
    return luminance == tables.luminance
      && chrominance.map { $0 == tables.chrominance || $0 == luminance } ?? true
  }

  /// libjpeg's own for the qualities 1 ... 100.
  private static let libjpegTables = (1...100).map {
    (luminance: scaled(standardLuminance, $0), chrominance: scaled(standardChrominance, $0))
  }

  /// The least quality that makes each luminance table.
  private static let libjpegQualities = Dictionary(
    libjpegTables.enumerated().map { ($1.luminance, $0 + 1) }, uniquingKeysWith: { first, _ in first })

  /// libjpeg's scaling of the tables of annex K.
  private static func scaled(_ table: [Int], _ quality: Int) -> [Int] {
    let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
    return table.map { max(1, min(255, ($0 * percent + 50) / 100)) }
  }

  /// Source: ITU-T T.81, table K.1.
  private static let standardLuminance = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ]

  /// Source: ITU-T T.81, table K.2.
  private static let standardChrominance = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99,
  ]
}
