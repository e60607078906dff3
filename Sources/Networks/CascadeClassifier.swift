private import COpenCVNetwork
package import Foundation
private import Synchronization

/// A window that passed every stage of a cascade.
package struct CascadeDetection: Hashable, Sendable {
  /// Left edge, pixels of the searched image.
  package let x: Int
  /// Top edge, pixels of the searched image.
  package let y: Int
  /// Width, pixels of the searched image.
  package let width: Int
  /// Height, pixels of the searched image.
  package let height: Int
  /// Sum of the last stage's trees, the largest of the windows merged into this one; unbounded, specific to the
  /// cascade.
  package let weight: Double
}

/// A boosted cascade of Haar or LBP features, run by OpenCV on one thread.
///
/// Sendable: searches of one cascade wait for each other.
///
/// Source: Viola and Jones 2001; Lienhart and Maydt 2002.
package final class CascadeClassifier: Sendable {
  private let handle: Mutex<Handle>

  /// Reads an OpenCV cascade (XML).
  ///
  /// - Throws: ``NetworkError`` `cannot-load` when the file is absent or no cascade.
  package init(xml file: URL) throws(NetworkError) {
    handle = Mutex(try Handle(path: file.path(percentEncoded: false)))
  }

  /// Searches an image at every place and scale.
  ///
  /// - Parameters:
  ///   - grey: 8-bit luma, row-major `[height, width]`, `width * height` bytes.
  ///   - scaleFactor: ratio of one window size to the next smaller, above 1.
  ///   - minimumNeighbours: a detection is kept when at least this many raw windows agree on it.
  ///   - minimumSidePixels: smallest window side looked for.
  /// - Returns: merged windows in OpenCV's order.
  package func detect(
    grey: [UInt8], width: Int, height: Int, scaleFactor: Double, minimumNeighbours: Int, minimumSidePixels: Int
  ) throws(NetworkError) -> [CascadeDetection] {
    guard let width = Int32(exactly: width), let height = Int32(exactly: height),
      let neighbours = Int32(exactly: minimumNeighbours), let side = Int32(exactly: minimumSidePixels)
    else { throw NetworkError(code: .badInput, message: "image of \(width) x \(height): a size does not fit 32 bits") }
    return try handle.withLock { handle throws(NetworkError) in
      try handle.detect(grey, width, height, scaleFactor, neighbours, side)
    }
  }
}

/// Owner of the shim's cascade.
private struct Handle: ~Copyable, @unchecked Sendable {
  // Sendable: the one owner of the cascade, which is reached under the mutex alone.
  let functions: dfcv_network_functions
  let cascade: OpaquePointer

  init(path: String) throws(NetworkError) {
    let functions = try NetworkLibraries.functions()
    var created: OpaquePointer?
    try NetworkLibraries.call(.cannotLoad, "cannot read the cascade \(path)") {
      functions.cascade_create(path, &created, $0)
    }
    guard let created else { throw NetworkError(code: .cannotLoad, message: "\(path): no cascade came back") }
    self.functions = functions
    cascade = created
  }

  deinit { functions.cascade_destroy(cascade) }

  func detect(
    _ grey: [UInt8], _ width: Int32, _ height: Int32, _ scaleFactor: Double, _ neighbours: Int32, _ side: Int32
  ) throws(NetworkError) -> [CascadeDetection] {
    let subject = "cannot search an image of \(width) x \(height)"
    var count = 0
    try NetworkLibraries.call(.cannotRun, subject) {
      functions.cascade_run(cascade, grey, grey.count, width, height, scaleFactor, neighbours, side, &count, $0)
    }
    var found = [dfcv_network_detection](repeating: dfcv_network_detection(), count: count)
    try NetworkLibraries.call(.cannotRun, subject) { functions.cascade_copy(cascade, &found, count, $0) }
    return found.map {
      CascadeDetection(x: Int($0.x), y: Int($0.y), width: Int($0.width), height: Int($0.height), weight: $0.weight)
    }
  }
}
