package import Foundation
internal import Tensors

/// The tensors of a file that `torch.save` wrote before version 1.6: a state dictionary, and nothing else.
///
/// Such a file is five pickles (magic number, protocol, system facts, the object, the list of its storages) followed by
/// each storage: an eight-byte count and raw numbers. A pickle is a program; this reader runs none. It understands the
/// few instructions that a dictionary of tensors is written with, and refuses every other.
package enum TorchArchive {
  private static let magic = Data([0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19])

  /// The tensors in the order of the file.
  ///
  /// - Throws: `unreadable-weights` with the place and what stands there.
  package static func decode(_ file: Data) throws -> [NamedArray] {
    var reader = PickleReader(bytes: [UInt8](file))
    guard case .longInteger(let found) = try reader.next(), Data(found) == magic else {
      throw reader.failure("this is not the magic number of torch.save's older format")
    }
    guard case .integer(1001) = try reader.next() else { throw reader.failure("the protocol is not 1001") }
    _ = try reader.next()
    guard case .dictionary(let entries) = try reader.next() else { throw reader.failure("not a state dictionary") }
    guard case .list(let keys) = try reader.next() else { throw reader.failure("no list of storages") }

    var storages: [String: (type: ElementType, bytes: Data)] = [:]
    let declared = Dictionary(
      entries.values.compactMap { entry in if case .tensor(let tensor) = entry.1 { tensor.storage } else { nil } }
        .map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
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

    return try entries.values.map { name, value in
      guard case .text(let name) = name, case .tensor(let tensor) = value else {
        throw reader.failure("an entry of the state dictionary is not a named tensor")
      }
      guard let storage = storages[tensor.storage.key] else { throw reader.failure("'\(name)' has no storage") }
      return try NamedArray(
        name: name, type: storage.type, shape: tensor.shape,
        bytes: rowMajor(storage.bytes, of: storage.type, tensor, name: name))
    }
  }

  /// The numbers of a tensor that fills its storage in whatever order of axes, in the order of its shape.
  private static func rowMajor(
    _ bytes: Data, of type: ElementType, _ tensor: PickleTensor, name: String
  ) throws -> Data {
    let axes = tensor.shape.indices.sorted { tensor.strides[$0] > tensor.strides[$1] }
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
