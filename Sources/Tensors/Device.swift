internal import CTorch

/// Where tensors live and are computed with.
package enum Device: Hashable, Sendable, CustomStringConvertible {
  case cpu
  /// A GPU, counted from 0, of those that libtorch sees.
  case cuda(Int)

  /// What a user may ask for.
  package enum Choice: String, Codable, Hashable, Sendable, CaseIterable {
    /// A GPU where libtorch sees one, else the CPU.
    case auto
    case cpu
    case cuda
  }

  /// The device of a choice.
  ///
  /// - Throws: `device-unavailable` for `cuda` where libtorch sees no GPU.
  package init(_ choice: Choice) throws(TensorError) {
    if choice == .cpu {
      self = .cpu
      return
    }
    let count = try Self.cudaCount
    guard choice == .auto || count > 0 else {
      throw TensorError(
        .deviceUnavailable,
        "libtorch \(try Libtorch.version) sees no CUDA device. Take `auto` or `cpu`, or let DFPREP_LIBRARIES name the "
          + "folder of a TorchShim that was built with CUDA's libtorch (docs/models.md)")
    }
    self = count > 0 ? .cuda(0) : .cpu
  }

  /// GPUs that libtorch sees.
  package static var cudaCount: Int {
    get throws(TensorError) {
      let libtorch = try Libtorch.load()
      var count: Int32 = 0
      try libtorch.check("count devices") { functions, error in functions.cuda_count(&count, &error) }
      return Int(count)
    }
  }

  package var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let number): "cuda:\(number)"
    }
  }

  var code: Int32 {
    switch self {
    case .cpu: -1
    case .cuda(let number): Int32(clamping: number)
    }
  }
}

extension Tensor {
  package var device: Device {
    get throws(TensorError) {
      var code: Int32 = 0
      try Self.perform("find the device", on: [self]) { $0.device_of(handle, &code, &$1) }
      return code < 0 ? .cpu : .cuda(Int(code))
    }
  }

  /// Moves this tensor itself: whoever holds it, such as an optimiser, holds it there. Its gradient is forgotten.
  package func move(to device: Device) throws(TensorError) {
    try clearGradient()
    try Self.perform("move to \(device)", on: [self]) { $0.move(handle, device.code, &$1) }
  }

  /// The same numbers on `device`: this tensor where it is there already.
  package func on(_ device: Device) throws(TensorError) -> Tensor {
    if try self.device == device { return self }
    return try Self.make("copy to \(device)", of: [self]) { $0.on_device(handle, device.code, &$1, &$2) }
  }
}
