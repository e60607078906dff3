/// Reads the fields of a Protocol Buffers message, as far as ONNX files use the format. Every length is checked.
///
/// Source: Protocol Buffers encoding, wire types 0, 1, 2 and 5.
struct ProtocolBuffer {
  enum Value {
    /// Also a fixed-width number, as its bits.
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field, `nil` at the end.
  ///
  /// - Throws: ``NetworkError`` `cannot-load` where the bytes end early or are no field.
  mutating func next() throws(NetworkError) -> (field: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let key = try variableNumber()
    guard let field = Int(exactly: key >> 3), field > 0 else { throw Self.damaged }
    switch key & 7 {
    case 0: return (field, .number(try variableNumber()))
    case 1: return (field, .number(try fixedNumber(8)))
    case 2:
      guard let count = Int(exactly: try variableNumber()), count <= rest.count else { throw Self.damaged }
      defer { rest = rest.dropFirst(count) }
      return (field, .bytes(rest.prefix(count)))
    case 5: return (field, .number(try fixedNumber(4)))
    default: throw Self.damaged
    }
  }

  /// Numbers one after another, as a packed field holds them.
  static func numbers(_ bytes: ArraySlice<UInt8>) throws(NetworkError) -> [UInt64] {
    var reader = ProtocolBuffer(bytes)
    var numbers: [UInt64] = []
    while !reader.rest.isEmpty { numbers.append(try reader.variableNumber()) }
    return numbers
  }

  /// Little-endian float32 one after another.
  static func floats(_ bytes: ArraySlice<UInt8>) throws(NetworkError) -> [Float] {
    guard bytes.count.isMultiple(of: 4) else { throw damaged }
    return bytes.withUnsafeBytes { raw in
      (0..<bytes.count / 4).map {
        Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }

  private mutating func variableNumber() throws(NetworkError) -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw Self.damaged }
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
    }
    throw Self.damaged
  }

  private mutating func fixedNumber(_ count: Int) throws(NetworkError) -> UInt64 {
    guard rest.count >= count else { throw Self.damaged }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  static let damaged = NetworkError(code: .cannotLoad, message: "the file is cut off or damaged; fetch it again")
}
