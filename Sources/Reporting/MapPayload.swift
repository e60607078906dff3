private import Foundation
private import Records

/// A map as a page carries it: a header in JSON, and columns of bytes, deflated, in base64.
///
/// The columns, one after the other, each with a byte per sample unless said otherwise; wider numbers as one column of their
/// low bytes and one of their high bytes, which deflate better so:
///
/// * of every plane x, then y, 16 bits: 0 ... 65534 over the longer side of the plane, 65535 for no place;
/// * of every category the code + 1, 16 bits where `isWide`; 0 is unknown;
/// * of every measure 16 bits: 1 ... 1024 from low to high; 0 is unknown;
/// * of every sheet its samples, 32 bits little-endian each;
/// * of the keys: bytes shared with the key before (at most 255); bytes beside those, 16 bits; and those bytes, UTF-8.
struct MapPayload {
  struct Header: Encodable {
    struct Plane: Encodable { var name: String, axes: [String] }
    struct Category: Encodable { var name: String, values: [String], isWide: Bool }
    struct Measure: Encodable { var name: String, unit: String, low: Double, high: Double }
    struct Sheet: Encodable { var tilePixels: Int, columns: Int, count: Int }

    var count: Int
    var total: Int
    var planes: [Plane]
    var categories: [Category]
    var measures: [Measure]
    var sheets: [Sheet]
  }

  /// JSON that may stand in a script element.
  let header: String
  let columns: String

  init(_ map: ReportModel.SampleMap) throws(ReportingError) {
    var writer = ColumnWriter()
    for plane in map.planes { Self.put(plane, into: &writer) }
    var categories: [Header.Category] = []
    for category in map.categories {
      let isWide = category.values.count > 254
      writer.put(category.codes.map { UInt16(clamping: $0 + 1) }, isWide: isWide)
      categories.append(.init(name: category.name, values: category.values.map(Format.printable), isWide: isWide))
    }
    var measures: [Header.Measure] = []
    for measure in map.measures {
      let known = measure.values.compactMap(\.self).filter(\.isFinite)
      let (low, high) = (known.min() ?? 0, known.max() ?? 0)
      let scale = high > low ? 1023 / (high - low) : 0
      writer.put(
        measure.values.map { value in
          guard let value, value.isFinite else { return 0 }
          return UInt16(clamping: Int(((value - low) * scale).rounded()) + 1)
        })
      measures.append(.init(name: measure.name, unit: measure.unit, low: low, high: high))
    }
    for sheet in map.sheets {
      for sample in sheet.samples { withUnsafeBytes(of: UInt32(sample).littleEndian) { writer.bytes += $0 } }
    }
    writer.put(keys: map.keys)
    let header = Header(
      count: map.keys.count, total: map.total, planes: map.planes.map { .init(name: $0.name, axes: $0.axes) },
      categories: categories, measures: measures,
      sheets: map.sheets.map { .init(tilePixels: $0.tilePixels, columns: $0.columns, count: $0.samples.count) })
    self.header = try Self.json(header)
    columns = Data(try Deflate.compress(writer.bytes)).base64EncodedString()
  }

  /// Both axes in one scale, the middle of the shorter in the middle.
  private static func put(_ plane: ReportModel.Plane, into writer: inout ColumnWriter) {
    let places = plane.x.indices.map(plane.place)
    func bounds(_ values: [Double]) -> (middle: Double, span: Double) {
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      return ((low + high) / 2, high - low)
    }
    let (x, y) = (bounds(places.compactMap { $0?.x }), bounds(places.compactMap { $0?.y }))
    let span = max(x.span, y.span)
    func quantised(_ value: Double?, _ middle: Double) -> UInt16 {
      guard let value else { return .max }
      return UInt16(clamping: Int((((span > 0 ? (value - middle) / span : 0) + 0.5) * 65534).rounded()))
    }
    writer.put(places.map { quantised($0?.x, x.middle) })
    writer.put(places.map { quantised($0?.y, y.middle) })
  }

  /// Without `<`, which could end the element, and without the two line separators that JSON allows and scripts did not.
  private static func json(_ header: Header) throws(ReportingError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(header), as: UTF8.self).replacing("<", with: "\\u003c")
        .replacing("&", with: "\\u0026")
    } catch {
      throw ReportingError.template("\(error)")
    }
  }
}

/// Columns of numbers as bytes, one after the other.
private struct ColumnWriter {
  var bytes: [UInt8] = []

  mutating func put(_ values: [UInt16], isWide: Bool = true) {
    bytes += values.lazy.map { UInt8(truncatingIfNeeded: $0) }
    if isWide { bytes += values.lazy.map { UInt8($0 >> 8) } }
  }

  mutating func put(keys: [String]) {
    var shared: [UInt16] = []
    var lengths: [UInt16] = []
    var rest: [UInt8] = []
    var before: [UInt8] = []
    for key in keys {
      // A line break parts the keys in the page. Nearly all keys are plain, and need no look at their characters.
      let isPlain = key.utf8.allSatisfy { (0x20...0x7E).contains($0) }
      let text = isPlain ? key : Format.printable(key).replacing("\n", with: "\u{FFFD}")
      let key = Array(text.utf8.prefix(65_000))
      let common = zip(before.prefix(255), key).prefix { $0 == $1 }.count
      shared.append(UInt16(common))
      lengths.append(UInt16(key.count - common))
      rest += key[common...]
      before = key
    }
    put(shared, isWide: false)
    put(lengths)
    bytes += rest
  }
}
