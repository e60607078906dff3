package import Foundation
private import Records
private import Tensors

/// A safetensors file: named arrays, and text about them.
///
/// Eight bytes of header length (little-endian), a JSON object padded with spaces to eight bytes, then the arrays
/// without gaps. Equal contents give equal bytes: the object's keys are sorted, and arrays follow each other by element
/// size, largest first, then by name.
///
/// - Source: the format description of huggingface/safetensors.
package struct Safetensors: Hashable, Sendable {
  package var arrays: [NamedArray]
  package var metadata: [String: String]

  package init(arrays: [NamedArray], metadata: [String: String]) {
    self.arrays = arrays.sorted { ($1.type.byteCount, $0.name) < ($0.type.byteCount, $1.name) }
    self.metadata = metadata
  }

  /// The file's bytes.
  package func encoded() throws -> Data {
    var header: [String: Entry] = metadata.isEmpty ? [:] : [Self.metadataKey: .metadata(metadata)]
    var offset = 0
    for array in arrays {
      let end = offset + array.bytes.count
      header[array.name] = .array(
        ArrayEntry(dtype: Self.name(of: array.type), shape: array.shape, data_offsets: [offset, end]))
      offset = end
    }
    var json = try CanonicalJSON.data(header)
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
    var file = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    file.append(json)
    for array in arrays { file.append(array.bytes) }
    return file
  }

  /// Reads a file's bytes.
  ///
  /// - Throws: `unreadable-weights` for anything that the format forbids, or an element type that dfprep does not use.
  package init(decoding file: Data) throws {
    func fail(_ reason: String) -> ModelError { ModelError(.unreadableWeights, "not a safetensors file: \(reason)") }
    let file = Data(file)
    guard file.count >= 8 else { throw fail("\(file.count) bytes") }
    let length = file.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) }
    guard length <= file.count - 8 else { throw fail("a header of \(length) bytes in \(file.count)") }
    let start = 8 + Int(length)
    let header: [String: Entry]
    do {
      header = try CanonicalJSON.decode([String: Entry].self, from: file[8..<start])
    } catch {
      throw fail("its header: \(error)")
    }
    var entries: [(name: String, entry: ArrayEntry, range: Range<Int>)] = []
    var metadata: [String: String] = [:]
    for (name, entry) in header {
      switch entry {
      case .metadata(let texts): metadata = texts
      case .array(let entry):
        guard entry.data_offsets.count == 2, 0 <= entry.data_offsets[0],
          entry.data_offsets[0] <= entry.data_offsets[1], entry.data_offsets[1] <= file.count - start
        else { throw fail("'\(name)' lies at \(entry.data_offsets) of \(file.count - start) bytes") }
        entries.append((name, entry, entry.data_offsets[0]..<entry.data_offsets[1]))
      }
    }
    // Empty arrays share their place with the one after them.
    entries.sort { left, right in
      (left.range.lowerBound, left.range.upperBound) < (right.range.lowerBound, right.range.upperBound)
    }
    var end = 0
    var arrays: [NamedArray] = []
    for (name, entry, range) in entries {
      guard range.lowerBound == end else { throw fail("'\(name)' starts at \(range.lowerBound), not at \(end)") }
      guard let type = ElementType.allCases.first(where: { Self.name(of: $0) == entry.dtype }) else {
        throw fail("'\(name)' is of element type \(entry.dtype)")
      }
      let bytes = Data(file[start + range.lowerBound..<start + range.upperBound])
      arrays.append(try NamedArray(name: name, type: type, shape: entry.shape, bytes: bytes))
      end = range.upperBound
    }
    guard end == file.count - start else { throw fail("\(file.count - start - end) bytes belong to no array") }
    self.init(arrays: arrays, metadata: metadata)
  }

  private static let metadataKey = "__metadata__"

  private static func name(of type: ElementType) -> String {
    switch type {
    case .uint8: "U8"
    case .int64: "I64"
    case .float32: "F32"
    case .float64: "F64"
    }
  }
}

/// One value of the header object.
private enum Entry: Codable {
  case metadata([String: String])
  case array(ArrayEntry)

  init(from decoder: any Decoder) throws {
    if decoder.codingPath.last?.stringValue == "__metadata__" {
      self = .metadata(try decoder.singleValueContainer().decode([String: String].self))
    } else {
      self = .array(try decoder.singleValueContainer().decode(ArrayEntry.self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .metadata(let texts): try container.encode(texts)
    case .array(let entry): try container.encode(entry)
    }
  }
}

/// Where an array lies; the names are the format's.
private struct ArrayEntry: Codable {
  var dtype: String
  var shape: [Int]
  var data_offsets: [Int]
}
