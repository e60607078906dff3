private import Tensors

/// Reads one pickle after another without running any.
struct PickleReader {
  /// Several times what a checkpoint takes of two state dictionaries of a thousand arrays.
  private static let maximumInstructions = 400_000
  /// The same of lists and dictionaries; bounds how deep they can lie in each other.
  private static let maximumContainers = 20_000

  private let bytes: [UInt8]
  private var position = 0
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var containers = 0
  /// What the pickles read so far refer to, by key.
  private(set) var storages: [String: PickleStorage] = [:]

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  /// An error that says where.
  func failure(_ reason: String) -> ModelError {
    ModelError(.unreadableWeights, "weights of torch.save, byte \(position): \(reason)")
  }

  /// The value of the next pickle.
  mutating func next() throws(ModelError) -> PickleValue {
    (stack, marks, memo) = ([], [], [:])
    var instructions = 0
    while let code = try take(1).first, code != UInt8(ascii: ".") {
      try execute(code)
      instructions += 1
      guard instructions < Self.maximumInstructions else { throw failure("more than \(instructions) instructions") }
    }
    let value = try pop()
    guard stack.isEmpty else { throw failure("\(stack.count) values are left over") }
    return value
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(ModelError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - position else {
      throw failure("the file ends within \(count) bytes")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// An unsigned number, lowest byte first.
  mutating func littleEndian(bytes count: Int) throws(ModelError) -> Int {
    let value = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let value = Int(exactly: value) else { throw failure("the number \(value)") }
    return value
  }

  private mutating func execute(_ code: UInt8) throws(ModelError) {
    switch code {
    case 0x80: guard try littleEndian(bytes: 1) == 2 else { throw failure("not pickle protocol 2") }
    case UInt8(ascii: "N"): stack.append(.none)
    case 0x88: stack.append(.bool(true))
    case 0x89: stack.append(.bool(false))
    case UInt8(ascii: "K"): stack.append(.integer(try littleEndian(bytes: 1)))
    case UInt8(ascii: "M"): stack.append(.integer(try littleEndian(bytes: 2)))
    case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try littleEndian(bytes: 4)))))
    case UInt8(ascii: "G"):
      _ = try take(8)
      stack.append(.real)
    case 0x8a: stack.append(.longInteger(Array(try take(littleEndian(bytes: 1)))))
    case UInt8(ascii: "X"): stack.append(.text(try text(try take(littleEndian(bytes: 4)))))
    case UInt8(ascii: "c"): stack.append(.global("\(try line()).\(try line())"))
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: ")"): stack.append(.tuple([]))
    case UInt8(ascii: "]"): try pushContainer(.list(PickleList()))
    case UInt8(ascii: "}"): try pushContainer(.dictionary(PickleDictionary()))
    case UInt8(ascii: "t"): try pushTuple(try popToMark())
    case 0x85, 0x86, 0x87: try pushTuple(try pop(Int(code - 0x84)))
    case UInt8(ascii: "a"):
      let value = try pop()
      try append([value])
    case UInt8(ascii: "e"):
      let values = try popToMark()
      try append(values)
    case UInt8(ascii: "s"):
      let entry = try pop(2)
      try set(entry)
    case UInt8(ascii: "u"):
      let entries = try popToMark()
      try set(entries)
    case UInt8(ascii: "q"):
      let index = try littleEndian(bytes: 1)
      memo[index] = try top()
    case UInt8(ascii: "r"):
      let index = try littleEndian(bytes: 4)
      memo[index] = try top()
    case UInt8(ascii: "h"): stack.append(try remembered(try littleEndian(bytes: 1)))
    case UInt8(ascii: "j"): stack.append(try remembered(try littleEndian(bytes: 4)))
    case UInt8(ascii: "Q"): stack.append(.storage(try storage(try pop())))
    case UInt8(ascii: "R"): try reduce()
    case UInt8(ascii: "b"): _ = try pop()  // An ordered dictionary's attribute: the versions of torch's layers.
    default: throw failure("the instruction 0x\(String(code, radix: 16)), which no dictionary of tensors needs")
    }
  }

  // MARK: - The stack

  private mutating func pop() throws(ModelError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else { throw failure("an empty stack") }
    return value
  }

  private mutating func pop(_ count: Int) throws(ModelError) -> [PickleValue] {
    var values: [PickleValue] = []
    for _ in 0..<count { values.append(try pop()) }
    return values.reversed()
  }

  private mutating func popToMark() throws(ModelError) -> [PickleValue] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw failure("no mark") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private func top() throws(ModelError) -> PickleValue {
    guard let value = stack.last else { throw failure("an empty stack") }
    return value
  }

  private func remembered(_ index: Int) throws(ModelError) -> PickleValue {
    guard let value = memo[index] else { throw failure("nothing is remembered as \(index)") }
    return value
  }

  // MARK: - Values

  private func text(_ bytes: ArraySlice<UInt8>) throws(ModelError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw failure("text that is not UTF-8") }
    return text
  }

  private mutating func line() throws(ModelError) -> String {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { throw failure("an unfinished line") }
    let line = try take(end - position)
    position += 1
    return try text(line)
  }

  /// Tuples hold plain values and tuples of plain values: nothing here is nested deeply.
  private mutating func pushTuple(_ values: [PickleValue]) throws(ModelError) {
    for case .tuple(let inner) in values {
      for case .tuple in inner { throw failure("a tuple in a tuple in a tuple") }
    }
    stack.append(.tuple(values))
  }

  private mutating func pushContainer(_ value: PickleValue) throws(ModelError) {
    containers += 1
    guard containers < Self.maximumContainers else { throw failure("more than \(containers) lists and dictionaries") }
    stack.append(value)
  }

  private func append(_ values: [PickleValue]) throws(ModelError) {
    guard case .list(let list) = try top() else { throw failure("values for something that is not a list") }
    list.values += values
  }

  private func set(_ values: [PickleValue]) throws(ModelError) {
    guard case .dictionary(let dictionary) = try top(), values.count.isMultiple(of: 2) else {
      throw failure("entries for something that is not a dictionary")
    }
    for index in stride(from: 0, to: values.count, by: 2) {
      dictionary.values.append((values[index], values[index + 1]))
    }
  }

  /// `('storage', torch.FloatStorage, key, device, count)`, and `None` in the older format.
  private mutating func storage(_ value: PickleValue) throws(ModelError) -> PickleStorage {
    guard case .tuple(let parts) = value, parts.count == 5 || parts.count == 6, case .text("storage") = parts[0],
      case .global(let type) = parts[1], case .text(let key) = parts[2], case .integer(let count) = parts[4]
    else { throw failure("a reference that is not to a storage") }
    if parts.count == 6 { guard case .none = parts[5] else { throw failure("a part of a storage") } }
    let element: ElementType
    switch type {
    case "torch.FloatStorage": element = .float32
    case "torch.LongStorage": element = .int64
    default: throw failure("a storage of \(type); save float32 weights")
    }
    let storage = PickleStorage(key: key, type: element, count: count)
    let first = storages.updateValue(storage, forKey: key) ?? storage
    guard first.type == element, first.count == count else { throw failure("storage \(key) is two things") }
    return storage
  }

  /// The three calls that a dictionary of tensors is written with.
  private mutating func reduce() throws(ModelError) {
    let call = try pop(2)
    guard case .global(let name) = call[0], case .tuple(let arguments) = call[1] else {
      throw failure("a call of something that is not a name")
    }
    switch name {
    case "collections.OrderedDict" where arguments.isEmpty: try pushContainer(.dictionary(PickleDictionary()))
    case "torch._utils._rebuild_tensor_v2": stack.append(.tensor(try tensor(arguments)))
    case "torch._utils._rebuild_parameter":
      guard arguments.count == 3, case .tensor(let tensor) = arguments[0] else { throw failure("no parameter") }
      stack.append(.tensor(tensor))
    default: throw failure("a call of \(name) with \(arguments.count) arguments")
    }
  }

  /// `(storage, offset, shape, strides, requires_grad, hooks)`.
  private func tensor(_ arguments: [PickleValue]) throws(ModelError) -> PickleTensor {
    guard arguments.count == 6, case .storage(let storage) = arguments[0], case .integer(0) = arguments[1],
      case .tuple(let shape) = arguments[2], case .tuple(let strides) = arguments[3], shape.count == strides.count
    else { throw failure("a tensor that does not fill its storage") }
    return PickleTensor(storage: storage, shape: try integers(shape), strides: try integers(strides))
  }

  private func integers(_ values: [PickleValue]) throws(ModelError) -> [Int] {
    var integers: [Int] = []
    for value in values {
      guard case .integer(let integer) = value, integer >= 0 else { throw failure("a length that is not a number") }
      integers.append(integer)
    }
    return integers
  }
}
