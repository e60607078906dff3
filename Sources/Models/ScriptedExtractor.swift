package import Foundation
private import Tensors

/// A frozen network out of a TorchScript file that describes pictures by as many numbers as it likes.
package final class ScriptedExtractor {
  package let preprocessing: Preprocessing
  private let module: ScriptModule

  /// - Throws: `unreadable-weights` when the file is no TorchScript that this libtorch reads.
  package init(_ file: URL, preprocessing: Preprocessing) throws {
    self.preprocessing = preprocessing
    module = try Self.load(file.path(percentEncoded: false))
  }

  private static func load(_ path: String) throws -> ScriptModule {
    do {
      return try ScriptModule(path: path)
    } catch {
      guard error.code == .operationFailed else { throw error }
      throw ModelError(.unreadableWeights, "\(error.message); save it with torch.jit.script or torch.jit.trace")
    }
  }

  /// Features of pictures, each RGB `UInt8` row-major `[S, S, 3]`, in order.
  ///
  /// A picture's numbers are the same to the bit whatever other pictures are given, as far as the network keeps them
  /// apart.
  package func features(of images: [[UInt8]]) throws -> [[Float]] {
    try FixedBatches.rows(of: images, preprocessing) { try module($0) }
  }
}
