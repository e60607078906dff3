/// The graph of an ONNX file: its nodes in the order of execution, and the arrays that stand in the file.
///
/// Source: the ONNX specification, `onnx.proto`.
struct ONNXModel {
  struct Node {
    var operation = ""
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [String: Attribute] = [:]

    /// A list of whole numbers, `nil` where the node has no such attribute.
    func integers(_ name: String) -> [Int]? { attributes[name]?.integers }
  }

  struct Attribute {
    var integer: Int?
    var text: String?
    var integers: [Int]?
  }

  /// A constant array.
  struct Array {
    var name = ""
    var shape: [Int] = []
    /// Row-major; empty for arrays of other types than float32.
    var values: [Float] = []
  }

  var nodes: [Node] = []
  var arrays: [String: Array] = [:]
  /// Names of the inputs that no array of the file fills.
  var inputs: [String] = []
  var outputs: [String] = []

  /// Reads a file's bytes.
  ///
  /// - Throws: ``NetworkError`` `cannot-load` where they are cut off or hold no graph.
  init(_ bytes: [UInt8]) throws(NetworkError) {
    var model = ProtocolBuffer(bytes[...])
    while let (field, value) = try model.next() {
      if field == 7, case .bytes(let graph) = value { try read(graph: graph) }
    }
    inputs.removeAll { arrays[$0] != nil }
    guard !nodes.isEmpty, !outputs.isEmpty else {
      throw NetworkError(code: .cannotLoad, message: "no ONNX graph in it; fetch the file again")
    }
  }

  private mutating func read(graph: ArraySlice<UInt8>) throws(NetworkError) {
    var reader = ProtocolBuffer(graph)
    while let (field, value) = try reader.next() {
      guard case .bytes(let bytes) = value else { continue }
      switch field {
      case 1: nodes.append(try Self.node(bytes))
      case 5:
        let array = try Self.array(bytes)
        arrays[array.name] = array
      case 11: inputs.append(try Self.name(bytes))
      case 12: outputs.append(try Self.name(bytes))
      default: break
      }
    }
  }

  private static func node(_ bytes: ArraySlice<UInt8>) throws(NetworkError) -> Node {
    var node = Node()
    var reader = ProtocolBuffer(bytes)
    while let (field, value) = try reader.next() {
      guard case .bytes(let bytes) = value else { continue }
      switch field {
      case 1: node.inputs.append(text(bytes))
      case 2: node.outputs.append(text(bytes))
      case 4: node.operation = text(bytes)
      case 5:
        let (name, attribute) = try attribute(bytes)
        node.attributes[name] = attribute
      default: break
      }
    }
    return node
  }

  private static func attribute(_ bytes: ArraySlice<UInt8>) throws(NetworkError) -> (String, Attribute) {
    var name = ""
    var attribute = Attribute()
    var reader = ProtocolBuffer(bytes)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let bytes)): name = text(bytes)
      case (3, .number(let number)): attribute.integer = Int(truncatingIfNeeded: number)
      case (4, .bytes(let bytes)): attribute.text = text(bytes)
      case (8, .number(let number)): attribute.integers = (attribute.integers ?? []) + [Int(truncatingIfNeeded: number)]
      case (8, .bytes(let bytes)):
        attribute.integers = try ProtocolBuffer.numbers(bytes).map { Int(truncatingIfNeeded: $0) }
      default: break
      }
    }
    return (name, attribute)
  }

  private static func array(_ bytes: ArraySlice<UInt8>) throws(NetworkError) -> Array {
    var array = Array()
    var isFloat = false
    var reader = ProtocolBuffer(bytes)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (1, .number(let number)): array.shape.append(Int(truncatingIfNeeded: number))
      case (1, .bytes(let bytes)):
        array.shape = try ProtocolBuffer.numbers(bytes).map { Int(truncatingIfNeeded: $0) }
      case (2, .number(let number)): isFloat = number == 1
      case (4, .bytes(let bytes)), (9, .bytes(let bytes)):
        if bytes.count.isMultiple(of: 4) { array.values = try ProtocolBuffer.floats(bytes) }
      case (8, .bytes(let bytes)): array.name = text(bytes)
      default: break
      }
    }
    if !isFloat { array.values = [] }
    return array
  }

  /// The first field of the message that describes an input or output.
  private static func name(_ bytes: ArraySlice<UInt8>) throws(NetworkError) -> String {
    var reader = ProtocolBuffer(bytes)
    while let (field, value) = try reader.next() {
      if field == 1, case .bytes(let bytes) = value { return text(bytes) }
    }
    throw ProtocolBuffer.damaged
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
