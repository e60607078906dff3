internal import CTorch

/// A network out of a TorchScript file, which holds its weights and says itself what is to be computed.
package final class ScriptModule {
  private let handle: OpaquePointer
  private let libtorch: Libtorch

  /// - Throws: ``TensorError`` when the file is absent, no TorchScript, or of a later version than this libtorch reads.
  package init(path: String) throws(TensorError) {
    let libtorch = try Libtorch.load()
    var loaded: OpaquePointer?
    try libtorch.check("load TorchScript \(path)") { functions, error in
      functions.script_load(path, &loaded, &error)
    }
    guard let handle = loaded else {
      throw TensorError(.operationFailed, "load TorchScript \(path): nothing came back")
    }
    self.handle = handle
    self.libtorch = libtorch
  }

  deinit { libtorch.functions.pointee.script_destroy(handle) }

  /// What the network makes of `input`, `[N, ...]`: float32 `[N, K]`, further axes made one; of several results the first.
  package func callAsFunction(_ input: Tensor) throws(TensorError) -> Tensor {
    try Tensor.make("run TorchScript", of: [input]) { functions, result, error in
      functions.script_forward(handle, input.handle, &result, &error)
    }
  }
}
