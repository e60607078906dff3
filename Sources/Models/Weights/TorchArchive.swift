package import Foundation
internal import Tensors

/// The tensors of a file that `torch.save` wrote: a state dictionary, or a dictionary that holds one.
///
/// Of versions from 1.6 on such a file is a zip archive: `data.pkl`, and one entry per storage of raw numbers. Before, it
/// is five pickles (magic number, protocol, system facts, the object, the list of its storages) followed by each
/// storage: an eight-byte count and raw numbers. A pickle is a program; this reader runs none. It understands the few
/// instructions that a dictionary of tensors is written with, and refuses every other.
package enum TorchArchive {
  private static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
  private static let oldStart = Data([0x80, 2, 0x8a, 10] + magic)
  private static let zipStart = Data([0x50, 0x4b, 3, 4])
  /// Under which name training programs put a state dictionary beside other things; the averaged weights first, as timm
  /// looks for them.
  private static let wrappers = ["state_dict_ema", "model_ema", "state_dict", "model"]

  private typealias Storages = [String: (type: ElementType, bytes: Data)]

  /// Whether the file begins as one of `torch.save` does.
  static func recognises(_ file: Data) -> Bool { file.starts(with: oldStart) || file.starts(with: zipStart) }

  /// The tensors in the order of the file.
  ///
  /// - Throws: `unreadable-weights` with the place and what stands there.
  package static func decode(_ file: Data) throws -> [NamedArray] {
    let (object, storages) = file.starts(with: zipStart) ? try readZip(file) : try readPickles(file)
    return try arrays(of: object, storages)
  }

  private static func readZip(_ file: Data) throws -> (PickleValue, Storages) {
    func failure(_ reason: String) -> ModelError { ModelError(.unreadableWeights, "weights of torch.save: \(reason)") }
    let archive = try ZipArchive(file)
    let suffix = "/data.pkl"
    let pickles = archive.names.filter { $0.hasSuffix(suffix) }
    guard let pickle = pickles.first, pickles.count == 1 else { throw failure("\(pickles.count) entries data.pkl") }
    let folder = pickle.dropLast(suffix.count)
    if archive.names.contains(where: { $0.hasPrefix("\(folder)/code/") }) {
      throw failure("this is TorchScript, a program with its weights; save the module's state_dict() instead")
    }
    if archive.names.contains("\(folder)/byteorder") {
      guard try archive.contents(of: "\(folder)/byteorder") == Data("little".utf8) else {
        throw failure("its numbers have the highest byte first")
      }
    }
    var reader = PickleReader(bytes: [UInt8](try archive.contents(of: pickle)))
    let object = try reader.next()
    guard reader.isAtEnd else { throw reader.failure("bytes after the object") }
    var storages: Storages = [:]
    for storage in reader.storages.values {
      let bytes = try archive.contents(of: "\(folder)/data/\(storage.key)")
      let (needed, overflow) = storage.count.multipliedReportingOverflow(by: storage.type.byteCount)
      guard !overflow, bytes.count == needed else {
        throw failure("storage \(storage.key) has \(bytes.count) bytes for \(storage.count) numbers")
      }
      storages[storage.key] = (storage.type, bytes)
    }
    return (object, storages)
  }

  private static func readPickles(_ file: Data) throws -> (PickleValue, Storages) {
    var reader = PickleReader(bytes: [UInt8](file))
    guard case .longInteger(magic) = try reader.next() else {
      throw reader.failure("this is not the magic number of torch.save's older format")
    }
    guard case .integer(1001) = try reader.next() else { throw reader.failure("the protocol is not 1001") }
    _ = try reader.next()
    let object = try reader.next()
    guard case .dictionary = object else { throw reader.failure("not a state dictionary") }
    let declared = reader.storages
    guard case .list(let keys) = try reader.next() else { throw reader.failure("no list of storages") }
    var storages: Storages = [:]
    for value in keys.values {
      guard case .text(let key) = value, let storage = declared[key] else {
        throw reader.failure("a storage that no tensor uses")
      }
      let count = try reader.littleEndian(bytes: 8)
      guard count == storage.count else {
        throw reader.failure("storage \(key) holds \(count) numbers instead of \(storage.count)")
      }
      let (bytes, overflow) = count.multipliedReportingOverflow(by: storage.type.byteCount)
      guard !overflow else { throw reader.failure("storage \(key) of \(count) numbers") }
      storages[key] = (storage.type, Data(try reader.take(bytes)))
    }
    guard reader.isAtEnd else { throw reader.failure("bytes after the last storage") }
    return (object, storages)
  }

  /// The named tensors of a state dictionary, or of the one inside the object.
  private static func arrays(of object: PickleValue, _ storages: Storages) throws -> [NamedArray] {
    func failure(_ reason: String) -> ModelError { ModelError(.unreadableWeights, "weights of torch.save: \(reason)") }
    guard case .dictionary(let outer) = object else { throw failure("not a state dictionary") }
    let wrapped = wrappers.lazy.compactMap { wrapper in
      outer.values.lazy.compactMap { key, value -> PickleDictionary? in
        guard case .text(wrapper) = key, case .dictionary(let inner) = value else { return nil }
        return inner
      }.first
    }.first
    let named = try (wrapped ?? outer).values.map { name, value -> (String, PickleTensor) in
      guard case .text(let name) = name, case .tensor(let tensor) = value else {
        throw failure("an entry of the state dictionary is not a named tensor")
      }
      return (name, tensor)
    }
    // As a module run on several devices names its layers.
    let prefix = "module."
    let isWrapped = !named.isEmpty && named.allSatisfy { $0.0.hasPrefix(prefix) }
    return try named.map { name, tensor in
      guard let storage = storages[tensor.storage.key] else { throw failure("'\(name)' has no storage") }
      return try NamedArray(
        name: isWrapped ? String(name.dropFirst(prefix.count)) : name, type: storage.type, shape: tensor.shape,
        bytes: rowMajor(storage.bytes, of: storage.type, tensor, name: name))
    }
  }

  /// The numbers of a tensor that fills its storage in whatever order of axes, in the order of its shape.
  private static func rowMajor(
    _ bytes: Data, of type: ElementType, _ tensor: PickleTensor, name: String
  ) throws -> Data {
    let axes = tensor.shape.indices.sorted { (tensor.strides[$0], $1) > (tensor.strides[$1], $0) }
    var stride = 1
    for axis in axes.reversed() where tensor.shape[axis] != 1 {
      guard tensor.strides[axis] == stride else {
        throw ModelError(.unreadableWeights, "'\(name)' with strides \(tensor.strides) does not fill its storage")
      }
      stride = stride.multipliedReportingOverflow(by: tensor.shape[axis]).partialValue
    }
    guard axes != Array(axes.indices) else { return bytes }
    let stored = try bytes.withUnsafeBytes {
      try Tensor.of(bytes: $0, type: type, shape: axes.map { tensor.shape[$0] })
    }
    return Data(try stored.permuted(axes.indices.map { axis in axes.firstIndex(of: axis) ?? axis }).bytes())
  }
}

/// A value on the stack of the pickle reader.
indirect enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// Never looked at.
  case real
  /// Little-endian two's complement.
  case longInteger([UInt8])
  case text(String)
  case tuple([PickleValue])
  case list(PickleList)
  case dictionary(PickleDictionary)
  /// A name, never looked up.
  case global(String)
  case storage(PickleStorage)
  case tensor(PickleTensor)
}

/// A list, shared by all that the file's memo makes point at it.
final class PickleList { var values: [PickleValue] = [] }

/// A dictionary in the order of the file.
final class PickleDictionary { var values: [(PickleValue, PickleValue)] = [] }

/// A storage that the object refers to and that follows it in the file.
struct PickleStorage {
  let key: String
  let type: ElementType
  /// Numbers in it.
  let count: Int
}

/// A tensor that fills its storage.
struct PickleTensor {
  let storage: PickleStorage
  let shape: [Int]
  let strides: [Int]
}
