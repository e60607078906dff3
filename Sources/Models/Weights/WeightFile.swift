package import Foundation
private import Records
package import Tensors

/// One named array of a weight file.
package struct NamedArray: Hashable, Sendable {
  package let name: String
  package let type: ElementType
  /// Length of every axis; empty for a single number.
  package let shape: [Int]
  /// Row-major, little-endian; as many bytes as type and shape need.
  package let bytes: Data

  /// - Throws: `unreadable-weights` when the bytes are not as many as type and shape need.
  package init(name: String, type: ElementType, shape: [Int], bytes: Data) throws(ModelError) {
    var needed = type.byteCount
    for length in shape {
      let (product, overflow) = needed.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else {
        throw ModelError(.unreadableWeights, "'\(name)' has the shape \(shape)")
      }
      needed = product
    }
    guard bytes.count == needed else {
      throw ModelError(.unreadableWeights, "'\(name)' \(type)\(shape) needs \(needed) bytes and has \(bytes.count)")
    }
    self.name = name
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// The same array by another name.
  func renamed(_ name: String) throws(ModelError) -> NamedArray {
    try NamedArray(name: name, type: type, shape: shape, bytes: bytes)
  }

  /// The values, for libtorch.
  package func tensor() throws -> Tensor {
    try bytes.withUnsafeBytes { try Tensor.of(bytes: $0, type: type, shape: shape) }
  }
}

/// Reading a file of weights whole.
package enum WeightFile {
  /// The arrays in the file at `url`, which is safetensors or what `torch.save` wrote of a state dictionary, of either
  /// format.
  ///
  /// - Parameter remedy: what a user does who lacks the file.
  /// - Throws: `missing-model` or `unreadable-weights`.
  package static func arrays(_ url: URL, remedy: String = "") throws -> [NamedArray] {
    let data = try read(url, remedy: remedy)
    do {
      return try TorchArchive.recognises(data) ? TorchArchive.decode(data) : Safetensors(decoding: data).arrays
    } catch let error as ModelError {
      throw ModelError(error.code, "\(url.path(percentEncoded: false)): \(error.message)")
    }
  }

  /// The bytes of the file at `url`.
  ///
  /// A name that ends in `-` and at least eight hexadecimal digits before the extension, as those of published weights
  /// do, promises the start of the file's SHA-256, and is held to it.
  static func read(_ url: URL, remedy: String = "") throws -> Data {
    let path = url.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else {
      throw ModelError(.missingModel, "\(path) is not there\(remedy.isEmpty ? "" : "; \(remedy)")")
    }
    let data = try Data(contentsOf: url, options: .mappedIfSafe)
    let promise = url.deletingPathExtension().lastPathComponent.split(separator: "-").last ?? ""
    if promise.count >= 8, promise.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) {
      let digest = Digest(of: data)
      guard digest.hex.hasPrefix(promise) else {
        throw ModelError(
          .unreadableWeights,
          "\(path) is damaged: its SHA-256 starts with \(digest.hex.prefix(promise.count)), its name says \(promise); "
            + "remove it and fetch it again")
      }
    }
    return data
  }
}
